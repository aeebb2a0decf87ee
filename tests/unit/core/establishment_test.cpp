// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// From a process's request to its first link (S2, S3).

#include "core/establishment.hpp"

#include <gtest/gtest.h>

#include "rules_bench.hpp"

namespace warmspare::core {
namespace {

using namespace std::chrono_literals;

PeerConfig two_processes() {
    return peer_with({dedicated("20", "A", "one"), dedicated("21", "B", "two"), spare("160", 2, "three"),
                      spare("161", 3, "four"), spare("162", 3, "five")});
}

struct Establishment : testing::Test {
    RulesBench bench{two_processes()};

    void SetUp() override { bench.show_tests(); }
};

TEST_F(Establishment, S2_a_request_tests_the_own_dedicated_links_and_every_spare) {
    bench.ask("A");
    EXPECT_EQ(bench.transcript(), R"(
      0 A asks
      0   test 20, 160, 161, 162
)");
    EXPECT_EQ(bench.table(), R"(
| 20 | 1 | 20 | ACT | N | A | Y |
| 21 | 1 | 21 | ACT | N | B | |
| 160 | 2 | 160 | ACT | N | | Y |
| 161 | 3 | 161 | ACT | N | | Y |
| 162 | 3 | 162 | ACT | N | | Y |
)");
}

TEST_F(Establishment, S2_a_reply_clears_in_flight_and_the_watchdog_makes_what_is_still_in_flight_SBY) {
    bench.silence({"161"});
    bench.ask("A");
    bench.advance(1ms);
    EXPECT_EQ(bench.table(), R"(
| 20 | 1 | 20 | ACT | Y | A | |
| 21 | 1 | 21 | ACT | N | B | |
| 160 | 2 | 160 | ACT | N | | |
| 161 | 3 | 161 | ACT | N | | Y |
| 162 | 3 | 162 | ACT | N | | |
)");
    bench.advance_until_sby("161");
    EXPECT_EQ(bench.now().time_since_epoch(), 1h + 10ms);
}

// Each row's watchdog runs from its own test: an establishment that finds a row in flight leaves it alone.
TEST_F(Establishment, S2_overlapping_establishments_do_not_disturb_each_other) {
    bench.silence({"20", "160"});
    bench.ask("A");
    bench.advance(2ms);
    bench.ask("B");
    bench.advance(18ms);
    EXPECT_EQ(bench.transcript(), R"(
      0 no answer any more on 20, 160
      0 A asks
      0   test 20, 160, 161, 162
      2 B asks
      2   test 21, 161, 162
    2.5   test 20 again, 160 again
      3   assign 21 to B
     10 20 is SBY
     10 160 is SBY
     10   assign 161 to A
)");
}

TEST_F(Establishment, S3_the_dedicated_link_is_assigned_as_soon_as_it_has_answered) {
    bench.delay("160", 5ms);
    bench.ask("A");
    bench.advance(1ms);
    EXPECT_EQ(bench.transcript(), R"(
      0 A asks
      0   test 20, 160, 161, 162
      1   assign 20 to A
)");
}

// All spares have answered long before, but the dedicated link may still turn out fit.
TEST_F(Establishment, S3_a_spare_is_assigned_only_when_everything_ranked_above_it_has_failed) {
    bench.silence({"20"});
    bench.ask("A");
    bench.advance(9ms);
    EXPECT_TRUE(bench.protection().undecided());
    bench.advance(1ms);
    EXPECT_FALSE(bench.protection().undecided());
    EXPECT_EQ(bench.transcript(), R"(
      0 no answer any more on 20
      0 A asks
      0   test 20, 160, 161, 162
    2.5   test 20 again
     10 20 is SBY
     10   assign 160 to A
)");
}

TEST_F(Establishment, S3_spares_of_one_priority_go_in_row_order_and_a_worse_one_is_not_waited_for) {
    bench.disconnect("20");
    bench.disconnect("160");
    bench.delay("162", 9ms);
    static_cast<void>(bench.transcript());
    bench.ask("A");
    bench.advance(2ms);
    EXPECT_EQ(bench.transcript(), R"(
      0 A asks
      0   test 161, 162
      1   assign 161 to A
)");
}

// What was answered before the request proves nothing of now.
TEST_F(Establishment, S3_a_row_that_is_ACT_from_before_is_not_assigned_before_it_answered_again) {
    bench.delay("20", 5ms);
    bench.ask("A");
    bench.advance(4ms);
    EXPECT_FALSE(bench.assignments().process({0}).link.has_value());
    bench.advance(1ms);
    EXPECT_EQ(bench.assignments().process({0}).link, LinkIndex{0});
}

TEST_F(Establishment, S3_a_test_that_was_in_flight_already_counts) {
    bench.delay("160", 4ms);
    bench.ask("B");
    bench.advance(2ms);
    bench.silence({"20"});
    bench.disconnect("20");
    static_cast<void>(bench.transcript());
    bench.ask("A");
    bench.advance(2ms);
    EXPECT_EQ(bench.transcript(), R"(
      2 A asks
      2   test 161, 162
    2.5   test 160 again
      4   assign 160 to A
)");
}

// 160 has answered since A asked; that B has it tested once more makes it no less certain.
TEST_F(Establishment, S3_a_row_that_has_answered_since_the_request_may_be_in_flight_again) {
    bench.silence({"20"});
    bench.delay("160", 4ms);
    bench.ask("A");
    bench.advance(8ms);
    bench.delay("21", 9ms);
    bench.ask("B");
    static_cast<void>(bench.transcript());
    bench.advance(2ms);
    EXPECT_EQ(bench.transcript(), R"(
     10 20 is SBY
     10   assign 160 to A
)");
}

TEST_F(Establishment, S3_a_spare_that_another_process_holds_is_passed_over) {
    bench.silence({"20", "21"});
    bench.advance(1h);
    bench.ask("A");
    bench.advance(100ms);
    bench.ask("B");
    bench.advance(100ms);
    EXPECT_EQ(bench.rows().row({2}).holder, ProcessIndex{0});
    EXPECT_EQ(bench.rows().row({3}).holder, ProcessIndex{1});
}

// As a node does with a new link: it keeps its connection after the first misses, and is tested again at
// once.
TEST(DecideRequest, S3_a_row_that_has_failed_since_the_request_is_not_waited_for_while_it_is_tested_again) {
    const auto config = peer_with({dedicated("20", "A", "one"), spare("161", 2, "two")});
    LinkTable table{config};
    HealthMonitor health{founding_health(), config.links};
    constexpr Time begin{1h};
    for (const LinkIndex link : {LinkIndex{0}, LinkIndex{1}}) {
        table.connect(link, ConnectionId{link.value}, 1, {}, begin);
        table.set_peer_view(link, PeerView::act, begin);
        health.handle_up(link, 1ms, begin);
    }
    while (const auto due = health.poll_test(begin))
        if (due->link == LinkIndex{1}) health.handle_reply({1}, {due->test.number, due->test.stamp}, begin);
    table.set_condition({1}, Condition::act, begin);
    health.handle_deadline(begin + 2500us);
    EXPECT_EQ(decide_request(table, health, {0}, begin, begin + 9ms), (Selection{Fitness::pending, {0}}));
    health.handle_deadline(begin + 10ms);
    health.test({0}, begin + 10ms);
    ASSERT_TRUE(health.link({0}).test_in_flight());
    EXPECT_EQ(decide_request(table, health, {0}, begin, begin + 10ms), (Selection{Fitness::fit, {1}}));
}

TEST_F(Establishment, S3_with_no_link_the_process_waits_and_is_told) {
    bench.silence({"20", "160", "161", "162"});
    bench.ask("A");
    bench.advance(10ms);
    EXPECT_EQ(bench.transcript(), R"(
      0 no answer any more on 20, 160, 161, 162
      0 A asks
      0   test 20, 160, 161, 162
    2.5   test 20 again, 160 again, 161 again, 162 again
     10 20 is SBY
     10 160 is SBY
     10 161 is SBY
     10 162 is SBY
     10   no link for A, which keeps no link: no link answers
)");
}

TEST_F(Establishment, S3_links_without_a_connection_are_not_waited_for) {
    for (const auto* link : {"20", "160", "161", "162"}) bench.disconnect(link);
    static_cast<void>(bench.transcript());
    bench.ask("A");
    EXPECT_EQ(bench.transcript(), R"(
      0 A asks
      0   no link for A, which keeps no link: no link answers
)");
}

TEST_F(Establishment, S9_a_link_that_the_other_node_calls_SBY_is_not_assigned) {
    bench.other_node_says("20", PeerView::sby);
    static_cast<void>(bench.transcript());
    bench.ask("A");
    bench.advance(1ms);
    EXPECT_EQ(bench.transcript(), R"(
      0 A asks
      0   test 20, 160, 161, 162
      1   assign 160 to A
)");
}

TEST_F(Establishment, S9_a_new_connection_waits_a_little_for_what_the_other_node_says_of_it) {
    bench.disconnect("20");
    bench.connect("20");
    bench.other_node_says("20", PeerView::unknown);
    bench.ask("A");
    bench.advance(39ms);
    EXPECT_TRUE(bench.protection().undecided());
    static_cast<void>(bench.transcript());
    bench.other_node_says("20", PeerView::act);
    EXPECT_EQ(bench.transcript(), R"(
     39 the other node calls 20 ACT
     39   assign 20 to A
)");
}

TEST_F(Establishment, S9_the_silence_of_the_other_node_ends_that_waiting) {
    bench.disconnect("20");
    bench.connect("20");
    bench.other_node_says("20", PeerView::unknown);
    bench.ask("A");
    bench.advance(1ms);
    static_cast<void>(bench.transcript());
    bench.advance(1s);
    EXPECT_EQ(bench.transcript(), R"(
     40   assign 160 to A
)");
}

TEST_F(Establishment, a_process_that_ends_before_it_is_decided_gets_nothing) {
    auto config = two_processes();
    config.processes[0].linger = 0s;
    RulesBench hasty{config};
    hasty.ask("A");
    hasty.end("A");
    hasty.advance(1s);
    EXPECT_EQ(hasty.transcript(), R"(
      0 A asks
      0 A ends
)");
    EXPECT_FALSE(hasty.rows().any_in_use());
}

}  // namespace
}  // namespace warmspare::core
