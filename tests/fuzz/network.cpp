// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "network.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "program.hpp"

namespace warmspare::fuzz {

namespace {

/// More than any input can need. A node that goes on beyond it does so for ever.
constexpr int most_rounds = 1'000'000;

}  // namespace

Machine& Network::add(const core::NodeConfig& config, std::uint64_t incarnation) {
    machines_.push_back({.machine = std::make_unique<Machine>(config, incarnation, now_)});
    return *machines_.back().machine;
}

Line& Network::line(const std::string& link) {
    return lines_[link];
}

// --- connections ---

std::pair<Network::Connection*, std::size_t> Network::find(std::size_t index, core::ConnectionId id) {
    for (const auto& connection : connections_)
        for (const std::size_t side : {0U, 1U}) {
            const auto& end = connection->ends[side];
            if (end.open && end.machine == index && end.id == id) return {connection.get(), side};
        }
    return {nullptr, 0};
}

core::Endpoints Network::endpoints(const Connection& connection, std::size_t side) const {
    const auto name = [&](std::size_t which) {
        return machines_[connection.ends[which].machine].machine->config().name;
    };
    return {.own_address = name(side), .own_port = 1, .peer_address = name(1 - side), .peer_port = 2};
}

void Network::dial(std::size_t index, const core::Dial& dial) {
    const auto& peer = machines_[index].machine->config().peers[dial.peer.value];
    const auto other = std::ranges::find_if(
        machines_, [&](const Place& place) { return place.machine->config().name == peer.name; });
    if (other == machines_.end()) return machines_[index].outsider->dial(dial);
    auto connection = std::make_unique<Connection>();
    connection->link = peer.links[dial.link.value].name;
    connection->ends[0] = {.machine = index, .id = dial.connection, .open = true};
    connection->ends[1].machine = static_cast<std::size_t>(other - machines_.begin());
    connections_.push_back(std::move(connection));
}

/// Whether the path let the connection come about.
bool Network::connect(Connection& connection) {
    const auto& line = lines_[connection.link];
    auto& [dialler, dialled] = connection.ends;
    if (line.cut[0] || line.cut[1] || stalled(dialler) || stalled(dialled)) return false;
    connection.connecting = false;
    const auto& from = machines_[dialler.machine].machine->config().name;
    const auto& peers = machines_[dialled.machine].machine->config().peers;
    std::vector<core::Candidate> candidates;
    for (std::uint32_t i = 0; i < peers.size(); ++i)
        if (peers[i].name == from)
            for (const auto& link : peers[i].links) candidates.push_back({{i}, link.circuit});
    dialled.open = true;
    dialled.id = node(dialled).handle_accepted(std::move(candidates), endpoints(connection, 1), now_);
    node(dialler).handle_connected(dialler.id, endpoints(connection, 0), now_);
    return true;
}

/// The kernel tells the program of it, as soon as that runs.
bool Network::lose(End& end, const std::string& cause) {
    if (!end.open) return false;
    end.lost = cause;
    if (stalled(end)) return false;
    end.open = false;
    node(end).handle_closed(end.id, cause, now_);
    return true;
}

void Network::carry_out(std::size_t index, const core::Action& action) {
    if (const auto* to_dial = std::get_if<core::Dial>(&action)) return dial(index, *to_dial);
    const auto* abort = std::get_if<core::Abort>(&action);
    const auto id = abort ? abort->connection : std::get<core::Close>(action).connection;
    const auto [connection, side] = find(index, id);
    if (!connection) {
        if (auto* outsider = machines_[index].outsider) outsider->closed(id);
        return;
    }
    auto& end = connection->ends[side];
    if (!abort) {
        end.closing = true;
        return;
    }
    end.open = false;
    end.queue.clear();
    auto& other = connection->ends[1 - side];
    // Out of a black hole no reset comes to tell.
    if (passes(*connection, side)) lose(other, "connection reset");
}

bool Network::flush(std::size_t index, core::ConnectionId id) {
    const auto [connection, side] = find(index, id);
    if (!connection) {
        auto* outsider = machines_[index].outsider;
        return outsider && outsider->take_output(id);
    }
    auto& end = connection->ends[side];
    end.blocked = false;
    bool any = false;
    for (int round = 0; end.open; ++round) {
        check(round < most_rounds);
        const auto pieces = node(end).output(id).pieces;
        std::size_t taken = 0;
        std::size_t offered = 0;
        for (const auto piece : pieces) {
            offered += piece.size();
            const auto part = std::min(piece.size(), queue_ - std::min(queue_, end.queue.size()));
            end.queue.insert(end.queue.end(), piece.begin(),
                             piece.begin() + static_cast<std::ptrdiff_t>(part));
            taken += part;
            if (part < piece.size()) break;
        }
        if (offered == 0) break;
        any = any || taken > 0;
        if (taken > 0) node(end).handle_written(id, taken, now_);
        end.blocked = taken < offered;
        if (end.blocked) break;
    }
    return any;
}

/// Brings at most so many bytes to the other end.
bool Network::move(Connection& connection, std::size_t from, std::size_t most) {
    auto& end = connection.ends[from];
    auto& other = connection.ends[1 - from];
    if (connection.broken && end.closing) return lose(end, "closed");
    if (!passes(connection, from) || stalled(other)) return false;
    const auto size = std::min(most, end.queue.size());
    if (size > 0) {
        const std::vector<std::byte> bytes{end.queue.begin(),
                                           end.queue.begin() + static_cast<std::ptrdiff_t>(size)};
        end.queue.erase(end.queue.begin(), end.queue.begin() + static_cast<std::ptrdiff_t>(size));
        end.delivered += size;
        if (other.open) node(other).handle_bytes(other.id, bytes, now_);
        if (end.open && std::exchange(end.blocked, false)) flush(end.machine, end.id);
        return true;
    }
    if (!end.closing || !end.queue.empty()) return false;
    lose(other, "closed by the other node");
    return lose(end, "closed");
}

void Network::deliver(const std::string& link, std::size_t size) {
    for (std::size_t i = 0; i < connections_.size(); ++i)
        if (connections_[i]->link == link)
            for (const std::size_t from : {0U, 1U}) move(*connections_[i], from, size);
    settle();
}

void Network::break_line(const std::string& link, std::array<bool, 2> told) {
    for (std::size_t i = 0; i < connections_.size(); ++i) {
        if (connections_[i]->link != link || connections_[i]->connecting) continue;
        connections_[i]->broken = true;
        for (const std::size_t side : {0U, 1U})
            if (told[side]) lose(connections_[i]->ends[side], "connection reset");
    }
    settle();
}

void Network::restart(std::size_t index, std::uint64_t incarnation) {
    machines_[index].machine->restart(incarnation, now_);
    for (std::size_t i = 0; i < connections_.size(); ++i) {
        auto& connection = *connections_[i];
        for (const std::size_t side : {0U, 1U}) {
            auto& end = connection.ends[side];
            if (end.machine != index || !std::exchange(end.open, false)) continue;
            end.queue.clear();
            if (passes(connection, side)) lose(connection.ends[1 - side], "connection reset");
        }
    }
    settle();
}

// --- what happens by itself ---

/// Whether the node had anything to do.
bool Network::run(std::size_t index) {
    auto& place = machines_[index];
    if (place.stalled) return false;
    bool any = place.machine->settle(now_);
    while (const auto action = place.machine->node().poll_action()) {
        any = true;
        carry_out(index, *action);
    }
    while (const auto id = place.machine->node().poll_output()) any = flush(index, *id) || any;
    if (place.outsider) any = place.outsider->go_on() || any;
    for (auto& event : place.machine->take_events()) place.events.push_back(std::move(event));
    return any;
}

void Network::settle() {
    bool any = true;
    for (int round = 0; any; ++round) {
        check(round < most_rounds);
        any = false;
        for (std::size_t i = 0; i < machines_.size(); ++i) any = run(i) || any;
        for (std::size_t i = 0; i < connections_.size(); ++i) {
            auto& connection = *connections_[i];
            if (connection.connecting) {
                any = (connection.ends[0].open && connect(connection)) || any;
                continue;
            }
            if (lines_[connection.link].held) continue;
            for (const std::size_t from : {0U, 1U}) any = move(connection, from, ~std::size_t{0}) || any;
        }
        for (std::size_t i = 0; i < connections_.size(); ++i)
            for (auto& end : connections_[i]->ends) any = (end.lost && lose(end, *end.lost)) || any;
        std::erase_if(connections_,
                      [](const auto& each) { return !each->ends[0].open && !each->ends[1].open; });
    }
}

core::Time Network::next() const {
    auto time = core::never;
    for (const auto& place : machines_)
        if (!place.stalled) time = std::min(time, place.machine->node().next_deadline());
    return std::max(time, now_);
}

void Network::step(core::Time time) {
    now_ = time;
    for (std::size_t i = 0; i < machines_.size(); ++i) {
        auto& node = machines_[i].machine->node();
        if (machines_[i].stalled || node.next_deadline() > now_) continue;
        for (const auto id : node.to_be_judged(now_)) {
            const auto [connection, side] = find(i, id);
            if (connection) node.handle_evidence(id, {.bytes_acked = connection->ends[side].delivered}, now_);
        }
        node.handle_deadline(now_);
    }
    settle();
}

void Network::advance(core::Duration time) {
    const auto until = now_ + time;
    settle();
    for (int round = 0; next() <= until; ++round) {
        check(round < most_rounds);
        step(next());
    }
    now_ = until;
}

void Network::advance_to_next(core::Duration most) {
    const auto time = std::min(next(), now_ + most);
    step(time);
}

std::vector<core::Event> Network::take_events(std::size_t index) {
    return std::exchange(machines_[index].events, {});
}

}  // namespace warmspare::fuzz
