// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// The side of a peer that faces its streams: which connection carries those of each process, and what is sent
// on it.

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "core/establishment.hpp"
#include "core/peer.hpp"

namespace warmspare::core {

namespace {

/// Of one process. Whoever moves it about without its traffic being heard of must not fill the memory.
constexpr std::ptrdiff_t most_resumptions = 16;

/// What a connection that was idle sends before it has heard anything (RFC 6928), in bytes.
constexpr std::uint64_t first_flight = 14600;

}  // namespace

void Peer::take_traffic_news(Time now) {
    traffic_.take_changed(changed_);
    for (const auto process : changed_) {
        if (traffic_.wanted(process) != wanted_here_[process.value]) {
            wanted_here_[process.value] = traffic_.wanted(process);
            note_demand(process, now);
        }
        auto* connection = carrier(process);
        if (!connection) continue;
        health_.watch(*connection->link, traffic_.outstanding(process), now);
        if (traffic_.output_due(process)) env_.connections.mark_ready(*connection);
    }
}

/// A process has its first stream at either node, or its last one is gone.
void Peer::note_demand(ProcessIndex process, Time now) {
    rules_due_ = true;
    const bool wanted = wanted_here_[process.value] || wanted_there_[process.value];
    if (protection_) {
        wanted ? protection_->request(process, now) : protection_->end(process, now);
        return;
    }
    // The other node decides and tests; this one tests too, so that its view is fresh (S2).
    lists_due_ = true;
    if (wanted_here_[process.value] && assignments_.process(process).holding == Holding::none)
        for (const auto link : links_to_test(table_, process)) health_.test(link, now);
}

// --- ways ---

Connection* Peer::carrier(ProcessIndex process) const {
    const auto& row = assignments_.process(process);
    if (row.holding != Holding::in_use) return nullptr;
    const auto detour = detours_.of(process);
    const auto& link = table_.row(detour.value_or(*row.link));
    if (!link.connection || (!detour && link.connection_number != row.connection_number)) return nullptr;
    return env_.connections.find(*link.connection);
}

/// After anything that may have changed whose traffic goes where.
void Peer::update_ways(Time now) {
    detours_.update();
    for (std::uint32_t i = 0; i < ways_.size(); ++i) {
        take_way({i}, now);
        if (ways_[i].moved_due)
            if (auto* connection = carrier({i})) env_.connections.mark_ready(*connection);
    }
}

void Peer::update_way(ProcessIndex process, Time now) {
    detours_.update();
    take_way(process, now);
}

void Peer::take_way(ProcessIndex process, Time now) {
    auto& way = ways_[process.value];
    traffic_.set_detour(process, detours_.of(process).has_value());
    const auto* connection = carrier(process);
    if (!connection || way.connection == connection->id) return;
    if (const auto* left = way.connection ? env_.connections.find(*way.connection) : nullptr)
        health_.watch(*left->link, false, now);
    way.connection = connection->id;
    way.answered.reset();
    way.suspect_due = detours_.of(process).has_value();
    way.replayed = traffic_.rewind(process, now);
    traffic_.release_data(process);
    // The other node has some of it, and says so at once when it hears of the suspicion. What is sent again
    // for nothing would be in the way for several round trips.
    if (way.suspect_due && way.replayed > first_flight)
        traffic_.hold_data(process, now + health_.link(*connection->link).patience());
}

void Peer::note_stream_heard(const Connection& connection, Time now) {
    const auto guest = detours_.guest(*connection.link);
    if (guest) traffic_.release_data(*guest);
    if (guest && !ways_[guest->value].answered) ways_[guest->value].answered = now;
}

void Peer::handle_passed(Connection& connection, std::size_t size, Time now) {
    const auto payload = connection.transceiver.payload();
    if (!payload) return;
    connection.transceiver.pass(size);
    handle_heard(connection, now);
    note_stream_heard(connection, now);
    traffic_.handle_passed({payload->stream}, size, now);
}

// --- what goes out ---

void Peer::fill(Connection& connection, Time now) {
    auto& outbox = connection.transceiver.outbox();
    std::array carried{table_.row(*connection.link).holder, detours_.guest(*connection.link)};
    for (auto& process : carried)
        if (process && carrier(*process) != &connection) process.reset();
    // The other node must know of the move before it sees the traffic.
    const bool any = carried[0] || carried[1];
    const bool moved = any && protection_ && connection.told_epoch != protection_->epoch();
    if (connection.tell_due || moved) tell(connection);
    for (const auto process : carried) {
        if (!process) continue;
        lead(*process, connection);
        traffic_.fill_control(*process, outbox, now);
    }
    outbox.begin_batch();
    for (const auto process : carried)
        if (process) traffic_.fill_data(*process, outbox, now);
}

/// What the other node must read before the first frame of a process on this connection.
void Peer::lead(ProcessIndex process, Connection& connection) {
    auto& way = ways_[process.value];
    auto& out = connection.transceiver.outbox().control();
    const auto& name = config_.processes[process.value].name;
    const auto& row = assignments_.process(process);
    if (std::exchange(way.suspect_due, false) && row.link != connection.link)
        encode(out, wire::Suspect{row.moved, name});
    if (way.moved_due && row.link == connection.link)
        encode(out, wire::Moved{*std::exchange(way.moved_due, std::nullopt), name});
}

// --- switches that are not over ---

void Peer::expect_resumption(ProcessIndex process, Time since, Time now) {
    const auto oldest = std::ranges::find(resumptions_, process, &Resumption::process);
    if (std::ranges::count(resumptions_, process, &Resumption::process) >= most_resumptions)
        resume(process, oldest->epoch, now);
    const auto& way = ways_[process.value];
    resumptions_.push_back({process, assignments_.process(process).moved, since, way.replayed, way.answered});
}

void Peer::resume(ProcessIndex process, std::uint64_t epoch, Time now) {
    std::erase_if(resumptions_, [&](const Resumption& resumption) {
        if (resumption.process != process || resumption.epoch > epoch) return false;
        auto resumed = event(EventKind::resumed, now);
        resumed.process = config_.processes[process.value].name;
        if (const auto link = assignments_.process(process).link)
            resumed.link = config_.links[link->value].name;
        resumed.gap = std::max(resumption.at.value_or(now) - resumption.since, Duration::zero());
        resumed.replayed_bytes = resumption.replayed;
#ifndef WARMSPARE_MUTANT_NO_RESUMED
        env_.events.emit(std::move(resumed));
#endif
        return true;
    });
}

}  // namespace warmspare::core
