// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Back to the dedicated link: recovery notice and wait-to-restore (S6, S14).

#include <gtest/gtest.h>

#include "rules_bench.hpp"

namespace warmspare::core {
namespace {

using namespace std::chrono_literals;

PeerConfig one_process(bool revertive = true) {
    auto config = peer_with({dedicated("20", "A", "20"), spare("161", 2, "161"), spare("162", 3, "162")});
    config.processes[0].revertive = revertive;
    return config;
}

/// A is on the spare 161 because 20 failed.
struct OnSpare : testing::Test {
    RulesBench bench{one_process()};

    void SetUp() override { fail(bench); }

    static void fail(RulesBench& bench) {
        bench.ask("A");
        bench.advance(100ms);
        bench.disconnect("20");
        static_cast<void>(bench.transcript());
    }
};

TEST_F(OnSpare, S6_is_told_at_once_and_S14_returns_when_the_link_has_stayed_ACT) {
    bench.connect("20");
    bench.advance(10s);
    EXPECT_EQ(bench.transcript(), R"(
    100 20 is connected
    101 20 is ACT
    101   recovery of 20, told to A on 161
   5101   restore A from 161 to 20
)");
    EXPECT_EQ(bench.table(), R"(
| 20 | 1 | 20 | ACT | Y | A | |
| 161 | 2 | 161 | ACT | N | | |
| 162 | 3 | 162 | ACT | N | | |
)");
}

TEST_F(OnSpare, S14_the_time_begins_anew_whenever_the_link_fails_and_grows_each_time) {
    for (int i = 0; i < 3; ++i) {
        bench.connect("20");
        bench.advance(4s);
        bench.disconnect("20");
    }
    bench.connect("20");
    bench.advance(1min);
    EXPECT_EQ(bench.transcript(), R"(
    100 20 is connected
    101 20 is ACT
    101   recovery of 20, told to A on 161
   4100 connection of 20 is reset
   4100 20 is SBY
   4100 20 is connected
   4101 20 is ACT
   4101   recovery of 20, told to A on 161
   8100 connection of 20 is reset
   8100 20 is SBY
   8100 20 is connected
   8101 20 is ACT
   8101   recovery of 20, told to A on 161
  12100 connection of 20 is reset
  12100 20 is SBY
  12100 20 is connected
  12101 20 is ACT
  12101   recovery of 20, told to A on 161
  45439   restore A from 161 to 20
)");
}

// The link has failed twice by then, so the time is nearly twice the configured one.
TEST_F(OnSpare, S14_the_time_runs_from_when_both_nodes_call_the_link_ACT) {
    bench.connect("20");
    bench.advance(3s);
    bench.other_node_says("20", PeerView::sby);
    bench.advance(1s);
    bench.other_node_says("20", PeerView::act);
    static_cast<void>(bench.transcript());
    bench.advance(10s);
    EXPECT_EQ(bench.transcript(), R"(
  13866   restore A from 161 to 20
)");
}

TEST_F(OnSpare, S6_a_notice_is_sent_once_for_each_recovery_whatever_else_changes) {
    bench.connect("20");
    bench.advance(1s);
    bench.disconnect("162");
    bench.connect("162");
    bench.advance(1s);
    EXPECT_EQ(bench.transcript(), R"(
    100 20 is connected
    101 20 is ACT
    101   recovery of 20, told to A on 161
   1100 connection of 162 is reset
   1100 162 is SBY
   1100 162 is connected
   1101 162 is ACT
)");
}

TEST_F(OnSpare, S5_does_not_wait_to_restore_when_its_spare_fails) {
    bench.connect("20");
    bench.advance(1s);
    static_cast<void>(bench.transcript());
    bench.disconnect("161");
    bench.advance(10s);
    EXPECT_EQ(bench.transcript(), R"(
   1100 connection of 161 is reset
   1100 161 is SBY
   1100   switch A from 161 to 20: connection reset
)");
}

TEST_F(OnSpare, S6_who_waits_is_given_the_link_and_not_told_of_it) {
    bench.disconnect("161");
    bench.disconnect("162");
    static_cast<void>(bench.transcript());
    bench.connect("20");
    bench.advance(10s);
    EXPECT_EQ(bench.transcript(), R"(
    100 20 is connected
    101 20 is ACT
    101   switch A from 162 to 20: a link answers again
)");
}

TEST_F(OnSpare, S6_who_has_been_released_is_told_nothing) {
    bench.end("A");
    bench.advance(1s);
    static_cast<void>(bench.transcript());
    bench.connect("20");
    bench.advance(10s);
    EXPECT_EQ(bench.transcript(), R"(
   1100 20 is connected
   1101 20 is ACT
)");
}

TEST(Return, S15_who_is_not_revertive_is_told_and_stays) {
    RulesBench bench{one_process(false)};
    OnSpare::fail(bench);
    bench.connect("20");
    bench.advance(1h);
    EXPECT_EQ(bench.transcript(), R"(
    100 20 is connected
    101 20 is ACT
    101   recovery of 20, told to A on 161
)");
}

// S1: several rows of priority 1 are tried in row order. 21 is as good as 20, so nothing returns to that.
TEST(Return, S1_of_several_dedicated_links_the_first_repaired_is_returned_to) {
    RulesBench bench{
        peer_with({dedicated("20", "A", "20"), dedicated("21", "A", "21"), spare("161", 2, "161")})};
    bench.ask("A");
    bench.advance(100ms);
    bench.disconnect("20");
    bench.disconnect("21");
    bench.connect("21");
    bench.advance(6s);
    bench.connect("20");
    bench.advance(10s);
    EXPECT_EQ(bench.transcript(), R"(
      0 A asks
      1   assign 20 to A
    100 connection of 20 is reset
    100 20 is SBY
    100   switch A from 20 to 21: connection reset
    100 connection of 21 is reset
    100 21 is SBY
    100   switch A from 21 to 161: connection reset
    100 21 is connected
    101 21 is ACT
    101   recovery of 21, told to A on 161
   5101   restore A from 161 to 21
   6100 20 is connected
   6101 20 is ACT
)");
}

// The first of two own links flaps and the second is steady: A must not stay on the spare for that.
TEST(Return, S14_a_flapping_dedicated_link_does_not_keep_the_process_from_a_steady_one) {
    RulesBench bench{
        peer_with({dedicated("20", "A", "20"), dedicated("21", "A", "21"), spare("161", 2, "161")})};
    bench.ask("A");
    bench.advance(100ms);
    bench.disconnect("20");
    bench.disconnect("21");
    bench.connect("21");
    bench.advance(1s);
    for (int i = 0; i < 3; ++i) {
        bench.connect("20");
        bench.advance(2s);
        bench.disconnect("20");
    }
    EXPECT_EQ(bench.assignments().process({0}).link, LinkIndex{1});
}

}  // namespace
}  // namespace warmspare::core
