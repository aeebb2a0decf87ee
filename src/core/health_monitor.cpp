// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "core/health_monitor.hpp"

#include <algorithm>
#include <utility>

namespace warmspare::core {

namespace {

/// So many links are tested at once when the start timer fires; more are spread over the interval in groups
/// of so many, because to wake up costs both nodes more than a test does.
constexpr std::uint32_t tests_at_once = 64;
/// How long a link that lost much is no better choice than another one that does.
constexpr Duration lossy_memory = std::chrono::minutes{1};
/// How far apart the tests of a link are that a process waits to return to.
constexpr int watchdogs_between_tests_awaited = 10;

}  // namespace

HealthMonitor::HealthMonitor(const HealthConfig& config, const std::vector<LinkConfig>& links)
    : config_{config}, deadlines_{links.size()} {
    links_.reserve(links.size());
    for (const auto& link : links)
        links_.push_back({.health = {config.watchdog, config.misses}, .circuit = link.circuit});
}

void HealthMonitor::handle_up(LinkIndex index, Duration round_trip, Time now) {
    links_[index.value].health.handle_up(round_trip, now);
    links_[index.value].loss.restart();
    test(index, now);
}

void HealthMonitor::handle_down(LinkIndex index) {
    auto& link = links_[index.value];
    const auto before = link.health.condition();
    link.health.handle_down();
    link.outstanding = link.awaited = false;
    link.scheduled = never;
    deadlines_.set(index.value, never);
    note_suspicion(link);
    if (before == Condition::act) changes_.push_back({index, Condition::sby});
}

void HealthMonitor::handle_reply(LinkIndex index, const wire::Reply& reply, Time now) {
    if (links_[index.value].health.handle_reply(reply, now)) changes_.push_back({index, Condition::act});
    note(index, now);
}

void HealthMonitor::handle_evidence(LinkIndex index, const Evidence& evidence, Time now) {
    auto& link = links_[index.value];
    link.health.handle_evidence(evidence, now);
    link.loss.observe(evidence, now);
    if (link.loss.losing()) link.health.suspect(now);
    if (link.loss.lossy()) link.lossy_until = now + lossy_memory;
}

void HealthMonitor::test(LinkIndex index, Time now) {
    links_[index.value].health.start_test(now);
    note(index, now);
}

void HealthMonitor::suspect(LinkIndex index, Time now) {
    links_[index.value].health.suspect(now);
    note(index, now);
}

void HealthMonitor::test_all(Duration interval, Time now) {
    const auto groups = static_cast<Duration::rep>(links_.size() / tests_at_once + 1);
    for (std::uint32_t i = 0; i < links_.size(); ++i) {
        const std::uint32_t group = i / tests_at_once;
        if (group == 0) {
            test({i}, now);
        } else {
            links_[i].scheduled = now + interval / groups * group;
            note({i}, now);
        }
    }
}

void HealthMonitor::watch(LinkIndex index, bool outstanding, Time now) {
    if (std::exchange(links_[index.value].outstanding, outstanding) == outstanding) return;
    if (outstanding && watch_deadline(links_[index.value]) <= now)
        links_[index.value].health.keep_testing(now);
    note(index, now);
}

void HealthMonitor::await(LinkIndex index, bool awaited, Time now) {
    if (std::exchange(links_[index.value].awaited, awaited) != awaited) note(index, now);
}

Time HealthMonitor::watch_deadline(const Link& link) const {
    if (link.outstanding || link.health.suspected())
        return link.health.next_test_at(link.health.pause_between_tests());
    if (link.awaited) return link.health.next_test_at(watchdogs_between_tests_awaited * config_.watchdog);
    return never;
}

/// Takes up what a change of a link's state means: its next deadline, and a test to send.
void HealthMonitor::note(LinkIndex index, Time now) {
    auto& link = links_[index.value];
    const bool first = link.health.untested();
    if (const auto test = link.health.poll_test(now)) tests_.push_back({index, *test, first});
    note_suspicion(link);
    deadlines_.set(index.value, std::min({link.health.next_deadline(), link.scheduled,
                                          std::max(watch_deadline(link), now)}));
}

void HealthMonitor::note_suspicion(Link& link) {
    const bool suspected = link.health.suspected();
    if (std::exchange(link.suspected, suspected) != suspected) suspicions_ = true;
}

std::vector<LinkIndex> HealthMonitor::due(Time now) const {
    std::vector<LinkIndex> links;
    for (const auto index : deadlines_.due(now)) {
        const auto& link = links_[index];
        if (link.outstanding || link.suspected || link.health.test_in_flight()) links.push_back({index});
    }
    return links;
}

void HealthMonitor::handle_deadline(Time now) {
    // Whoever wakes half a watchdog late may have left the replies lying in the sockets, and would condemn
    // every link at once for it.
    const bool late = now - deadlines_.earliest() > config_.watchdog / 2;
    for (const auto index : deadlines_.due(now)) judge({index}, late, now);
}

void HealthMonitor::judge(LinkIndex index, bool late, Time now) {
    auto& link = links_[index.value];
    const auto before = link.health.condition();
    const auto verdict = link.health.handle_deadline(late, now);
    if (verdict == Verdict::dead) changes_.push_back({index, Condition::sby});
    if (verdict != Verdict::none && before == Condition::act) test_circuit(link.circuit, now);
    if (link.scheduled <= now) {
        link.scheduled = never;
        link.health.start_test(now);
    }
    if (watch_deadline(link) <= now) link.health.keep_testing(now);
    note(index, now);
}

/// What befell one link may have befallen its neighbours: better to know before one of them is chosen.
void HealthMonitor::test_circuit(const std::string& circuit, Time now) {
    for (std::uint32_t i = 0; i < links_.size(); ++i)
        if (links_[i].circuit == circuit) test({i}, now);
}

std::optional<DueTest> HealthMonitor::poll_test(Time now) {
    if (tests_.empty()) return std::nullopt;
    auto due = tests_.front();
    tests_.pop_front();
    // The stamp is when it really goes out.
    due.test.stamp = static_cast<std::uint64_t>(now.time_since_epoch().count());
    return due;
}

std::optional<ConditionChange> HealthMonitor::poll_change() {
    if (changes_.empty()) return std::nullopt;
    const auto change = changes_.front();
    changes_.pop_front();
    return change;
}

}  // namespace warmspare::core
