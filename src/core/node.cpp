// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "core/node.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/connections.hpp"
#include "core/doorkeeper.hpp"
#include "core/nonce.hpp"
#include "core/peer.hpp"
#include "core/recent_maximum.hpp"
#include "core/start_timer.hpp"

namespace warmspare::core {

namespace {

/// As long as a connection is not read at the other end, what is to be told there waits. No honest node asks
/// for this much meanwhile.
constexpr std::size_t most_unread = std::size_t{4} << 20;

}  // namespace

class Node::Impl {
  public:
    Impl(const NodeConfig& config, std::uint64_t incarnation, Applications& applications, Time now)
        : config_{config},
          incarnation_{incarnation},
          budget_{config.memory.node, std::max<std::size_t>(config.peers.size(), 1)},
          start_timer_{config.health, now} {
        for (std::uint32_t i = 0; i < config_.peers.size(); ++i)
            peers_.push_back(std::make_unique<Peer>(
                Peer::Surroundings{PeerIndex{i}, config_, incarnation, budget_.peer({i}), pool_, applications,
                                   connections_, events_},
                now));
    }

    [[nodiscard]] Peer& peer(PeerIndex index) { return *peers_[index.value]; }

    void handle_bytes(ConnectionId id, std::span<const std::byte> bytes, Time now);
    ConnectionId handle_accepted(std::vector<Candidate> candidates, const Endpoints& endpoints, Time now);
    void begin_batch(Connection& connection);
    void handle_deadline(Time now);
    void finish_turn(Time now);

    // Handshake frames; any other is a mistake that the decoder finds.
    std::expected<bool, std::string_view> greet(Connection& connection, const wire::Hello& hello, Time now);
    std::expected<bool, std::string_view> greet(Connection& connection, const wire::Welcome& welcome,
                                                Time now);
    std::expected<bool, std::string_view> greet(Connection& connection, const wire::Confirm& confirm,
                                                Time now);
    std::expected<bool, std::string_view> greet(Connection& connection, const wire::Refuse& refuse, Time now);
    template <class Frame>
    std::expected<bool, std::string_view> greet(Connection&, const Frame&, Time) {
        return std::unexpected("sends a frame before it is accepted");
    }

    void refuse(Connection& connection, const wire::Refuse& refuse);
    void punish(Connection& connection, std::string_view mistake, Time now);
    void report_stranger(const Connection& connection, const std::string& cause, Time now);

    NodeConfig config_;
    std::uint64_t incarnation_;
    BlockPool pool_;
    MemoryBudget budget_;
    Connections connections_;
    EventQueue events_;
    Doorkeeper doorkeeper_;
    /// How late this node wakes up: what it notices by a deadline, it notices so much later (S13).
    RecentMaximum lateness_{std::chrono::minutes{1}};
    StartTimer start_timer_;
    std::vector<std::unique_ptr<Peer>> peers_;
    bool draining_ = false;
    /// The latest time heard of.
    Time now_{};
};

/// After anything that happened: whether the start timer has to run.
void Node::Impl::finish_turn(Time now) {
    now_ = now;
    start_timer_.set_busy(std::ranges::any_of(peers_, [](const auto& peer) { return peer->busy(); }), now);
}

// --- strangers ---

ConnectionId Node::Impl::handle_accepted(std::vector<Candidate> candidates, const Endpoints& endpoints,
                                         Time now) {
    auto& connection = connections_.add(Stage::greeting);
    const auto id = connection.id;
    connection.accepted = true;
    connection.candidates = std::move(candidates);
    connection.endpoints = endpoints;
    if (!doorkeeper_.admit(id, endpoints.peer_address, now)) {
        report_stranger(connection, "too many connections that have not said who they are", now);
        connections_.abort(id);
    }
    return id;
}

void Node::Impl::report_stranger(const Connection& connection, const std::string& cause, Time now) {
    if (!doorkeeper_.may_report(now)) return;
    Event error{.kind = EventKind::error, .at = now};
    if (connection.peer) error.peer = config_.peers[connection.peer->value].name;
    error.cause = fmt::format("connection from {} refused: {}", connection.endpoints.peer_address, cause);
    events_.emit(std::move(error));
}

void Node::Impl::refuse(Connection& connection, const wire::Refuse& refuse) {
    encode(connection.transceiver.outbox().control(), refuse);
    doorkeeper_.leave(connection.id);
    connections_.close(connection);
}

std::expected<bool, std::string_view> Node::Impl::greet(Connection& connection, const wire::Hello& hello,
                                                        Time now) {
    if (!connection.accepted || connection.hello) return std::unexpected("says hello out of turn");
    const auto candidate = std::ranges::find_if(connection.candidates, [&](const Candidate& c) {
        return config_.peers[c.peer.value].name == hello.node && c.circuit == hello.circuit;
    });
    if (candidate == connection.candidates.end() || hello.peer != config_.name) {
        const auto text = hello.peer == config_.name
                              ? fmt::format("{} does not expect {} on circuit {} from there", config_.name,
                                            hello.node, hello.circuit)
                              : fmt::format("{} looks for a node named {}, and this is {}", hello.node,
                                            hello.peer, config_.name);
        report_stranger(connection, text, now);
        refuse(connection, {wire::RefuseReason::unknown_peer, text});
        return false;
    }
    connection.peer = candidate->peer;
    if (const auto refusal = peer(candidate->peer).judge_hello(hello, now)) {
        refuse(connection, *refusal);
        return false;
    }
    connection.hello = std::make_unique<wire::Hello>(hello);
    connection.nonce = make_nonce(incarnation_, connection.id);
    connection.greeted_at = now;
    encode(connection.transceiver.outbox().control(), wire::Welcome{.node = config_.name,
                                                                    .incarnation = incarnation_,
                                                                    .nonce_echo = hello.nonce,
                                                                    .nonce = connection.nonce});
    connections_.mark_ready(connection);
    return true;
}

std::expected<bool, std::string_view> Node::Impl::greet(Connection& connection, const wire::Confirm& confirm,
                                                        Time now) {
    if (!connection.hello) return std::unexpected("confirms what was never asked");
    if (confirm.nonce_echo != connection.nonce) return std::unexpected("confirms another connection");
    const auto id = connection.id;
    doorkeeper_.leave(id);
    if (!peer(*connection.peer).handle_confirm(connection, now)) connections_.abort(id);
    return connections_.find(id) != nullptr;
}

std::expected<bool, std::string_view> Node::Impl::greet(Connection& connection, const wire::Welcome& welcome,
                                                        Time now) {
    if (connection.accepted) return std::unexpected("answers a hello that was never said");
    const auto id = connection.id;
    peer(*connection.peer).handle_welcome(connection, welcome, now);
    return connections_.find(id) != nullptr;
}

std::expected<bool, std::string_view> Node::Impl::greet(Connection& connection, const wire::Refuse& refused,
                                                        Time now) {
    if (connection.accepted) return std::unexpected("refuses what was never asked");
    peer(*connection.peer).handle_refuse(connection, refused, now);
    return false;
}

// --- bytes ---

void Node::Impl::handle_bytes(ConnectionId id, std::span<const std::byte> bytes, Time now) {
    auto* connection = connections_.find(id);
    if (!connection || connection->stage == Stage::connecting || connection->stage == Stage::closing) return;
    // Known before, if the connection is live: its bytes may end it.
    auto* known = connection->peer ? &peer(*connection->peer) : nullptr;
    if (known && connection->stage == Stage::live) known->handle_heard(*connection, now);
    const auto received = connection->transceiver.receive(bytes, [&](const auto& frame) {
        return connection->stage == Stage::live
                   ? peer(*connection->peer).handle_frame(*connection, frame, now)
                   : greet(*connection, frame, now);
    });
    if (known) known->traffic().deliver(now);
    connection = connections_.find(id);
    if (connection && !received)
        punish(*connection, received.error(), now);
    else if (connection && connection->transceiver.outbox().queued_bytes() > most_unread)
        punish(*connection, "does not read what it asks for", now);
    else if (connection && connection->transceiver.outbox().queued())
        connections_.mark_ready(*connection);
    if (known) known->settle(now);
}

/// Closes a connection whose other end did against the rules.
void Node::Impl::punish(Connection& connection, std::string_view mistake, Time now) {
    const auto id = connection.id;
    const auto cause = fmt::format("protocol error: it {}", mistake);
    doorkeeper_.leave(id);
    if (connection.link)
        peer(*connection.peer).handle_mistake(connection, cause, now);
    else
        report_stranger(connection, cause, now);
    connections_.abort(id);
}

void Node::Impl::begin_batch(Connection& connection) {
    if (connection.stage != Stage::live) return connection.transceiver.outbox().begin_batch();
    auto& owner = peer(*connection.peer);
    owner.fill(connection, now_);
    owner.settle(now_);
    finish_turn(now_);
}

void Node::Impl::handle_deadline(Time now) {
    if (start_timer_.handle_deadline(now))
        for (auto& each : peers_) each->test_all(start_timer_.period(), now);
    for (const auto id : doorkeeper_.overdue(now)) {
        if (const auto* connection = connections_.find(id))
            report_stranger(*connection, "it did not say who it is", now);
        doorkeeper_.leave(id);
        connections_.abort(id);
    }
    for (auto& each : peers_) {
        if (each->next_deadline() <= now)
            each->handle_deadline(now);
        else
            each->settle(now);
    }
}

// --- the interface ---

Node::Node(const NodeConfig& config, std::uint64_t incarnation, Applications& applications, Time now)
    : impl_{std::make_unique<Impl>(config, incarnation, applications, now)} {
}

Node::~Node() = default;

void Node::handle_connected(ConnectionId id, const Endpoints& endpoints, Time now) {
    auto* connection = impl_->connections_.find(id);
    if (!connection || connection->stage != Stage::connecting) return;
    connection->endpoints = endpoints;
    impl_->peer(*connection->peer).handle_connected(*connection, now);
    impl_->finish_turn(now);
}

ConnectionId Node::handle_accepted(std::vector<Candidate> candidates, const Endpoints& endpoints, Time now) {
    return impl_->handle_accepted(std::move(candidates), endpoints, now);
}

void Node::handle_bytes(ConnectionId connection, std::span<const std::byte> bytes, Time now) {
    impl_->handle_bytes(connection, bytes, now);
    impl_->finish_turn(now);
}

std::optional<Passage> Node::passage(ConnectionId id) {
    const auto* connection = impl_->connections_.find(id);
    if (!connection || connection->stage != Stage::live) return std::nullopt;
    const auto payload = connection->transceiver.payload();
    if (!payload || !impl_->peer(*connection->peer).traffic().passable(*payload)) return std::nullopt;
    return Passage{{*connection->peer, {payload->stream}}, payload->size};
}

void Node::handle_passed(ConnectionId id, std::size_t size, Time now) {
    auto* connection = impl_->connections_.find(id);
    if (!connection || connection->stage != Stage::live) return;
    auto& peer = impl_->peer(*connection->peer);
    peer.handle_passed(*connection, size, now);
    peer.settle(now);
    impl_->finish_turn(now);
}

void Node::handle_closed(ConnectionId id, const std::string& cause, Time now) {
    impl_->doorkeeper_.leave(id);
    const auto* connection = impl_->connections_.find(id);
    if (!connection) return;
    if (connection->peer) impl_->peer(*connection->peer).handle_closed(*connection, cause, now);
    impl_->connections_.forget(id);
    impl_->finish_turn(now);
}

void Node::handle_evidence(ConnectionId id, const Evidence& evidence, Time now) {
    const auto* connection = impl_->connections_.find(id);
    if (connection && connection->stage == Stage::live)
        impl_->peer(*connection->peer).handle_evidence(*connection, evidence, now);
}

std::optional<ConnectionId> Node::poll_output() {
    return impl_->connections_.poll_output();
}

Output Node::output(ConnectionId id) {
    auto* connection = impl_->connections_.find(id);
    if (!connection) return {};
    if (!connection->transceiver.outbox().in_batch()) impl_->begin_batch(*connection);
    // What was told may have been the end of a stream, and so of more.
    connection = impl_->connections_.find(id);
    if (!connection) return {};
    const auto& outbox = connection->transceiver.outbox();
    return {outbox.pieces(), outbox.pipe(), outbox.piped()};
}

void Node::handle_written(ConnectionId id, std::size_t size, Time) {
    if (auto* connection = impl_->connections_.find(id))
        connection->transceiver.outbox().handle_written(size);
}

std::expected<StreamKey, OpenError> Node::open_stream(PeerIndex index, ProcessIndex process, Time now) {
    if (impl_->draining_) return std::unexpected(OpenError::shutting_down);
    auto& peer = impl_->peer(index);
    if (peer.refuses_streams(process)) return std::unexpected(OpenError::no_link);
    const auto id = peer.traffic().open(process, now);
    if (!id) return std::unexpected(OpenError::no_memory);
    peer.settle(now);
    impl_->finish_turn(now);
    // The request may have been answered with no at once, and the stream been reset for it.
    if (!peer.traffic().live(*id)) return std::unexpected(OpenError::no_link);
    return StreamKey{index, *id};
}

void Node::handle_target_connected(StreamKey stream, Time now) {
    handle_writable(stream, now);
}

void Node::handle_target_failed(StreamKey stream, const std::string& cause, Time now) {
    auto& peer = impl_->peer(stream.peer);
    peer.traffic().handle_target_failed(stream.stream, cause, now);
    peer.settle(now);
    impl_->finish_turn(now);
}

std::span<std::byte> Node::room(StreamKey stream) {
    return impl_->peer(stream.peer).traffic().room(stream.stream);
}

void Node::commit(StreamKey stream, std::size_t size, Time now) {
    auto& peer = impl_->peer(stream.peer);
    peer.traffic().commit(stream.stream, size, now);
    peer.settle(now);
    impl_->finish_turn(now);
}

std::optional<std::size_t> Node::pipe_room(StreamKey stream) {
    return impl_->peer(stream.peer).traffic().pipe_room(stream.stream);
}

void Node::commit_piped(StreamKey stream, const std::shared_ptr<Pipe>& pipe, std::size_t size, Time now) {
    auto& peer = impl_->peer(stream.peer);
    peer.traffic().commit_piped(stream.stream, pipe, size, now);
    peer.settle(now);
    impl_->finish_turn(now);
}

void Node::finish(StreamKey stream, Time now) {
    auto& peer = impl_->peer(stream.peer);
    peer.traffic().finish(stream.stream, now);
    peer.settle(now);
    impl_->finish_turn(now);
}

void Node::reset(StreamKey stream, Time now) {
    auto& peer = impl_->peer(stream.peer);
    peer.traffic().reset(stream.stream, now);
    peer.settle(now);
    impl_->finish_turn(now);
}

void Node::handle_writable(StreamKey stream, Time now) {
    auto& peer = impl_->peer(stream.peer);
    peer.traffic().handle_writable(stream.stream, now);
    peer.settle(now);
    impl_->finish_turn(now);
}

Time Node::next_deadline() const {
    Time earliest = std::min(impl_->start_timer_.next_deadline(), impl_->doorkeeper_.next_deadline());
    for (const auto& peer : impl_->peers_) earliest = std::min(earliest, peer->next_deadline());
    return earliest;
}

std::vector<ConnectionId> Node::to_be_judged(Time now) const {
    std::vector<ConnectionId> connections;
    for (const auto& peer : impl_->peers_) peer->to_be_judged(now, connections);
    return connections;
}

void Node::handle_deadline(Time now) {
    const Time due = next_deadline();
    if (due <= now) impl_->lateness_.add(now - due, now);
    impl_->handle_deadline(now);
    impl_->finish_turn(now);
}

std::optional<Action> Node::poll_action() {
    return impl_->connections_.poll_action();
}

std::optional<Event> Node::poll_event() {
    return impl_->events_.poll();
}

NodeStatus Node::status() const {
    NodeStatus status{.node = impl_->config_.name};
    status.late = impl_->lateness_.value(impl_->now_);
    for (const auto& peer : impl_->peers_) status.peers.push_back(peer->status());
    for (auto& peer : status.peers)
        for (auto& link : peer.links)
            if (link.detection) *link.detection += status.late;
    return status;
}

PeerStatus Node::status(PeerIndex peer) const {
    return impl_->peer(peer).status();
}

std::optional<StreamStatus> Node::status(StreamKey stream) const {
    return impl_->peer(stream.peer).traffic().status(stream.stream);
}

void Node::drain(Time) {
    impl_->draining_ = true;
}

std::size_t Node::stream_count() const {
    std::size_t count = 0;
    for (const auto& peer : impl_->peers_) count += peer->traffic().streams();
    return count;
}

std::uint64_t Node::memory_held() const {
    std::uint64_t bytes = 0;
    for (const auto& peer : impl_->peers_) bytes += peer->traffic().memory_held();
    return bytes;
}

void Node::shut_down(Time now) {
    impl_->draining_ = true;
    for (auto& peer : impl_->peers_) peer->shut_down(now);
    impl_->finish_turn(now);
}

}  // namespace warmspare::core
