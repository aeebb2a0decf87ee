// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "sim/application.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/check.hpp"
#include "sim/content.hpp"
#include "sim/host.hpp"

namespace warmspare::sim {

AppSocket& Desk::add(core::StreamKey key, Stream& stream, Party party) {
    auto& socket = sockets_[key];
    socket = {.serial = by_serial_.size(), .key = key, .stream = &stream, .party = party};
    by_serial_.push_back(&socket);
    stream.ends[index(party)] = EndState::open;
    return socket;
}

AppSocket* Desk::find(core::StreamKey key, std::string_view call) {
    host_.around().journal.hash(call);
    host_.around().journal.hash(key.stream.value);
    const auto it = sockets_.find(key);
    return it == sockets_.end() ? nullptr : &it->second;
}

/// Does it after a time, unless the socket is gone by then.
void Desk::later(core::Duration delay, std::uint64_t serial, void (Desk::*what)(AppSocket&)) {
    host_.scheduler().after(delay, [this, serial, what] {
        host_.post([this, serial, what] {
            auto* socket = by_serial_[serial];
            if (socket == nullptr) return;
            (this->*what)(*socket);
            if (host_.running()) host_.pump();
        });
    });
}

void Desk::remove(AppSocket& socket, EndState state) {
    socket.stream->ends[index(socket.party)] = state;
    by_serial_[socket.serial] = nullptr;
    sockets_.erase(socket.key);
}

void Desk::handle_client(core::StreamKey key, Stream& stream) {
    auto& socket = add(key, stream, Party::client);
    socket.connected = true;
    later(core::Duration::zero(), socket.serial, &Desk::send);
}

void Desk::handle_crash() {
    for (auto& [key, socket] : sockets_) {
        socket.stream->excuse = "a node was restarted";
        socket.stream->ends[index(socket.party)] = EndState::reset;
    }
    sockets_.clear();
    std::ranges::fill(by_serial_, nullptr);
}

void Desk::check() {
    for (const auto& [key, socket] : sockets_)
        if (const auto status = host_.node().status(key))
            checkers_.end.handle_forgotten(*socket.stream, socket.party, status->sending.forgotten);
}

void Desk::nudge() {
    for (auto& [key, socket] : sockets_) {
        if ((ledger_.let_go || socket.stream->let_go) && socket.sending)
            later(core::Duration::zero(), socket.serial, &Desk::send);
        if (ledger_.let_go && socket.stream->hopeless && socket.party == Party::client)
            later(core::Duration::zero(), socket.serial, &Desk::reset_by_application);
        if (socket.stopped) later(core::Duration::zero(), socket.serial, &Desk::read_on);
    }
}

// --- what the node asks for
// ----------------------------------------------------------------------------------

void Desk::open(core::StreamKey key, core::ProcessIndex process) {
    if (find(key, "open") != nullptr)
        return host_.around().journal.fail(
            "end", fmt::format("{} opens stream {} a second time", host_.name(), key.stream.value));
    auto* stream =
        ledger_.find(host_.host_of(key.peer), host_.index(), key.stream, host_.life_at_other_end());
    checkers_.end.handle_opened(stream, host_.name(), key.stream);
    if (stream == nullptr || stream->target_opened) return;
    const auto& config = host_.config().peers[key.peer.value].processes[process.value];
    if (config.name != stream->process) host_.around().journal.fail("end", "opened for another process");
    stream->target_opened = true;
    auto& socket = add(key, *stream, Party::target);
    later(stream->target_delay, socket.serial, &Desk::connect_target);
}

std::size_t Desk::write(core::StreamKey key, std::span<const std::span<const std::byte>> bytes) {
    auto* socket = find(key, "write");
    return socket == nullptr ? 0 : take(*socket, bytes);
}

std::size_t Desk::write_piped(core::StreamKey key, std::size_t size) {
    auto* socket = find(key, "write_piped");
    if (socket == nullptr) return 0;
    core::require(size <= socket->taken_in.size(), "no more is asked for than was taken in");
    const std::span<const std::byte> bytes{socket->taken_in.begin(), size};
    const auto taken = take(*socket, {&bytes, 1});
    socket->taken_in.pop_front(taken);
    return taken;
}

void Desk::take_in(core::StreamKey key, std::span<const std::byte> bytes) {
    sockets_.at(key).taken_in.append(bytes);
}

std::uint64_t Desk::room_to_take_in(core::StreamKey key) const {
    const auto it = sockets_.find(key);
    const auto capacity = host_.around().kernel.tcp.pipe;
    return it == sockets_.end() ? 0 : capacity - it->second.taken_in.size();
}

std::uint32_t Desk::spliced() const {
    return host_.around().kernel.tcp.spliced;
}

/// As much as the application's socket has room for.
std::size_t Desk::take(AppSocket& socket, std::span<const std::span<const std::byte>> bytes) {
    if (!socket.connected) return 0;
    std::uint64_t space = socket.plan().buffer - socket.unread;
    std::size_t taken = 0;
    for (const auto span : bytes) {
        const auto size = std::min<std::uint64_t>(span.size(), space);
        checkers_.content.handle_delivered(*socket.stream, other(socket.party), span.first(size));
        taken += size;
        space -= size;
        if (size < span.size()) socket.node_waits = true;
    }
    socket.unread += taken;
    receive(socket);
    return taken;
}

void Desk::finish(core::StreamKey key) {
    if (auto* socket = find(key, "finish"))
        checkers_.content.handle_end(*socket->stream, other(socket->party));
}

void Desk::resume_reading(core::StreamKey key) {
    auto* socket = find(key, "resume_reading");
    if (socket == nullptr || !socket->waits_for_room) return;
    socket->waits_for_room = false;
    later(core::Duration::zero(), socket->serial, &Desk::send);
}

void Desk::close(core::StreamKey key) {
    auto* socket = find(key, "close");
    if (socket == nullptr) return;
    checkers_.end.handle_closed(*socket->stream, socket->party);
    remove(*socket, EndState::closed);
}

void Desk::reset(core::StreamKey key) {
    auto* socket = find(key, "reset");
    if (socket == nullptr) return;
    checkers_.end.handle_reset(*socket->stream, socket->party);
    remove(*socket, EndState::reset);
}

// --- what the application does
// -------------------------------------------------------------------------------

void Desk::connect_target(AppSocket& socket) {
    if (socket.stream->target_fails) {
        const auto key = socket.key;
        remove(socket, EndState::reset);
        host_.node().handle_target_failed(key, "connection refused", host_.scheduler().now());
        return;
    }
    socket.connected = true;
    later(core::Duration::zero(), socket.serial, &Desk::send);
    host_.node().handle_target_connected(socket.key, host_.scheduler().now());
}

std::uint64_t Desk::stream_limit(std::uint32_t host) const {
    return host_.around().setup.nodes[host].memory.stream;
}

void Desk::send(AppSocket& socket) {
    const auto& plan = socket.plan();
    if (!socket.sending || socket.waits_for_room) return;
    if (socket.outgoing().committed == plan.size) return end_sending(socket);
    if (splices() && splice_some(socket)) return;
    const auto room = host_.node().room(socket.key);
    if (room.empty()) {
        socket.waits_for_room = true;
        return;
    }
    const auto bytes = next_bytes(socket, room.size());
    std::ranges::copy(bytes, room.begin());
    host_.node().commit(socket.key, bytes.size(), host_.scheduler().now());
}

/// False if they have to be copied.
bool Desk::splice_some(AppSocket& socket) {
    const auto room = host_.node().pipe_room(socket.key);
    if (!room) return false;
    if (!socket.pipe || socket.pipe->spent())
        socket.pipe = std::make_shared<SplicePipe>(host_.around().kernel.tcp.pipe);
    if (*room == 0) {
        socket.waits_for_room = true;
        return true;
    }
    const auto most = std::min<std::uint64_t>(*room, socket.pipe->room());
    if (most == 0) return false;
    const auto pipe = socket.pipe;
    const auto bytes = next_bytes(socket, most);
    pipe->put(bytes);
    host_.node().commit_piped(socket.key, pipe, bytes.size(), host_.scheduler().now());
    return true;
}

/// What it writes next, and when it will be back.
std::span<const std::byte> Desk::next_bytes(AppSocket& socket, std::uint64_t room) {
    auto& progress = socket.outgoing();
    const auto& plan = socket.plan();
    const auto left = plan.size - progress.committed;
    const auto most = std::min<std::uint64_t>({room, random_.between(1, plan.portion), left});
    const auto bytes = content(socket.stream->content_seed(socket.party), progress.committed, most);
    progress.committed += bytes.size();
    later(plan.pause, socket.serial, &Desk::send);
    const auto& hosts = socket.stream->hosts;
    checkers_.memory.handle_committed(*socket.stream, socket.party, stream_limit(hosts[index(socket.party)]),
                                      stream_limit(hosts[index(other(socket.party))]));
    return bytes;
}

void Desk::end_sending(AppSocket& socket) {
    if (socket.plan().ending == Ending::hold && !ledger_.let_go && !socket.stream->let_go) return;
    if (socket.plan().ending == Ending::reset) return reset_by_application(socket);
    socket.sending = false;
    socket.outgoing().ended = true;
    if (socket.plan().ending == Ending::close && !socket.incoming().end_delivered)
        later(std::chrono::milliseconds{1}, socket.serial, &Desk::reset_by_application);
    host_.node().finish(socket.key, host_.scheduler().now());
}

void Desk::reset_by_application(AppSocket& socket) {
    socket.stream->excuse = "an application reset it";
    const auto key = socket.key;
    remove(socket, EndState::reset);
    host_.node().reset(key, host_.scheduler().now());
}

/// The application reads, at once or in its own time.
void Desk::receive(AppSocket& socket) {
    if (socket.reading_scheduled || socket.unread == 0) return;
    socket.reading_scheduled = true;
    const auto& plan = socket.plan();
    const bool stops =
        socket.incoming().delivered >= plan.stop_at && !ledger_.readers_resume && !socket.stopped;
    socket.stopped = socket.stopped || stops;
    later(stops ? plan.stop_for : plan.reading, socket.serial, &Desk::read_on);
}

void Desk::read_on(AppSocket& socket) {
    socket.reading_scheduled = false;
    socket.unread = 0;
    if (!socket.node_waits) return;
    socket.node_waits = false;
    host_.node().handle_writable(socket.key, host_.scheduler().now());
}

}  // namespace warmspare::sim
