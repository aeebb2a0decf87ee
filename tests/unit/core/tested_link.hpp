// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>

#include "core/link_health.hpp"

namespace warmspare::core {

using namespace std::chrono_literals;

/// A link that came up at time 0, after a handshake of 1 ms if not said otherwise. Deadlines are handled
/// exactly when they come, unless the caller oversleeps.
class Tested {
  public:
    explicit Tested(std::uint32_t misses = 3, Duration round_trip = 1ms) : health{10ms, misses} {
        health.handle_up(round_trip, now_);
        say("up");
    }

    /// After a round trip.
    void answer_first_test() {
        start_test();
        advance_to(*health.round_trip());
        reply(1, Duration::zero());
    }

    void start_test() {
        say("start test");
        health.start_test(now_);
        poll();
    }

    void keep_testing() {
        say("keep testing");
        health.keep_testing(now_);
        poll();
    }

    void answer_what_was_sent_at(Duration time) {
        if (const auto found = sent_.find(begin + time); found != sent_.end()) reply(found->second, time);
    }

    /// The answer to test `number`, as it was sent at `sent`.
    void reply(std::uint64_t number, Duration sent) {
        const auto stamp = (begin + sent).time_since_epoch().count();
        say(fmt::format("reply {}", number));
        if (health.handle_reply({.number = number, .stamp = static_cast<std::uint64_t>(stamp)}, now_))
            say("  ACT");
        poll();
    }

    void acknowledged(std::uint64_t bytes) {
        say(fmt::format("{} bytes acknowledged", bytes));
        health.handle_evidence({.bytes_acked = bytes}, now_);
    }

    void advance_to(Duration time) {
        while (health.next_deadline() <= begin + time) {
            now_ = health.next_deadline();
            handle_deadline(false);
        }
        now_ = begin + time;
    }

    void oversleep_to(Duration time) {
        now_ = begin + time;
        say("overslept");
        handle_deadline(true);
    }

    void down() {
        say("down");
        health.handle_down();
    }

    std::string transcript() { return '\n' + std::exchange(transcript_, {}); }

    static constexpr Time begin{1h};
    LinkHealth health;

  private:
    void handle_deadline(bool late) {
        const auto verdict = health.handle_deadline(late, now_);
        if (verdict == Verdict::missed) say("watchdog missed");
        if (verdict == Verdict::dead) say("SBY");
        poll();
    }

    void poll() {
        const auto test = health.poll_test(now_);
        if (!test) return;
        sent_[now_] = test->number;
        const bool again = std::exchange(last_test_, test->number) == test->number;
        EXPECT_EQ(test->stamp, static_cast<std::uint64_t>(now_.time_since_epoch().count()));
        EXPECT_FALSE(health.poll_test(now_));
        say(fmt::format("  test {}{}", test->number, again ? " again" : ""));
    }

    void say(const std::string& what) {
        const std::chrono::duration<double, std::milli> time = now_ - begin;
        transcript_ += fmt::format("{:>6} {}\n", time.count(), what);
    }

    Time now_ = begin;
    std::uint64_t last_test_ = 0;
    std::map<Time, std::uint64_t> sent_;
    std::string transcript_;
};

}  // namespace warmspare::core
