// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "core/health_monitor.hpp"

#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "rules_bench.hpp"

namespace warmspare::core {
namespace {

using namespace std::chrono_literals;

constexpr Time begin{1h};
using Links = std::vector<std::uint32_t>;

std::vector<LinkConfig> links_on(std::initializer_list<const char*> circuits) {
    std::vector<LinkConfig> links;
    for (const auto* circuit : circuits)
        links.push_back(spare(std::to_string(100 + links.size()), 2, circuit));
    return links;
}

/// A monitor whose links are all up and ACT.
class Monitored {
  public:
    explicit Monitored(const std::vector<LinkConfig>& links, std::uint32_t misses = 1)
        : monitor{{.misses = misses}, links} {
        for (std::uint32_t i = 0; i < links.size(); ++i) monitor.handle_up({i}, 1ms, begin - 1s);
        for (const auto i : take_tests(begin - 1s)) answer(i, begin - 1s);
        static_cast<void>(take_changes());
    }

    Links take_tests(Time now) {
        Links links;
        while (const auto due = monitor.poll_test(now)) {
            EXPECT_EQ(due->test.stamp, static_cast<std::uint64_t>(now.time_since_epoch().count()));
            last_[due->link.value] = due->test;
            links.push_back(due->link.value);
        }
        return links;
    }

    void answer(std::uint32_t link, Time now) {
        monitor.handle_reply({link}, {last_[link].number, last_[link].stamp}, now);
    }

    std::vector<ConditionChange> take_changes() {
        std::vector<ConditionChange> changes;
        while (const auto change = monitor.poll_change()) changes.push_back(*change);
        return changes;
    }

    HealthMonitor monitor;

  private:
    std::map<std::uint32_t, wire::Test> last_;
};

// Its tests may be answered in time now and then, and what it carries waits for one repair after the other.
TEST(HealthMonitor, S13_a_link_that_loses_much_stays_suspect_for_as_long_as_it_does) {
    Monitored links{links_on({"a", "b"}), 3};
    Evidence evidence;
    auto now = begin;
    const auto send_for = [&](Duration time, std::uint64_t lost) {
        for (const auto end = now + time; now < end; now += 5ms) {
            evidence.segments += 10;
            evidence.segments_lost += lost;
            links.monitor.handle_evidence({0}, evidence, now);
            links.monitor.test({0}, now);
            for (const auto i : links.take_tests(now)) links.answer(i, now);
        }
    };
    send_for(300ms, 0);
    EXPECT_FALSE(links.monitor.link({0}).suspected());
    send_for(750ms, 3);
    EXPECT_TRUE(links.monitor.link({0}).suspected());
    EXPECT_FALSE(links.monitor.link({1}).suspected());
    send_for(750ms, 0);
    EXPECT_FALSE(links.monitor.link({0}).suspected());
    EXPECT_FALSE(links.monitor.lossy({0}, now));
}

TEST(HealthMonitor, S4_the_start_timer_tests_every_link) {
    Monitored links{links_on({"a", "a", "b"})};
    links.monitor.test_all(1s, begin);
    EXPECT_EQ(links.take_tests(begin), (Links{0, 1, 2}));
    for (std::uint32_t i = 0; i < 3; ++i) EXPECT_TRUE(links.monitor.link({i}).test_in_flight());
}

TEST(HealthMonitor, a_new_link_is_tested_at_once_and_its_first_answer_makes_it_ACT) {
    HealthMonitor monitor{{}, links_on({"a"})};
    monitor.handle_up({0}, 1ms, begin);
    const auto due = monitor.poll_test(begin);
    ASSERT_TRUE(due);
    EXPECT_FALSE(monitor.poll_change());
    monitor.handle_reply({0}, {due->test.number, due->test.stamp}, begin + 1ms);
    EXPECT_EQ(monitor.poll_change(), (ConditionChange{{0}, Condition::act}));
}

TEST(HealthMonitor, S4_many_links_are_tested_in_groups_spread_over_the_interval_and_each_once) {
    constexpr std::uint32_t count = 500;
    Monitored links{std::vector<LinkConfig>(count, spare("100", 2, "a"))};
    links.monitor.test_all(1s, begin);
    std::map<std::uint32_t, Time> tested;
    const auto take_tests = [&](Time now) {
        for (const auto link : links.take_tests(now)) {
            EXPECT_TRUE(tested.emplace(link, now).second);
            links.answer(link, now);
        }
    };
    take_tests(begin);
    while (links.monitor.next_deadline() < begin + 1s) {
        const auto now = links.monitor.next_deadline();
        links.monitor.handle_deadline(now);
        take_tests(now);
    }
    ASSERT_EQ(tested.size(), count);
    for (const auto& [link, at] : tested) EXPECT_EQ(at, begin + link / 64 * 125ms);
    EXPECT_TRUE(links.take_changes().empty());
}

TEST(HealthMonitor, S13_a_link_with_something_outstanding_is_tested_twice_every_watchdog_time) {
    Monitored links{links_on({"a", "b"})};
    links.monitor.watch({0}, true, begin);
    std::vector<Duration> times;
    auto now = begin;
    for (int i = 0; i < 4; ++i) {
        if (i > 0) {
            now = links.monitor.next_deadline();
            links.monitor.handle_deadline(now);
        }
        EXPECT_EQ(links.take_tests(now), Links{0});
        links.answer(0, now + 1ms);
        times.push_back(now - begin);
    }
    EXPECT_EQ(times, (std::vector<Duration>{0ms, 5ms, 10ms, 15ms}));
    links.monitor.watch({0}, false, now + 2ms);
    EXPECT_EQ(links.monitor.next_deadline(), never);
}

TEST(HealthMonitor, S13_a_link_tested_just_now_is_not_tested_again_because_something_is_outstanding) {
    Monitored links{links_on({"a"})};
    links.monitor.test({0}, begin);
    static_cast<void>(links.take_tests(begin));
    links.answer(0, begin + 1ms);
    links.monitor.watch({0}, true, begin + 2ms);
    EXPECT_TRUE(links.take_tests(begin + 2ms).empty());
    EXPECT_EQ(links.monitor.next_deadline(), begin + 5ms);
}

TEST(HealthMonitor, S14_a_link_that_is_waited_for_is_tested_every_ten_watchdogs) {
    Monitored links{links_on({"fiber", "lte"})};
    links.monitor.await({0}, true, begin);
    std::vector<Duration> at;
    const auto test_until = [&](Time end) {
        while (links.monitor.next_deadline() < end) {
            const auto now = links.monitor.next_deadline();
            links.monitor.handle_deadline(now);
            for (const auto link : links.take_tests(now)) {
                EXPECT_EQ(link, 0U);
                links.answer(link, now);
                at.push_back(now - begin);
            }
        }
    };
    test_until(begin + 350ms);
    EXPECT_EQ(at, (std::vector<Duration>{0ms, 100ms, 200ms, 300ms}));
    links.monitor.await({0}, false, begin + 350ms);
    EXPECT_EQ(links.monitor.next_deadline(), never);
}

TEST(HealthMonitor, S13_a_silent_link_in_use_is_SBY_after_the_watchdogs_and_not_the_next_start_timer) {
    Monitored links{links_on({"a"}), 3};
    links.monitor.watch({0}, true, begin);
    auto now = begin;
    while (links.monitor.link({0}).condition() == Condition::act) {
        now = links.monitor.next_deadline();
        links.monitor.handle_deadline(now);
    }
    EXPECT_EQ(now, begin + 60ms);
    EXPECT_EQ(links.take_changes(), (std::vector{ConditionChange{{0}, Condition::sby}}));
}

// What befell one link may have befallen its neighbours: better to know before one of them is chosen.
TEST(HealthMonitor, a_missed_watchdog_has_the_whole_circuit_tested) {
    Monitored links{links_on({"a", "b", "a"}), 3};
    links.monitor.test({0}, begin);
    EXPECT_EQ(links.take_tests(begin), Links{0});
    links.monitor.handle_deadline(begin + 2500us);
    EXPECT_EQ(links.take_tests(begin + 2500us), Links{0});
    links.monitor.handle_deadline(begin + 10ms);
    EXPECT_EQ(links.take_tests(begin + 10ms), (Links{0, 2}));
}

TEST(HealthMonitor, a_link_that_is_SBY_anyway_does_not_have_its_circuit_tested_again_and_again) {
    Monitored links{links_on({"a", "a"})};
    links.monitor.handle_down({0});
    links.monitor.handle_up({0}, 1ms, begin);
    EXPECT_EQ(links.take_tests(begin), Links{0});
    links.monitor.handle_deadline(begin + 2500us);
    links.monitor.handle_deadline(begin + 10ms);
    EXPECT_EQ(links.take_tests(begin + 10ms), Links{0});
    EXPECT_EQ(links.monitor.next_deadline(), never);
}

TEST(HealthMonitor, S2_each_link_keeps_the_deadline_of_its_own_test) {
    Monitored links{links_on({"a", "b"})};
    links.monitor.test({0}, begin);
    links.monitor.test({1}, begin + 4ms);
    links.monitor.test_all(1s, begin + 6ms);
    std::map<std::uint32_t, Time> failed;
    while (failed.size() < 2) {
        const auto now = links.monitor.next_deadline();
        links.monitor.handle_deadline(now);
        for (const auto& change : links.take_changes()) failed[change.link.value] = now;
    }
    EXPECT_EQ(failed, (std::map<std::uint32_t, Time>{{0, begin + 10ms}, {1, begin + 14ms}}));
}

TEST(HealthMonitor, S13_whoever_wakes_half_a_watchdog_late_judges_no_link) {
    Monitored links{links_on({"a", "b"})};
    links.monitor.test_all(1s, begin);
    links.monitor.handle_deadline(begin + 2500us);
    static_cast<void>(links.take_tests(begin + 2500us));
    links.monitor.handle_deadline(begin + 16ms);
    EXPECT_TRUE(links.take_changes().empty());
    // The replies were lying in the sockets.
    static_cast<void>(links.take_tests(begin + 16ms));
    links.answer(0, begin + 16ms);
    for (auto now = links.monitor.next_deadline(); now <= begin + 26ms; now = links.monitor.next_deadline()) {
        links.monitor.handle_deadline(now);
        for (const auto link : links.take_tests(now))
            if (link == 0) links.answer(0, now);
    }
    EXPECT_EQ(links.take_changes(), (std::vector{ConditionChange{{1}, Condition::sby}}));
}

TEST(HealthMonitor, S13_a_little_late_is_not_late) {
    Monitored links{links_on({"a"})};
    links.monitor.test_all(1s, begin);
    links.monitor.handle_deadline(begin + 2500us);
    links.monitor.handle_deadline(begin + 15ms);
    EXPECT_EQ(links.take_changes(), (std::vector{ConditionChange{{0}, Condition::sby}}));
}

TEST(HealthMonitor, asks_for_whom_evidence_is_needed_before_it_judges) {
    Monitored links{links_on({"a", "b", "c"})};
    links.monitor.test({2}, begin);
    links.monitor.test({0}, begin + 1ms);
    links.monitor.handle_deadline(begin + 4ms);
    EXPECT_TRUE(links.monitor.due(begin + 9ms).empty());
    EXPECT_EQ(links.monitor.due(begin + 10ms), (std::vector<LinkIndex>{{2}}));
    EXPECT_EQ(links.monitor.due(begin + 11ms), (std::vector<LinkIndex>{{2}, {0}}));
}

TEST(HealthMonitor, needs_no_evidence_of_links_that_rest) {
    Monitored links{std::vector<LinkConfig>(100, spare("100", 2, "a"))};
    links.monitor.test_all(1s, begin);
    for (const auto i : links.take_tests(begin)) links.answer(i, begin);
    const auto due = links.monitor.next_deadline();
    ASSERT_NE(due, never);
    EXPECT_TRUE(links.monitor.due(due).empty());
    links.monitor.handle_deadline(due);
    EXPECT_EQ(links.take_tests(due).size(), 36U);
}

TEST(HealthMonitor, a_lost_connection_is_news_once_and_leaves_nothing_to_do) {
    Monitored links{links_on({"a"})};
    links.monitor.watch({0}, true, begin);
    links.monitor.handle_down({0});
    links.monitor.handle_down({0});
    EXPECT_EQ(links.take_changes(), (std::vector{ConditionChange{{0}, Condition::sby}}));
    EXPECT_EQ(links.monitor.next_deadline(), never);
    links.monitor.test_all(1s, begin);
    EXPECT_EQ(links.monitor.next_deadline(), never);
}

TEST(HealthMonitor, a_deadline_that_has_not_come_changes_nothing) {
    Monitored links{links_on({"a"})};
    links.monitor.test_all(1s, begin);
    static_cast<void>(links.take_tests(begin));
    links.monitor.handle_deadline(begin + 1ms);
    EXPECT_TRUE(links.take_tests(begin + 1ms).empty());
    EXPECT_TRUE(links.take_changes().empty());
    EXPECT_EQ(links.monitor.next_deadline(), begin + 2500us);
}

}  // namespace
}  // namespace warmspare::core
