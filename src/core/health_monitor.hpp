// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// The tests of all links of one peer: when each is tested, and what came of it (S2, S4, S13). One of the four
// sections of the founding system.
//
// A link is tested when the start timer asks for all of them, when an establishment needs its verdict, when
// another link of its circuit misses a reply, and twice every watchdog time while something is outstanding on
// it or it is suspect: so a black hole is suspected one and a half watchdogs after it came at the latest.
// While a process waits to return to it, it is tested every ten watchdogs: one that comes and goes must not
// be met whole by the few tests of the start timer that fall into the wait.

#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/config.hpp"
#include "core/deadlines.hpp"
#include "core/ids.hpp"
#include "core/link_health.hpp"
#include "core/loss_meter.hpp"

namespace warmspare::core {

/// A link's condition changed.
struct ConditionChange {
    LinkIndex link;
    Condition condition;

    friend bool operator==(const ConditionChange&, const ConditionChange&) = default;
};

struct DueTest {
    LinkIndex link;
    wire::Test test;
    /// The first one on its connection.
    bool first = false;
};

class HealthMonitor {
  public:
    HealthMonitor(const HealthConfig& config, const std::vector<LinkConfig>& links);

    [[nodiscard]] const LinkHealth& link(LinkIndex index) const { return links_[index.value].health; }
    [[nodiscard]] const LossMeter& loss(LinkIndex index) const { return links_[index.value].loss; }
    /// It was found to lose much, this connection or one shortly before.
    [[nodiscard]] bool lossy(LinkIndex index, Time now) const {
        return links_[index.value].lossy_until > now;
    }

    void handle_up(LinkIndex index, Duration round_trip, Time now);
    void handle_down(LinkIndex index);
    void handle_reply(LinkIndex index, const wire::Reply& reply, Time now);
    void handle_heard(LinkIndex index, Time now) { links_[index.value].health.handle_heard(now); }
    void handle_evidence(LinkIndex index, const Evidence& evidence, Time now);

    void test(LinkIndex index, Time now);
    /// The other node suspects it.
    void suspect(LinkIndex index, Time now);
    /// The start timer fired: tests every link, spread over `interval` if there are many.
    void test_all(Duration interval, Time now);
    /// Whether anything is outstanding on this link.
    void watch(LinkIndex index, bool outstanding, Time now);
    /// Whether a process waits to return to this link.
    void await(LinkIndex index, bool awaited, Time now);

    [[nodiscard]] Time next_deadline() const { return deadlines_.earliest(); }
    /// Links to look at before handle_deadline: of those that rest and are only due for a test of the start
    /// timer there is nothing to know.
    [[nodiscard]] std::vector<LinkIndex> due(Time now) const;
    void handle_deadline(Time now);

    [[nodiscard]] std::optional<DueTest> poll_test(Time now);
    [[nodiscard]] std::optional<ConditionChange> poll_change();
    /// Whether a suspicion has begun or ended since this was asked last.
    [[nodiscard]] bool take_suspicions() noexcept { return std::exchange(suspicions_, false); }

  private:
    struct Link {
        LinkHealth health;
        LossMeter loss;
        Time lossy_until{};
        std::string circuit;
        /// When a test asked for by the start timer is to go out; never: none is.
        Time scheduled = never;
        bool outstanding = false;
        bool awaited = false;
        bool suspected = false;
    };

    void judge(LinkIndex index, bool late, Time now);
    void test_circuit(const std::string& circuit, Time now);
    void note(LinkIndex index, Time now);
    void note_suspicion(Link& link);
    [[nodiscard]] Time watch_deadline(const Link& link) const;

    HealthConfig config_;
    std::vector<Link> links_;
    Deadlines deadlines_;
    std::deque<DueTest> tests_;
    std::deque<ConditionChange> changes_;
    bool suspicions_ = false;
};

}  // namespace warmspare::core
