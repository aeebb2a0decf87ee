// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Who gets which link when links fail, and when processes end (S5, S7, S14).

#include "core/protection.hpp"

#include <gtest/gtest.h>

#include "rules_bench.hpp"

namespace warmspare::core {
namespace {

using namespace std::chrono_literals;

/// Each link is a circuit of its own, so that what befalls one says nothing of another.
PeerConfig three_processes() {
    return peer_with({dedicated("21", "B", "21"), dedicated("20", "A", "20"), dedicated("23", "C", "23"),
                      spare("161", 2, "161"), spare("162", 3, "162")});
}

/// A, B and C use their own links. B's is first in the table.
struct Protected : testing::Test {
    RulesBench bench{three_processes()};

    void SetUp() override {
        for (const auto* process : {"A", "B", "C"}) bench.ask(process);
        bench.advance(500ms);
        static_cast<void>(bench.transcript());
    }
};

TEST_F(Protected, S5_a_process_whose_link_fails_gets_the_best_free_spare_and_its_flag_moves) {
    bench.silence({"20"});
    bench.advance(1s);
    EXPECT_EQ(bench.transcript(), R"(
    500 no answer any more on 20
   1011 20 is SBY
   1011   switch A from 20 to 161: watchdog expired
)");
    EXPECT_EQ(bench.table(), R"(
| 21 | 1 | 21 | ACT | Y | B | |
| 20 | 1 | 20 | SBY | N | A | |
| 23 | 1 | 23 | ACT | Y | C | |
| 161 | 2 | 161 | ACT | Y | A | |
| 162 | 3 | 162 | ACT | N | | |
)");
}

TEST_F(Protected, S5_an_error_that_the_kernel_reports_counts_at_once) {
    bench.disconnect("20");
    EXPECT_EQ(bench.transcript(), R"(
    500 connection of 20 is reset
    500 20 is SBY
    500   switch A from 20 to 161: connection reset
)");
}

TEST_F(Protected, S5_several_that_fail_in_one_check_are_served_in_table_order) {
    bench.silence({"20", "21", "23"});
    bench.advance(1s);
    EXPECT_EQ(bench.transcript(), R"(
    500 no answer any more on 20, 21, 23
   1011 21 is SBY
   1011 20 is SBY
   1011 23 is SBY
   1011   switch B from 21 to 161: watchdog expired
   1011   switch A from 20 to 162: watchdog expired
   1011   no link for C, which keeps 23: watchdog expired
)");
}

TEST_F(Protected, S5_a_spare_that_fails_is_left_for_the_next_spare) {
    bench.disconnect("20");
    bench.disconnect("161");
    EXPECT_EQ(bench.transcript(), R"(
    500 connection of 20 is reset
    500 20 is SBY
    500   switch A from 20 to 161: connection reset
    500 connection of 161 is reset
    500 161 is SBY
    500   switch A from 161 to 162: connection reset
)");
    EXPECT_FALSE(bench.rows().row({3}).holder);
}

TEST_F(Protected, S5_its_own_dedicated_link_comes_before_any_spare) {
    bench.disconnect("20");
    bench.connect("20");
    bench.advance(100ms);
    static_cast<void>(bench.transcript());
    bench.disconnect("161");
    EXPECT_EQ(bench.transcript(), R"(
    600 connection of 161 is reset
    600 161 is SBY
    600   switch A from 161 to 20: connection reset
)");
}

// 21 and 23 are ACT, but they are not A's.
TEST_F(Protected, S5_a_link_dedicated_to_another_process_is_never_given) {
    bench.end("B");
    bench.end("C");
    bench.advance(2s);
    bench.disconnect("161");
    bench.disconnect("162");
    static_cast<void>(bench.transcript());
    bench.disconnect("20");
    bench.advance(1h);
    EXPECT_EQ(bench.transcript(), R"(
   2500 connection of 20 is reset
   2500 20 is SBY
   2500   no link for A, which keeps 20: connection reset
)");
}

TEST_F(Protected, S5_a_link_that_only_the_other_node_finds_dead_has_failed_too) {
    bench.other_node_says("20", PeerView::sby);
    EXPECT_EQ(bench.transcript(), R"(
    500 the other node calls 20 SBY
    500   switch A from 20 to 161: osaka has no answer on it
)");
}

// C, A and B fail in this order, which is neither that of the table nor that of their ids.
TEST_F(Protected, S5_the_longest_waiting_is_served_first) {
    bench.disconnect("161");
    bench.disconnect("162");
    bench.disconnect("23");
    bench.advance(10ms);
    bench.disconnect("20");
    bench.advance(10ms);
    bench.disconnect("21");
    static_cast<void>(bench.transcript());
    bench.connect("161");
    bench.advance(10ms);
    bench.connect("162");
    bench.advance(10ms);
    EXPECT_EQ(bench.transcript(), R"(
    520 161 is connected
    521 161 is ACT
    521   switch C from 23 to 161: a link answers again
    530 162 is connected
    531 162 is ACT
    531   switch A from 20 to 162: a link answers again
)");
}

// All three fail at the same instant, B first in the table; of A, B and C the first id is A's.
TEST_F(Protected, S5_of_those_that_wait_equally_long_the_first_id_is_served_first) {
    bench.disconnect("161");
    bench.disconnect("162");
    bench.silence({"20", "21", "23"});
    bench.advance(1s);
    static_cast<void>(bench.transcript());
    bench.connect("162");
    bench.advance(10ms);
    bench.connect("161");
    bench.advance(10ms);
    EXPECT_EQ(bench.transcript(), R"(
   1500 162 is connected
   1501 162 is ACT
   1501   switch A from 20 to 162: a link answers again
   1510 161 is connected
   1511 161 is ACT
   1511   switch B from 21 to 161: a link answers again
)");
}

// 162 answers at the very instant at which 21 is found dead: it is for C, which waits, and not for B.
TEST_F(Protected, S5_who_waits_is_served_before_who_fails_now) {
    for (const auto* link : {"161", "162", "23"}) bench.disconnect(link);
    bench.silence({"21"});
    bench.advance(509ms);
    bench.delay("162", 2ms);
    bench.connect("162");
    static_cast<void>(bench.transcript());
    bench.advance(10ms);
    EXPECT_EQ(bench.transcript(), R"(
   1011 162 is ACT
   1011 21 is SBY
   1011   switch C from 23 to 162: a link answers again
   1011   no link for B, which keeps 21: watchdog expired
)");
}

// C got 161, and A has waited since before that failed too. It is C's all the same when it comes back.
TEST_F(Protected, S5_the_row_last_held_is_kept_and_nobody_else_is_offered_it_meanwhile) {
    bench.disconnect("162");
    bench.disconnect("23");
    bench.disconnect("20");
    bench.advance(10ms);
    bench.disconnect("161");
    static_cast<void>(bench.transcript());
    EXPECT_EQ(bench.table(), R"(
| 21 | 1 | 21 | ACT | Y | B | |
| 20 | 1 | 20 | SBY | Y | A | |
| 23 | 1 | 23 | SBY | N | C | |
| 161 | 2 | 161 | SBY | Y | C | |
| 162 | 3 | 162 | SBY | N | | |
)");
    bench.connect("161");
    bench.advance(10ms);
    EXPECT_EQ(bench.transcript(), R"(
    510 161 is connected
    511 161 is ACT
    511   switch C from 161 to 161: a link answers again
)");
}

TEST_F(Protected, S5_whatever_fits_first_ends_the_waiting_a_spare_or_the_own_link) {
    bench.disconnect("161");
    bench.disconnect("162");
    bench.disconnect("20");
    static_cast<void>(bench.transcript());
    bench.connect("20");
    bench.advance(10ms);
    EXPECT_EQ(bench.transcript(), R"(
    500 20 is connected
    501 20 is ACT
    501   switch A from 20 to 20: a link answers again
)");
}

TEST_F(Protected, S5_a_link_whose_connection_was_replaced_is_assigned_anew) {
    const auto before = bench.assignments().process({1});
    bench.disconnect("161");
    bench.disconnect("162");
    bench.disconnect("20");
    bench.connect("20");
    bench.advance(10ms);
    const auto& after = bench.assignments().process({1});
    EXPECT_EQ(after.link, before.link);
    EXPECT_GT(after.connection_number, before.connection_number);
    EXPECT_GT(after.moved, before.moved);
}

TEST_F(Protected, S14_when_every_link_is_SBY_all_keep_what_they_have_and_come_back_with_the_links) {
    bench.silence({"20", "21", "23", "161", "162"});
    bench.advance(1s);
    EXPECT_EQ(bench.table(), R"(
| 21 | 1 | 21 | SBY | Y | B | |
| 20 | 1 | 20 | SBY | Y | A | |
| 23 | 1 | 23 | SBY | Y | C | |
| 161 | 2 | 161 | SBY | N | | |
| 162 | 3 | 162 | SBY | N | | |
)");
    static_cast<void>(bench.transcript());
    bench.advance(60s);
    EXPECT_EQ(bench.transcript(), "\n");
    bench.answer({"20", "21", "23", "161", "162"});
    bench.advance(1s);
    EXPECT_EQ(bench.table(), R"(
| 21 | 1 | 21 | ACT | Y | B | |
| 20 | 1 | 20 | ACT | Y | A | |
| 23 | 1 | 23 | ACT | Y | C | |
| 161 | 2 | 161 | ACT | N | | |
| 162 | 3 | 162 | ACT | N | | |
)");
}

TEST_F(Protected, S7_a_process_is_released_when_it_has_lingered) {
    bench.end("A");
    bench.advance(2s);
    EXPECT_EQ(bench.transcript(), R"(
    500 A ends
   1500   release 20 of A
)");
    EXPECT_FALSE(bench.rows().row({1}).holder);
}

TEST_F(Protected, S7_a_released_spare_loses_its_process_id_and_serves_who_waits) {
    bench.disconnect("162");
    bench.disconnect("20");
    bench.disconnect("21");
    bench.end("A");
    static_cast<void>(bench.transcript());
    bench.advance(2s);
    EXPECT_EQ(bench.transcript(), R"(
   1500   release 161 of A
   1500   switch B from 21 to 161: a link answers again
)");
    bench.end("B");
    bench.advance(2s);
    EXPECT_EQ(bench.table(), R"(
| 21 | 1 | 21 | SBY | N | B | |
| 20 | 1 | 20 | SBY | N | A | |
| 23 | 1 | 23 | ACT | Y | C | |
| 161 | 2 | 161 | ACT | N | | |
| 162 | 3 | 162 | SBY | N | | |
)");
}

TEST_F(Protected, S7_who_asks_again_while_it_lingers_keeps_its_link) {
    bench.end("A");
    bench.advance(999ms);
    bench.ask("A");
    bench.advance(5s);
    EXPECT_EQ(bench.transcript(), R"(
    500 A ends
   1499 A asks
)");
    EXPECT_EQ(bench.rows().row({1}).holder, ProcessIndex{1});
}

TEST_F(Protected, S7_who_waits_and_ends_waits_no_more) {
    for (const auto* link : {"161", "162", "20"}) bench.disconnect(link);
    bench.end("A");
    bench.advance(1s);
    static_cast<void>(bench.transcript());
    bench.connect("20");
    bench.advance(1s);
    EXPECT_EQ(bench.transcript(), R"(
   1500 20 is connected
   1501 20 is ACT
)");
    EXPECT_FALSE(bench.rows().row({1}).holder);
}

// S4 and S7 together: all links are tested each second while anything is in use, else every 10 s.
TEST_F(Protected, S4_S7_the_start_timer_slows_down_when_nothing_is_in_use_any_more) {
    bench.show_tests();
    bench.end("A");
    bench.end("B");
    bench.advance(2s);
    bench.end("C");
    bench.advance(20s);
    EXPECT_EQ(bench.transcript(), R"(
    500 A ends
    500 B ends
   1001 start timer
   1001   test 21, 20, 23, 161, 162
   1500   release 21 of B
   1500   release 20 of A
   2001 start timer
   2001   test 21, 20, 23, 161, 162
   2500 C ends
   3001 start timer
   3001   test 21, 20, 23, 161, 162
   3500   release 23 of C
  13500 start timer
  13500   test 21, 20, 23, 161, 162
)");
}

TEST_F(Protected, S9_the_list_for_the_other_node_says_who_has_what_and_why) {
    bench.disconnect("20");
    bench.disconnect("161");
    bench.disconnect("162");
    bench.end("B");
    bench.advance(1s);
    const auto list = bench.protection().list();
    EXPECT_EQ(list.epoch, bench.protection().epoch());
    ASSERT_EQ(list.assignments.size(), 2U);
    EXPECT_EQ(list.assignments[0].process, "A");
    EXPECT_EQ(list.assignments[0].holding, wire::Holding::waiting);
    EXPECT_EQ(list.assignments[0].link_id, 4U);
    EXPECT_EQ(list.assignments[0].cause, "connection reset");
    EXPECT_EQ(list.assignments[1].process, "C");
    EXPECT_EQ(list.assignments[1].holding, wire::Holding::assigned);
    EXPECT_EQ(list.assignments[1].link_id, 2U);
    EXPECT_EQ(list.assignments[1].connection, 1U);
}

}  // namespace
}  // namespace warmspare::core
