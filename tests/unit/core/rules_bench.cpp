// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "rules_bench.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace warmspare::core {

namespace {

using namespace std::chrono_literals;

constexpr Duration handshake_time = 1ms;

std::string cell(const std::string& text) {
    return text.empty() ? " |" : ' ' + text + " |";
}

}  // namespace

LinkConfig dedicated(const std::string& port, std::string process, std::string circuit) {
    auto link = spare(port, 1, std::move(circuit));
    link.process = std::move(process);
    return link;
}

LinkConfig spare(const std::string& port, std::uint32_t priority, std::string circuit) {
    const auto number = static_cast<std::uint16_t>(std::stoi(port));
    return {.name = port,
            .circuit = std::move(circuit),
            .priority = priority,
            .own_port = number,
            .peer_port = number};
}

PeerConfig peer_with(std::vector<LinkConfig> links) {
    PeerConfig peer{.name = "osaka", .dial = true};
    for (const auto& link : links) {
        const bool known =
            std::ranges::find(peer.processes, link.process, &ProcessConfig::name) != peer.processes.end();
        if (link.dedicated() && !known) peer.processes.push_back({.name = link.process});
    }
    peer.links = std::move(links);
    return peer;
}

HealthConfig founding_health() {
    return {.misses = 1};
}

RulesBench::RulesBench(PeerConfig config, HealthConfig health)
    : config_{std::move(config)},
      table_{config_},
      health_{health, config_.links},
      assignments_{config_, table_},
      protection_{assignments_, health_},
      detours_{assignments_, health_},
      told_detours_(config_.processes.size()),
      timer_{health, now_},
      lines_(config_.links.size()) {
    now_ -= 10ms;
    for (std::uint32_t i = 0; i < lines_.size(); ++i) accept({i});
    settle();
    advance(10ms);
    timer_ = StartTimer{health, now_};
    transcript_.clear();
}

// --- what happens ---

void RulesBench::ask(std::string_view process_name) {
    say(fmt::format("{} asks", process_name));
    protection_.request(process(process_name), now_);
    settle();
}

void RulesBench::end(std::string_view process_name) {
    say(fmt::format("{} ends", process_name));
    protection_.end(process(process_name), now_);
    settle();
}

void RulesBench::silence(std::initializer_list<std::string_view> links) {
    say(fmt::format("no answer any more on {}", fmt::join(links, ", ")));
    for (const auto link : links) {
        at(link).silent = true;
        std::erase_if(replies_, [&](const PendingReply& reply) { return reply.link == index(link); });
    }
}

void RulesBench::answer(std::initializer_list<std::string_view> links) {
    say(fmt::format("answers again on {}", fmt::join(links, ", ")));
    for (const auto link : links) at(link).silent = false;
}

void RulesBench::disconnect(std::string_view link) {
    say(fmt::format("connection of {} is reset", link));
    lose(index(link));
    settle();
}

void RulesBench::lose(LinkIndex link) {
    table_.set_cause(link, "connection reset");
    health_.handle_down(link);
    table_.disconnect(link);
}

void RulesBench::connect(std::string_view link) {
    say(fmt::format("{} is connected", link));
    accept(index(link));
    settle();
}

void RulesBench::accept(LinkIndex link) {
    const auto number = ++lines_[link.value].connections;
    table_.connect(link, ConnectionId{1000 * link.value + number}, number, table_.row(link).endpoints, now_);
    table_.set_peer_view(link, PeerView::act, now_);
    health_.handle_up(link, handshake_time, now_);
}

void RulesBench::other_node_says(std::string_view link, PeerView view) {
    say(fmt::format("the other node calls {} {}", link, view == PeerView::act ? "ACT" : "SBY"));
    if (view == PeerView::sby) table_.set_cause(index(link), "osaka has no answer on it");
    table_.set_peer_view(index(link), view, now_);
    settle();
}

void RulesBench::other_node_suspects(std::string_view link) {
    say(fmt::format("the other node suspects {}", link));
    health_.suspect(index(link), now_);
    settle();
}

void RulesBench::restart_other_node() {
    for (std::uint32_t i = 0; i < lines_.size(); ++i)
        if (table_.row({i}).connection) lose({i});
    settle();
    say("the other node is a new one");
    protection_.clear();
    settle();
}

void RulesBench::advance(Duration time) {
    const auto until = now_ + time;
    apply_rules();
    while (next() <= until) {
        step(next());
        apply_rules();
    }
    now_ = until;
}

void RulesBench::advance_until_sby(std::string_view link) {
    while (next() != never) {
        step(next());
        if (table_.row(index(link)).condition == Condition::sby) return;
        apply_rules();
    }
}

Time RulesBench::next() const {
    auto time = std::min({health_.next_deadline(), protection_.next_deadline(), timer_.next_deadline()});
    for (const auto& reply : replies_) time = std::min(time, reply.at);
    return time;
}

void RulesBench::step(Time time) {
    now_ = time;
    deliver_replies();
    if (timer_.handle_deadline(now_)) {
        if (tests_shown_) say("start timer");
        connect_anew();
        health_.test_all(timer_.period(), now_);
    }
    if (health_.next_deadline() <= now_) health_.handle_deadline(now_);
    take_over();
}

void RulesBench::deliver_replies() {
    for (const auto& [at, link, reply] : std::exchange(replies_, {})) {
        if (at <= now_)
            health_.handle_reply(link, reply, now_);
        else
            replies_.push_back({at, link, reply});
    }
}

void RulesBench::settle() {
    take_over();
    apply_rules();
}

void RulesBench::take_over() {
    while (const auto change = health_.poll_change()) {
        const bool act = change->condition == Condition::act;
        if (table_.row(change->link).condition != change->condition)
            say(fmt::format("{} is {}", name(change->link), to_string(change->condition)));
        if (!act && table_.row(change->link).connection) dead_.push_back(change->link);
        table_.set_condition(change->link, change->condition, now_);
    }
}

void RulesBench::drop_dead() {
    for (const auto link : std::exchange(dead_, {})) {
        table_.set_cause(link, "watchdog expired");
        health_.handle_down(link);
        table_.disconnect(link);
        lines_[link.value].dropped = true;
    }
}

void RulesBench::connect_anew() {
    for (std::uint32_t i = 0; i < lines_.size(); ++i)
        if (!lines_[i].silent && std::exchange(lines_[i].dropped, false)) accept({i});
}

void RulesBench::apply_rules() {
    drop_dead();
    send_tests();
    protection_.evaluate(now_);
    while (const auto decision = assignments_.poll_decision()) say("  " + describe(*decision));
    take_detours();
    timer_.set_busy(std::ranges::any_of(assignments_.processes(),
                                        [](const auto& each) { return each.holding != Holding::none; }),
                    now_);
}

void RulesBench::take_detours() {
    detours_.update();
    for (std::uint32_t i = 0; i < told_detours_.size(); ++i) {
        const auto detour = detours_.of({i});
        if (std::exchange(told_detours_[i], detour) == detour) continue;
        const auto& who = config_.processes[i].name;
        say(detour ? fmt::format("  detour of {} over {}", who, name(*detour))
                   : fmt::format("  no detour of {} any more", who));
    }
}

void RulesBench::send_tests() {
    std::vector<std::string> names;
    while (const auto due = health_.poll_test(now_)) {
        auto& line = lines_[due->link.value];
        if (!table_.row(due->link).connection) continue;
        const bool again = std::exchange(line.last_test, due->test.number) == due->test.number;
        names.push_back(name(due->link) + (again ? " again" : ""));
        if (!line.silent)
            replies_.push_back(
                {now_ + line.round_trip, due->link, {.number = due->test.number, .stamp = due->test.stamp}});
    }
    if (tests_shown_ && !names.empty()) say(fmt::format("  test {}", fmt::join(names, ", ")));
}

// --- what was done ---

void RulesBench::say(std::string_view what) {
    const std::chrono::duration<double, std::milli> time = now_ - begun_;
    transcript_ += fmt::format("{:>7} {}\n", time.count(), what);
}

void RulesBench::rule(std::string_view text) {
    transcript_ += fmt::format("{}\n", text);
}

std::string RulesBench::transcript() {
    return '\n' + std::exchange(transcript_, {});
}

std::string RulesBench::describe(const Decision& decision) const {
    const auto& who = config_.processes[decision.process.value].name;
    const auto from = decision.from ? name(*decision.from) : std::string{"no link"};
    const auto to = decision.to ? name(*decision.to) : std::string{};
    switch (decision.kind) {
        case DecisionKind::assign:
            return fmt::format("assign {} to {}", to, who);
        case DecisionKind::switch_:
            return fmt::format("switch {} from {} to {}: {}", who, from, to, decision.cause);
        case DecisionKind::restore:
            return fmt::format("restore {} from {} to {}", who, from, to);
        case DecisionKind::recovery:
            return fmt::format("recovery of {}, told to {} on {}", to, who, from);
        case DecisionKind::release:
            return fmt::format("release {} of {}", from, who);
        case DecisionKind::no_link:
            return fmt::format("no link for {}, which keeps {}: {}", who, from, decision.cause);
    }
    return "?";
}

std::string RulesBench::table() const {
    std::string text = "\n";
    for (std::uint32_t i = 0; i < table_.rows().size(); ++i) {
        const auto& row = table_.rows()[i];
        const auto holder = row.holder ? config_.processes[row.holder->value].name : std::string{};
        text += fmt::format("| {} | {} | {} | {} | {} |", row.config.own_port, row.config.priority,
                            row.config.peer_port, to_string(row.condition), row.holder ? "Y" : "N");
        text += cell(row.config.dedicated() ? row.config.process : holder);
        text += cell(health_.link({i}).test_in_flight() ? "Y" : "") + '\n';
    }
    return text;
}

LinkIndex RulesBench::index(std::string_view link) const {
    return table_.find(link).value();
}

ProcessIndex RulesBench::process(std::string_view process_name) const {
    return assignments_.find(process_name).value();
}

}  // namespace warmspare::core
