// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "net/link_sockets.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "net/address.hpp"
#include "net/listen_plan.hpp"
#include "net/socket_options.hpp"

namespace warmspare::net {

namespace {

/// The node gives a dial up after an interval. This is for intervals longer than anybody should wait.
constexpr std::chrono::seconds connect_limit{10};

}  // namespace

LinkSockets::LinkSockets(Worker& worker, const node::Config& config, LinkConnection::Pass pass)
    : worker_(worker), config_(config), pass_(std::move(pass)) {
    for (const node::Peer& peer : config.peers) failed_dials_.emplace_back(peer.table.links.size());
}

LinkSockets::~LinkSockets() {
    stop();
    for (const auto& [id, connection] : std::exchange(connections_, {})) connection->abort();
}

std::expected<void, std::string> LinkSockets::listen() {
    for (ListenPoint& point : plan_listeners(config_.peers)) {
        auto listener = std::make_unique<LinkListener>(
            worker_, std::move(point), config_.health.interval,
            [this](FileDescriptor socket, std::vector<core::Candidate> candidates) {
                accepted(std::move(socket), std::move(candidates));
            });
        if (auto opened = listener->open(); !opened) return opened;
        listeners_.push_back(std::move(listener));
    }
    return {};
}

void LinkSockets::perform(const core::Action& action) {
    if (const auto* to_dial = std::get_if<core::Dial>(&action)) return dial(*to_dial);
    if (const auto* to_abort = std::get_if<core::Abort>(&action)) return abort(to_abort->connection);
    if (const auto connection = find(std::get<core::Close>(action).connection)) connection->close_when_sent();
}

void LinkSockets::flush(core::ConnectionId connection) {
    if (const auto found = find(connection)) found->flush();
}

void LinkSockets::catch_up(std::span<const core::ConnectionId> connections, core::Time now) {
    for (const core::ConnectionId connection : connections) {
        if (const auto found = find(connection)) found->catch_up(now);
    }
}

void LinkSockets::handle_address_lost(const Address& own, const std::string& cause) {
    std::vector<std::shared_ptr<LinkConnection>> hit;
    for (const auto& [id, connection] : connections_) {
        if (connection->has_address(own)) hit.push_back(connection);
    }
    for (const auto& connection : hit) connection->end(cause);
}

void LinkSockets::stop() {
    for (const auto& listener : listeners_) listener->close();
    for (const auto& [id, dial] : std::exchange(dials_, {})) dial->cancel();
}

void LinkSockets::dial(const core::Dial& dial) {
    std::size_t& attempts = failed_dials_[dial.peer.value][dial.link.value];
    const auto attempt = std::make_shared<LinkDial>(
        worker_, route_of(dial), attempts, connect_limit,
        [this, id = dial.connection, &attempts](std::expected<FileDescriptor, std::string> result) {
            dialled(id, attempts, std::move(result));
        });
    dials_.emplace(dial.connection, attempt);
    attempt->start();
}

void LinkSockets::dialled(core::ConnectionId connection, std::size_t& attempts,
                          std::expected<FileDescriptor, std::string> result) {
    dials_.erase(connection);
    worker_.wake();
    if (!result) {
        ++attempts;
        return worker_.node().handle_closed(connection, result.error(), Worker::now());
    }
    const core::Endpoints endpoints = endpoints_of(result->get());
    const auto made = add(connection, std::move(*result));
    worker_.node().handle_connected(connection, endpoints, Worker::now());
    made->start();
}

void LinkSockets::accepted(FileDescriptor socket, std::vector<core::Candidate> candidates) {
    prepare_link_socket(socket.get());
    const core::Endpoints endpoints = endpoints_of(socket.get());
    const auto id = worker_.node().handle_accepted(std::move(candidates), endpoints, Worker::now());
    add(id, std::move(socket))->start();
    worker_.wake();
}

void LinkSockets::abort(core::ConnectionId connection) {
    if (const auto dial = dials_.find(connection); dial != dials_.end()) {
        dial->second->cancel();
        dials_.erase(dial);
    }
    if (const auto found = find(connection)) {
        found->abort();
        connections_.erase(connection);
    }
}

LinkRoute LinkSockets::route_of(const core::Dial& dial) const {
    const node::Peer& peer = config_.peers[dial.peer.value];
    const core::LinkConfig& link = peer.table.links[dial.link.value];
    const auto circuit = std::ranges::find(peer.circuits, link.circuit, &node::Circuit::name);
    return {.local = circuit->local,
            .device = circuit->device,
            .remote = circuit->remote.value_or(""),
            .own_port = link.own_port,
            .peer_port = link.peer_port};
}

std::shared_ptr<LinkConnection> LinkSockets::find(core::ConnectionId connection) const {
    const auto found = connections_.find(connection);
    return found == connections_.end() ? nullptr : found->second;
}

std::shared_ptr<LinkConnection> LinkSockets::add(core::ConnectionId connection, FileDescriptor socket) {
    auto made = std::make_shared<LinkConnection>(worker_, connection, std::move(socket), pass_,
                                                 [this](core::ConnectionId id) { connections_.erase(id); });
    connections_.emplace(connection, made);
    return made;
}

}  // namespace warmspare::net
