// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "core/peer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/establishment.hpp"

namespace warmspare::core {

namespace {

/// How many intervals a node that is to be dialled waits for the first connection before it says so.
constexpr int intervals_of_silence = 10;
/// More than a full segment where packets have 1500 bytes: a path on which only small ones pass is of no use.
constexpr std::uint16_t first_test_padding = 2048;

}  // namespace

Peer::Peer(const Surroundings& surroundings, Time now)
    : config_{surroundings.node.peers[surroundings.index.value]},
      env_{surroundings},
      table_{config_},
      health_{surroundings.node.health, config_.links},
      assignments_{config_, table_},
      traffic_{{.peer = surroundings.index,
                .config = config_,
                .max_stream_memory = surroundings.node.memory.stream,
                .budget = surroundings.budget,
                .pool = surroundings.pool,
                .applications = surroundings.applications,
                .events = surroundings.events}},
      detours_{assignments_, health_},
      ways_(config_.processes.size()),
      dial_deadlines_{config_.links.size()},
      dial_places_{config_.links},
      wanted_here_(config_.processes.size(), false),
      wanted_there_(config_.processes.size(), false) {
    if (config_.dial) {
        protection_.emplace(assignments_, health_);
    } else {
        following_.emplace(assignments_);
        lonely_at_ = now + intervals_of_silence * surroundings.node.health.interval;
    }
    for (std::uint32_t i = 0; i < config_.links.size(); ++i) {
        links_.push_back({.dialer = Dialer{surroundings.node.health.interval}});
        if (config_.dial) links_.back().dialer.start(now);
        note_dialer({i});
    }
}

// --- news ---

void Peer::settle(Time now) {
    bool ruled = false;
    do {
        take_traffic_news(now);
        rules_due_ = take_health_news(now) || rules_due_;
        if (std::exchange(rules_due_, false)) {
            ruled = true;
            apply_rules(now);
        }
        ruled = take_decisions(now) || ruled;
        if (health_.take_suspicions() || ruled) update_ways(now);
        // Decisions have moved streams and ended some.
        take_traffic_news(now);
    } while (rules_due_);
    if (ruled) {
        give_up_at_ = find_give_up();
        busy_ = find_busy();
    }
    if (std::exchange(lists_due_, false)) send_lists(now);
    send_tests(now);
}

void Peer::apply_rules(Time now) {
    if (protection_) {
        const auto epoch = protection_->epoch();
        protection_->evaluate(now);
        if (protection_->epoch() != epoch) lists_due_ = true;
    } else {
        assignments_.announce_recoveries();
    }
    if (following_ && !table_.any_connected()) {
        for (std::uint32_t i = 0; i < wanted_here_.size(); ++i)
            if (wanted_here_[i] || assignments_.process({i}).holding == Holding::in_use)
                following_->wait_without_links({i}, now);
    }
    give_up_waiting(now);
}

bool Peer::take_health_news(Time now) {
    bool any = false;
    while (const auto change = health_.poll_change()) {
        any = true;
        const auto index = change->link;
        const bool was_act = table_.row(index).condition == Condition::act;
        if (change->condition == Condition::act) {
            table_.set_condition(index, Condition::act, now);
            links_[index.value].troubles.clear();
            if (!was_act) env_.events.emit(link_event(EventKind::link_up, index, now));
        } else if (spared(index, now)) {
            health_.test(index, now);
            continue;
        } else {
            if (table_.row(index).connection) link_down(index, "watchdog expired", now);
            table_.set_condition(index, Condition::sby, now);
            report_down(index, was_act, now);
        }
        lists_due_ = true;
    }
    return any;
}

/// Whether a link that missed its first tests keeps its connection. Where many come up at once on a slow
/// circuit, the first replies are late; another handshake would only add to what delays them, while late
/// replies teach the watchdog.
bool Peer::spared(LinkIndex index, Time now) const {
    const auto& row = table_.row(index);
    return row.connection && row.condition == Condition::sby &&
           now < row.up_since + env_.node.health.interval;
}

void Peer::report_down(LinkIndex index, bool was_act, Time now) {
    const auto& cause = table_.row(index).cause;
    if (!was_act) return report(index, cause, now);
    auto down = link_event(EventKind::link_down, index, now);
    down.cause = cause;
    env_.events.emit(std::move(down));
}

bool Peer::take_decisions(Time now) {
    bool any = false;
    while (const auto decision = assignments_.poll_decision()) {
        any = true;
        apply(*decision, now);
    }
    return any;
}

void Peer::apply(const Decision& decision, Time now) {
    const auto process = decision.process;
    const auto& row = assignments_.process(process);
    auto notice = event(EventKind::assign, now);
    notice.process = config_.processes[process.value].name;
    notice.cause = decision.cause;
    if (decision.to) {
        notice.link = config_.links[decision.to->value].name;
        notice.to = notice.link;
        notice.endpoints = table_.row(*decision.to).endpoints;
    }
    if (decision.from) notice.from = config_.links[decision.from->value].name;
    switch (decision.kind) {
        case DecisionKind::assign:
            notice.from = notice.to = {};
            ways_[process.value].moved_due = row.moved;
            break;
        case DecisionKind::switch_:
        case DecisionKind::restore: {
            const bool restore = decision.kind == DecisionKind::restore;
            notice.kind = restore ? EventKind::restore : EventKind::switch_;
            const auto proof = health_.link(*decision.from).last_heard();
            if (!restore && protection_) notice.detect = now - proof;
            ways_[process.value].moved_due = row.moved;
            update_way(process, now);
            traffic_.retell(process, now);
            expect_resumption(process, restore ? now : proof, now);
            break;
        }
        case DecisionKind::recovery:
            notice.kind = EventKind::recovery;
            break;
        case DecisionKind::release:
            notice.kind = EventKind::release;
            notice.from = {};
            if (decision.from) notice.link = config_.links[decision.from->value].name;
            resume(process, all_epochs, now);
            break;
        case DecisionKind::no_link:
            notice.kind = EventKind::no_link;
            notice.from = {};
            if (decision.from) notice.link = config_.links[decision.from->value].name;
            break;
    }
    env_.events.emit(std::move(notice));
    if (decision.kind == DecisionKind::no_link && row.config.on_no_link == OnNoLink::reset)
        traffic_.reset_all(process, wire::ResetReason::no_link, decision.cause, now);
}

void Peer::give_up_waiting(Time now) {
    for (std::uint32_t i = 0; i < assignments_.processes().size(); ++i) {
        const auto& row = assignments_.process({i});
        if (row.holding == Holding::waiting && row.config.give_up &&
            row.waiting_since + *row.config.give_up <= now)
            traffic_.reset_all({i}, wire::ResetReason::gave_up, {}, now);
    }
}

Time Peer::find_give_up() const {
    Time earliest = never;
    for (std::uint32_t i = 0; i < assignments_.processes().size(); ++i) {
        const auto& row = assignments_.process({i});
        if (row.holding == Holding::waiting && row.config.give_up && traffic_.streams({i}) > 0)
            earliest = std::min(earliest, row.waiting_since + *row.config.give_up);
    }
    return earliest;
}

// --- what goes out ---

void Peer::send_tests(Time now) {
    while (const auto due = health_.poll_test(now)) {
        const auto& row = table_.row(due->link);
        auto* connection = row.connection ? env_.connections.find(*row.connection) : nullptr;
        if (!connection) continue;
        auto& urgent = connection->transceiver.outbox().urgent();
        if (due->first) encode(urgent, wire::Padding{first_test_padding});
        encode(urgent, due->test);
        env_.connections.mark_ready(*connection);
    }
}

wire::View Peer::view() const {
    wire::View view{.version = view_version_};
    for (std::uint32_t i = 0; i < links_.size(); ++i) {
        const auto& row = table_.row({i});
        if (row.connection)
            view.links.push_back({links_[i].id, row.connection_number, row.condition == Condition::act});
    }
    for (std::uint32_t i = 0; i < wanted_here_.size(); ++i)
        if (wanted_here_[i]) view.wants.push_back(config_.processes[i].name);
    return view;
}

/// Tells the other node what this one has to say: the assignments if it owns them, else its view.
void Peer::tell(Connection& connection) {
    connection.tell_due = false;
    auto& out = connection.transceiver.outbox().control();
    if (protection_) {
        encode(out, protection_->list());
        connection.told_epoch = protection_->epoch();
    } else {
        encode(out, view());
    }
}

/// When there is room. Where thousands of links come up one after the other, most lists would be outdated
/// before they could be sent, and fill the memory.
void Peer::tell_soon(Connection& connection) {
    connection.tell_due = true;
    env_.connections.mark_ready(connection);
}

void Peer::send_lists(Time) {
    ++view_version_;
    for (auto* connection : messengers()) tell_soon(*connection);
}

/// The connections that news go by: all, or with many links two a circuit. News that a link takes down with
/// it are sent again.
std::vector<Connection*> Peer::messengers() const {
    constexpr std::size_t few = 16;
    constexpr std::size_t enough = 2;
    std::vector<Connection*> all;
    std::vector<Connection*> some;
    std::map<std::string_view, std::size_t> chosen;
    for (const auto& row : table_.rows()) {
        auto* connection = row.connection ? env_.connections.find(*row.connection) : nullptr;
        if (!connection) continue;
        all.push_back(connection);
        if (chosen[row.config.circuit] >= enough) continue;
        ++chosen[row.config.circuit];
        some.push_back(connection);
    }
    return all.size() <= few ? all : some;
}

Event Peer::event(EventKind kind, Time now) const {
    return {.kind = kind, .at = now, .peer = config_.name};
}

Event Peer::link_event(EventKind kind, LinkIndex link, Time now) const {
    auto made = event(kind, now);
    made.link = config_.links[link.value].name;
    return made;
}

// --- time ---

bool Peer::refuses_streams(ProcessIndex process) const {
    const auto& row = assignments_.process(process);
    if (row.config.on_no_link != OnNoLink::reset) return false;
    return row.holding == Holding::waiting || !table_.any_connected();
}

bool Peer::find_busy() const {
    for (std::uint32_t i = 0; i < wanted_here_.size(); ++i) {
        const bool wanted = wanted_here_[i] || wanted_there_[i];
        if (wanted || assignments_.process({i}).holding != Holding::none) return true;
    }
    return false;
}

void Peer::test_all(Duration interval, Time now) {
    health_.test_all(interval, now);
}

void Peer::handle_evidence(const Connection& connection, const Evidence& evidence, Time now) {
    health_.handle_evidence(*connection.link, evidence, now);
    leave_if_lossy(*connection.link, now);
}

Time Peer::next_deadline() const {
    const auto rules = protection_ ? protection_->next_deadline() : never;
    return std::min({health_.next_deadline(), dial_deadlines_.earliest(), traffic_.next_deadline(), rules,
                     give_up_at_, lonely_at_});
}

void Peer::to_be_judged(Time now, std::vector<ConnectionId>& connections) const {
    for (const auto link : health_.due(now))
        if (table_.row(link).connection) connections.push_back(*table_.row(link).connection);
}

void Peer::handle_deadline(Time now) {
    if (health_.next_deadline() <= now) health_.handle_deadline(now);
    traffic_.handle_deadline(now);
    for (const auto i : dial_deadlines_.due(now)) handle_dialer({i}, now);
    if (lonely_at_ <= now) complain_of_silence(now);
    if (give_up_at_ <= now || (protection_ && protection_->next_deadline() <= now)) rules_due_ = true;
    settle(now);
}

/// If neither side dials, this is all that either of them ever notices.
void Peer::complain_of_silence(Time now) {
    lonely_at_ = never;
    if (life_) return;
    auto error = event(EventKind::error, now);
    error.cause = fmt::format(
        "{} has not dialled yet; {} has dial = false, so the file of {} must have dial = true: exactly one "
        "side dials",
        config_.name, env_.node.name, config_.name);
    env_.events.emit(std::move(error));
}

void Peer::shut_down(Time now) {
    ending_ = true;
    for (std::uint32_t i = 0; i < config_.processes.size(); ++i)
        traffic_.reset_all({i}, wire::ResetReason::shutting_down, {}, now);
    settle(now);
    for (std::uint32_t i = 0; i < links_.size(); ++i) {
        links_[i].dialer.stop();
        note_dialer({i});
        if (const auto attempt = std::exchange(links_[i].attempt, std::nullopt))
            env_.connections.abort(*attempt);
        const auto& row = table_.row({i});
        auto* connection = row.connection ? env_.connections.find(*row.connection) : nullptr;
        if (!connection) continue;
        if (!connection->transceiver.outbox().in_batch()) fill(*connection, now);
        encode(connection->transceiver.outbox().control(), wire::Goodbye{});
        env_.connections.close(*connection);
        health_.handle_down({i});
        table_.disconnect({i});
    }
}

// --- status ---

PeerStatus Peer::status() const {
    PeerStatus status{.name = config_.name};
    for (std::uint32_t i = 0; i < table_.rows().size(); ++i) {
        const auto& row = table_.row({i});
        LinkStatus link{.name = row.config.name,
                        .circuit = row.config.circuit,
                        .endpoints = row.endpoints,
                        .priority = row.config.priority,
                        .condition = row.condition,
                        .in_use = row.holder.has_value(),
                        .test_in_flight = health_.link({i}).test_in_flight(),
                        .round_trip = health_.link({i}).round_trip()};
        if (link.condition == Condition::act)
            link.detection = health_.link({i}).pause_between_tests() + health_.link({i}).patience();
        if (row.config.dedicated())
            link.process = row.config.process;
        else if (row.holder)
            link.process = config_.processes[row.holder->value].name;
        status.links.push_back(std::move(link));
    }
    for (std::uint32_t i = 0; i < config_.processes.size(); ++i) {
        const auto& row = assignments_.process({i});
        ProcessStatus process{
            .id = row.config.name, .streams = traffic_.streams({i}), .free_spares = table_.free_spares()};
        const bool carried =
            row.holding == Holding::in_use && table_.row(*row.link).condition == Condition::act;
        if (process.streams == 0)
            process.state = ProcessState::idle;
        else if (!carried)
            process.state = ProcessState::waiting;
        else
            process.state = assignments_.on_spare({i}) ? ProcessState::spare : ProcessState::dedicated;
        if (process.streams > 0 && carried) process.link = config_.links[row.link->value].name;
        status.processes.push_back(std::move(process));
    }
    return status;
}

}  // namespace warmspare::core
