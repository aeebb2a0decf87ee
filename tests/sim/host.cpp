// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "sim/host.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>

namespace warmspare::sim {

Host::Host(Surroundings& surroundings, std::uint32_t index)
    : around_{surroundings},
      index_{index},
      desk_{*this, around_.ledger, around_.checkers, around_.kernel.random},
      scratch_(around_.kernel.tcp.portion) {
}

void Host::trace(std::string_view what, std::string_view link) const {
    around_.journal.hash(what);
    around_.journal.hash(link);
    if (around_.journal.verbose()) around_.journal.note(name(), fmt::format("{} {}", what, link));
}

std::uint32_t Host::host_of(core::PeerIndex peer) const {
    const auto& nodes = around_.setup.nodes;
    const auto& wanted = config().peers[peer.value].name;
    const auto it = std::ranges::find(nodes, wanted, &core::NodeConfig::name);
    return static_cast<std::uint32_t>(it - nodes.begin());
}

// --- life
// ----------------------------------------------------------------------------------------------------

void Host::start(std::uint64_t incarnation) {
    ++life_;
    powered_ = true;
    steady_since_ = scheduler().now();
    trace("starts");
    node_ = std::make_unique<core::Node>(config(), incarnation, desk_, scheduler().now());
    pump();
}

void Host::crash(bool power_cut) {
    if (!running()) return;
    trace(power_cut ? "has no power" : "crashes");
    ++life_;
    node_.reset();
    desk_.handle_crash();
    sockets_.clear();
    deferred_.clear();
    stalled_ = wake_due_ = false;
    armed_for_ = steady_since_ = core::never;
    powered_ = !power_cut;
    if (power_cut)
        around_.network.vanish_all(*this);
    else
        around_.network.reset_all(*this);
}

void Host::shut_down() {
    if (!running()) return;
    steady_since_ = core::never;
    // A signal to a program that does nothing is not heard until it goes on.
    post([this] {
        trace("shuts down");
        node_->shut_down(scheduler().now());
        pump();
    });
}

void Host::stall() {
    if (!running()) return;
    stalled_ = true;
    steady_since_ = core::never;
}

void Host::resume() {
    if (!std::exchange(stalled_, false)) return;
    steady_since_ = scheduler().now();
    // Which of the two a real event loop does first is its own business.
    const bool timer_first = around_.kernel.random.chance(50);
    if (timer_first && std::exchange(wake_due_, false)) wake();
    for (const auto& task : std::exchange(deferred_, {})) post(task);
    if (std::exchange(wake_due_, false)) wake();
}

void Host::post(const Task& task) {
    if (!running()) return;
    if (stalled_)
        deferred_.push_back(task);
    else
        Task{task}();
}

// --- the node's wishes
// ---------------------------------------------------------------------------------------

void Host::pump() {
    for (bool more = true; more;) {
        more = false;
        while (const auto action = node_->poll_action()) carry_out(*action);
        while (const auto event = node_->poll_event()) {
            around_.journal.hash(*event);
            if (around_.journal.verbose()) around_.journal.note(name(), describe(*event));
            if (around_.on_event) around_.on_event(index_, *event);
        }
        while (const auto connection = node_->poll_output()) {
            more = true;
            flush(*connection);
        }
    }
    arm();
}

void Host::carry_out(const core::Action& action) {
    if (const auto* wanted = std::get_if<core::Dial>(&action)) {
        dial(*wanted);
    } else if (const auto* abort = std::get_if<core::Abort>(&action)) {
        drop(abort->connection, false);
    } else {
        const auto id = std::get<core::Close>(action).connection;
        const auto it = sockets_.find(id);
        if (it == sockets_.end()) return;
        it->second.closing = true;
        flush(id);
    }
}

void Host::dial(const core::Dial& dial) {
    const auto& link = config().peers[dial.peer.value].links[dial.link.value];
    auto* path = around_.network.path(index_, host_of(dial.peer), link.name);
    trace("dials", link.name);
    if (path == nullptr) return around_.journal.fail("roles", name() + " dials a peer that dials it");
    auto& connection = around_.network.dial(*path);
    connection.ids[sim::index(Side::dialer)] = dial.connection;
    connection.lives[sim::index(Side::dialer)] = life_;
    sockets_[dial.connection] = {.connection = &connection, .side = Side::dialer};
}

void Host::drop(core::ConnectionId id, bool orderly) {
    const auto it = sockets_.find(id);
    if (it == sockets_.end()) return;
    const auto socket = it->second;
    trace(orderly ? "closes" : "aborts", socket.connection->path().link);
    sockets_.erase(it);
    socket.connection->ids[sim::index(socket.side)].reset();
    if (orderly)
        socket.connection->close(socket.side);
    else
        socket.connection->abort(socket.side);
}

void Host::flush(core::ConnectionId id) {
    const auto it = sockets_.find(id);
    if (it == sockets_.end()) return;
    auto& socket = it->second;
    socket.blocked = false;
    while (socket.connection->open(socket.side)) {
        const auto output = node_->output(id);
        if (output.empty()) break;
        auto* pipe = output.pieces.empty() ? static_cast<SplicePipe*>(output.pipe) : nullptr;
        const auto staged = pipe ? pipe->staged() : std::span<const std::byte>{};
        const auto pieces = pipe ? std::span{&staged, 1} : output.pieces;
        std::size_t offered = 0;
        for (const auto span : pieces) offered += span.size();
        const auto taken = socket.connection->write(socket.side, pieces);
        hash_written(pieces, taken);
        if (pipe) pipe->handle_written(taken);
        if (taken > 0) node_->handle_written(id, taken, scheduler().now());
        socket.blocked = taken < offered;
        if (socket.blocked) return;
    }
    if (socket.closing) drop(id, true);
}

void Host::trace_frames(Socket& socket, std::span<const std::byte> bytes) const {
    for (const auto& line : socket.frames.read(bytes))
        around_.journal.note(name(), fmt::format("< {} {}", socket.connection->path().link, line));
}

void Host::hash_written(std::span<const std::span<const std::byte>> bytes, std::size_t size) const {
    for (const auto span : bytes) {
        const auto part = std::min(size, span.size());
        around_.journal.hash(span.first(part));
        size -= part;
    }
}

// --- the kernel's news
// ---------------------------------------------------------------------------------------

core::Endpoints Host::endpoints(const Connection& connection, Side side) const {
    const auto& setup = connection.path().circuit->setup();
    const auto& peers = config().peers;
    const auto& other_name = around_.setup.nodes[setup.hosts[sim::index(other(side))]].name;
    const auto peer = std::ranges::find(peers, other_name, &core::PeerConfig::name);
    const auto row = std::ranges::find(peer->links, connection.path().link, &core::LinkConfig::name);
    const auto port = [](std::uint16_t configured, bool dials) {
        return configured != 0 ? configured : static_cast<std::uint16_t>(dials ? 50000 : 7440);
    };
    const bool dials = side == Side::dialer;
    const bool known = row != peer->links.end();
    const auto address = [&](std::size_t end) {
        return fmt::format("10.{}.{}", setup.name, setup.hosts[end]);
    };
    return {.own_address = address(sim::index(side)),
            .own_port = port(known ? row->own_port : std::uint16_t{0}, dials),
            .peer_address = address(sim::index(other(side))),
            .peer_port = port(known ? row->peer_port : std::uint16_t{0}, !dials)};
}

std::vector<core::Candidate> Host::candidates(const Connection& connection) const {
    const auto& setup = connection.path().circuit->setup();
    const auto& peers = config().peers;
    const auto& dialer = around_.setup.nodes[setup.hosts[0]].name;
    const auto peer = std::ranges::find(peers, dialer, &core::PeerConfig::name) - peers.begin();
    return {{.peer = {static_cast<std::uint32_t>(peer)}, .circuit = setup.name}};
}

void Host::handle_accept(Connection& connection) {
    connection.lives[sim::index(Side::acceptor)] = life_;
    post([this, &connection] {
        const auto id = node_->handle_accepted(candidates(connection), endpoints(connection, Side::acceptor),
                                               scheduler().now());
        connection.ids[sim::index(Side::acceptor)] = id;
        sockets_[id] = {.connection = &connection, .side = Side::acceptor};
        pump();
    });
}

void Host::handle_connected(Connection& connection) {
    post([this, &connection] {
        const auto id = connection.ids[sim::index(Side::dialer)];
        if (!id || !sockets_.contains(*id)) return;
        node_->handle_connected(*id, endpoints(connection, Side::dialer), scheduler().now());
        pump();
    });
}

void Host::handle_readable(Connection& connection, Side side) {
    post([this, &connection, side] {
        if (const auto id = connection.ids[sim::index(side)]) read(*id);
    });
}

void Host::read(core::ConnectionId id) {
    const auto it = sockets_.find(id);
    if (it == sockets_.end()) return;
    auto& connection = *it->second.connection;
    const auto side = it->second.side;
    const auto& tcp = around_.kernel.tcp;
    while (sockets_.contains(id) && connection.readable(side) > 0) {
        const auto portion = tcp.drawn_portions ? around_.kernel.random.between(1, tcp.portion) : tcp.portion;
        const auto passage = desk_.splices() ? node_->passage(id) : std::nullopt;
        auto most = std::span{scratch_}.first(portion);
        if (passage)
            most = most.first(std::min({portion, passage->size, desk_.room_to_take_in(passage->stream)}));
        if (most.empty()) continue;
        const auto bytes = most.first(connection.read(side, most));
        if (around_.journal.level() == Journal::Level::frames) trace_frames(it->second, bytes);
        reading_from_life_ = connection.lives[sim::index(other(side))];
        if (passage) {
            desk_.take_in(passage->stream, bytes);
            node_->handle_passed(id, bytes.size(), scheduler().now());
        } else {
            node_->handle_bytes(id, bytes, scheduler().now());
        }
        if (!tcp.reads_first) pump();
    }
    if (tcp.reads_first) pump();
    if (!sockets_.contains(id) || !connection.at_end(side)) return;
    drop(id, true);
    node_->handle_closed(id, "closed by the other host", scheduler().now());
    pump();
}

void Host::handle_writable(Connection& connection, Side side) {
    post([this, &connection, side] {
        const auto id = connection.ids[sim::index(side)];
        if (!id || !sockets_.contains(*id) || !sockets_.at(*id).blocked) return;
        flush(*id);
        pump();
    });
}

void Host::handle_lost(Connection& connection, Side side, std::string_view cause) {
    post([this, &connection, side, cause] {
        const auto id = connection.ids[sim::index(side)];
        if (!id || !sockets_.contains(*id)) return;
        read(*id);
        if (sockets_.erase(*id) == 0) return;
        connection.ids[sim::index(side)].reset();
        node_->handle_closed(*id, std::string{cause}, scheduler().now());
        pump();
    });
}

// --- time
// ----------------------------------------------------------------------------------------------------

void Host::arm() {
    const auto next = node_->next_deadline();
    if (next >= armed_for_) return;
    armed_for_ = next;
    const auto slack = around_.kernel.random.duration(core::Duration::zero(), around_.kernel.tcp.timer_slack);
    scheduler().at(next + slack, [this, life = life_, next] {
        if (life != life_ || armed_for_ != next) return;
        if (stalled_)
            wake_due_ = true;
        else
            wake();
    });
}

void Host::wake() {
    armed_for_ = core::never;
    const auto now = scheduler().now();
    if (node_->next_deadline() <= now) {
        for (const auto id : node_->to_be_judged(now)) {
            read(id);
            const auto it = sockets_.find(id);
            if (it == sockets_.end()) continue;
            node_->handle_evidence(id, it->second.connection->evidence(it->second.side), now);
        }
        node_->handle_deadline(now);
    }
    pump();
}

// --- applications
// --------------------------------------------------------------------------------------------

bool Host::open_stream(core::PeerIndex peer, core::ProcessIndex process, Stream stream) {
    if (!running() || stalled_) return false;
    const auto key = node_->open_stream(peer, process, scheduler().now());
    if (key) {
        const auto& settings = config().peers[peer.value].processes[process.value];
        stream.id = key->stream;
        stream.life = life_;
        stream.process = settings.name;
        stream.hosts = {index_, host_of(peer)};
        if (stream.target_fails) stream.excuse = "its target fails";
        if (settings.give_up || settings.on_no_link == core::OnNoLink::reset)
            stream.excuse = "it may give up";
        trace("opens a stream of", stream.process);
        desk_.handle_client(*key, around_.ledger.add(std::move(stream)));
    } else {
        trace("refuses a client");
    }
    pump();
    return key.has_value();
}

}  // namespace warmspare::sim
