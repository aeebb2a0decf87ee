// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// The example that the founding system is explained with, and how it goes on (S1-S6): one peer, processes A,
// B and C with a dedicated link each, and two spares. Its table is the one of docs/rules.md.

#include <gtest/gtest.h>

#include "rules_bench.hpp"

namespace warmspare::core {
namespace {

using namespace std::chrono_literals;

PeerConfig example() {
    return peer_with({dedicated("20", "A", "first"), dedicated("21", "B", "second"),
                      dedicated("23", "C", "first"), spare("161", 2, "second"), spare("162", 3, "second")});
}

/// A and C communicate, 161 does not answer, and 23 has just fallen silent too: the next health check will
/// find it.
struct WorkedExample : testing::Test {
    RulesBench bench{example()};

    void SetUp() override {
        bench.silence({"161"});
        bench.ask("A");
        bench.ask("C");
        bench.advance(500ms);
        bench.silence({"23"});
        EXPECT_EQ(bench.transcript(), R"(
      0 no answer any more on 161
      0 A asks
      0 C asks
      1   assign 20 to A
      1   assign 23 to C
     10 161 is SBY
    500 no answer any more on 23
)");
    }
};

// 20 is in flight in the snapshot because 23, on the same circuit, has missed its reply: what befell one link
// may have befallen its neighbours, so all of them are tested at once, and 23 itself again.
TEST_F(WorkedExample, S1_S4_snapshot_in_a_health_check_after_the_watchdog_and_before_the_switch) {
    bench.show_tests();
    bench.advance_until_sby("23");
    EXPECT_EQ(bench.table(), R"(
| 20 | 1 | 20 | ACT | Y | A | Y |
| 21 | 1 | 21 | ACT | N | B | |
| 23 | 1 | 23 | SBY | Y | C | Y |
| 161 | 2 | 161 | SBY | N | | |
| 162 | 3 | 162 | ACT | N | | |
)");
    bench.advance(0ms);
    EXPECT_EQ(bench.transcript(), R"(
   1001 start timer
   1001   test 20, 21, 23, 162
 1003.5   test 23 again
   1011 23 is SBY
   1011   test 20
   1011   switch C from 23 to 162: watchdog expired
)");
}

TEST_F(WorkedExample, S5_C_is_switched_past_the_better_spare_that_is_down) {
    bench.advance(600ms);
    EXPECT_EQ(bench.transcript(), R"(
   1011 23 is SBY
   1011   switch C from 23 to 162: watchdog expired
)");
    EXPECT_EQ(bench.table(), R"(
| 20 | 1 | 20 | ACT | Y | A | |
| 21 | 1 | 21 | ACT | N | B | |
| 23 | 1 | 23 | SBY | N | C | |
| 161 | 2 | 161 | SBY | N | | |
| 162 | 3 | 162 | ACT | Y | C | |
)");
}

/// C is on 162, B communicated over 21, which failed: B waits.
struct BWaits : WorkedExample {
    void SetUp() override {
        WorkedExample::SetUp();
        bench.advance(1000ms);
        static_cast<void>(bench.transcript());
        bench.ask("B");
        bench.advance(100ms);
        bench.silence({"21"});
        bench.advance(900ms);
        EXPECT_EQ(bench.transcript(), R"(
   1500 B asks
   1501   assign 21 to B
   1600 no answer any more on 21
   2011 21 is SBY
   2011   no link for B, which keeps 21: watchdog expired
)");
        EXPECT_EQ(bench.table(), R"(
| 20 | 1 | 20 | ACT | Y | A | |
| 21 | 1 | 21 | SBY | Y | B | |
| 23 | 1 | 23 | SBY | N | C | |
| 161 | 2 | 161 | SBY | N | | |
| 162 | 3 | 162 | ACT | Y | C | |
)");
    }
};

TEST_F(BWaits, S5_S6_until_161_comes_back_and_C_returns_when_23_has_stayed_ACT) {
    bench.answer({"161"});
    bench.advance(1s);
    bench.answer({"23"});
    bench.advance(7s);
    EXPECT_EQ(bench.transcript(), R"(
   2500 answers again on 161
   3002 161 is ACT
   3002   switch B from 21 to 161: a link answers again
   3500 answers again on 23
   4002 23 is ACT
   4002   recovery of 23, told to C on 162
   9002   restore C from 162 to 23
)");
    EXPECT_EQ(bench.table(), R"(
| 20 | 1 | 20 | ACT | Y | A | |
| 21 | 1 | 21 | SBY | N | B | |
| 23 | 1 | 23 | ACT | Y | C | |
| 161 | 2 | 161 | ACT | Y | B | |
| 162 | 3 | 162 | ACT | N | | |
)");
}

TEST_F(BWaits, S5_until_its_own_link_comes_back) {
    bench.answer({"21"});
    bench.advance(1s);
    EXPECT_EQ(bench.transcript(), R"(
   2500 answers again on 21
   3002 21 is ACT
   3002   switch B from 21 to 21: a link answers again
)");
}

TEST_F(BWaits, S5_S6_until_23_comes_back_which_frees_162_once_C_has_returned) {
    bench.answer({"23"});
    bench.advance(6s);
    EXPECT_EQ(bench.transcript(), R"(
   2500 answers again on 23
   3002 23 is ACT
   3002   recovery of 23, told to C on 162
   8002   restore C from 162 to 23
   8002   switch B from 21 to 162: a link answers again
)");
    EXPECT_EQ(bench.table(), R"(
| 20 | 1 | 20 | ACT | Y | A | |
| 21 | 1 | 21 | SBY | N | B | |
| 23 | 1 | 23 | ACT | Y | C | |
| 161 | 2 | 161 | SBY | N | | |
| 162 | 3 | 162 | ACT | Y | B | |
)");
}

}  // namespace
}  // namespace warmspare::core
