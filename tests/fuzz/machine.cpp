// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "machine.hpp"

#include <algorithm>
#include <utility>

#include "program.hpp"

namespace warmspare::fuzz {

std::byte pattern(core::StreamId stream, bool from_dialer, std::uint64_t offset) noexcept {
    const auto mixed = (stream.value * 2 + (from_dialer ? 1 : 0) + offset * 31) * 0x9E3779B97F4A7C15ULL;
    return static_cast<std::byte>(mixed >> 56);
}

Machine::Machine(const core::NodeConfig& config, std::uint64_t incarnation, core::Time now)
    : config_{config}, node_{std::make_unique<core::Node>(config_, incarnation, *this, now)} {
}

Socket* Machine::find(core::StreamKey key) {
    const auto found = sockets_.find(key);
    return found == sockets_.end() ? nullptr : &found->second;
}

Socket& Machine::named(core::StreamKey key) {
    auto* socket = find(key);
    // No call names a stream before its beginning or after its end.
    check(socket && socket->state == Socket::State::open);
    return *socket;
}

std::vector<core::StreamKey> Machine::open_sockets() const {
    std::vector<core::StreamKey> keys;
    for (const auto& [key, socket] : sockets_)
        if (socket.state == Socket::State::open) keys.push_back(key);
    return keys;
}

// --- what applications do ---

std::optional<core::StreamKey> Machine::open_stream(core::PeerIndex peer, core::ProcessIndex process,
                                                    core::Time now) {
    const auto key = node_->open_stream(peer, process, now);
    if (!key) return std::nullopt;
    const auto [socket, added] =
        sockets_.emplace(*key, Socket{.process = process, .opened_here = true, .connected = true});
    check(added);
    return *key;
}

void Machine::write(core::StreamKey key, std::size_t size, core::Time now) {
    while (size > 0) {
        auto* socket = find(key);
        if (!socket || socket->state != Socket::State::open || socket->finished || !socket->connected) return;
        const auto room = node_->room(key);
        socket->waits_for_room = room.empty();
        if (room.empty()) return;
        const auto part = std::min(room.size(), size);
        for (std::size_t i = 0; i < part; ++i)
            room[i] = pattern(key.stream, dials(key.peer), socket->written + i);
        socket->written += part;
        size -= part;
        node_->commit(key, part, now);
    }
}

void Machine::finish(core::StreamKey key, core::Time now) {
    auto* socket = find(key);
    if (!socket || socket->state != Socket::State::open || !socket->connected) return;
    if (!std::exchange(socket->finished, true)) node_->finish(key, now);
}

void Machine::reset_socket(core::StreamKey key, core::Time now) {
    if (auto* socket = find(key); socket && socket->state == Socket::State::open) node_->reset(key, now);
}

bool Machine::answer_targets(bool connected, core::Time now) {
    bool any = false;
    for (const auto key : open_sockets()) {
        auto* socket = find(key);
        if (socket->state != Socket::State::open || socket->connected) continue;
        socket->connected = connected;
        if (connected)
            node_->handle_target_connected(key, now);
        else
            node_->handle_target_failed(key, "connection refused", now);
        any = true;
    }
    return any;
}

bool Machine::settle(core::Time now) {
    bool any = false;
    if (targets_answer_) any = answer_targets(true, now);
    if (appetite_ == 0) return any;
    for (const auto key : open_sockets()) {
        auto* socket = find(key);
        if (socket->state != Socket::State::open || !socket->connected) continue;
        if (!std::exchange(socket->node_waits, false)) continue;
        node_->handle_writable(key, now);
        any = true;
    }
    return any;
}

void Machine::restart(std::uint64_t incarnation, core::Time now) {
    node_.reset();
    sockets_.clear();
    node_ = std::make_unique<core::Node>(config_, incarnation, *this, now);
}

std::vector<core::Event> Machine::take_events() {
    std::vector<core::Event> events;
    while (auto event = node_->poll_event()) events.push_back(std::move(*event));
    return events;
}

// --- what the node does with their sockets ---

void Machine::open(core::StreamKey key, core::ProcessIndex process) {
    // The other node may have begun anew, and with it its ids.
    const auto* former = find(key);
    check(!former || former->state != Socket::State::open);
    sockets_.insert_or_assign(key, Socket{.process = process});
    check(process.value < config_.peers[key.peer.value].processes.size());
}

std::size_t Machine::write(core::StreamKey key, std::span<const std::span<const std::byte>> bytes) {
    auto& socket = named(key);
    check(!socket.end_read);
    if (!socket.connected) {
        socket.node_waits = true;
        return 0;
    }
    std::size_t taken = 0;
    for (const auto piece : bytes) {
        const auto part = std::min(piece.size(), appetite_ - taken);
        if (distrusted_ != key.peer)
            for (std::size_t i = 0; i < part; ++i)
                check(piece[i] == pattern(key.stream, !dials(key.peer), socket.read + i));
        taken += part;
        socket.read += part;
        if (part < piece.size()) {
            socket.node_waits = true;
            break;
        }
    }
    return taken;
}

void Machine::finish(core::StreamKey key) {
    auto& socket = named(key);
    check(!std::exchange(socket.end_read, true));
}

void Machine::resume_reading(core::StreamKey key) {
    auto& socket = named(key);
    check(std::exchange(socket.waits_for_room, false));
}

void Machine::close(core::StreamKey key) {
    auto& socket = named(key);
    check(socket.finished && socket.end_read);
    socket.state = Socket::State::closed;
}

void Machine::reset(core::StreamKey key) {
    // A stream that is refused as soon as it is opened has no name here yet.
    if (auto* socket = find(key)) {
        check(socket->state == Socket::State::open);
        socket->state = Socket::State::reset;
    }
}

}  // namespace warmspare::fuzz
