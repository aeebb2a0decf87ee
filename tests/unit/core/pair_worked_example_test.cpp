// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// The worked example once more, now played by two whole nodes with streams: what both tell their processes,
// and that they agree (S9). Links are 1 ms long each way, and each is a circuit of its own. The times are in
// worked_example_test.

#include <gtest/gtest.h>

#include "../support/pair_fixture.hpp"
#include "rules_bench.hpp"

namespace warmspare::core {
namespace {

using namespace std::chrono_literals;
using sim::Side;

sim::Setup worked_example() {
    const auto peer = peer_with({dedicated("20", "A", "20"), dedicated("21", "B", "21"),
                                 dedicated("23", "C", "23"), spare("161", 2, "161"), spare("162", 3, "162")});
    return sim::make_pair_setup(peer.links, peer.processes, founding_health());
}

/// A and C communicate, C at the request of the node that is dialled, and 161 does not answer.
class PairWorkedExample : public test::PairFixture {
  protected:
    PairWorkedExample() : PairFixture{worked_example()} {
        net_.cut("161");
        net_.open(Side::dialer, "A", 1000);
        net_.open(Side::acceptor, "C", 1000);
        net_.run_for(1500ms);
        EXPECT_EQ(notices(), R"(
    assign A 20 (requested)
    assign C 23 (requested)
)");
    }
};

TEST_F(PairWorkedExample, S3_S9_who_asks_at_either_node_gets_its_own_link_at_both) {
    EXPECT_TRUE(net_.delivered("A"));
    EXPECT_TRUE(net_.delivered("C"));
    EXPECT_EQ(table(), R"(
| 20 | 1 | 20 | ACT | Y | A |
| 21 | 1 | 21 | ACT | N | B |
| 23 | 1 | 23 | ACT | Y | C |
| 161 | 2 | 161 | SBY | N | |
| 162 | 3 | 162 | ACT | N | |
)");
}

TEST_F(PairWorkedExample, S5_C_is_switched_to_162_when_23_falls_silent) {
    net_.cut("23");
    net_.run_for(2s);
    EXPECT_EQ(notices(), R"(
    switch C 23 -> 162 (watchdog expired)
)");
    EXPECT_EQ(table(), R"(
| 20 | 1 | 20 | ACT | Y | A |
| 21 | 1 | 21 | ACT | N | B |
| 23 | 1 | 23 | SBY | N | C |
| 161 | 2 | 161 | SBY | N | |
| 162 | 3 | 162 | ACT | Y | C |
)");
}

/// C is on 162, B communicated over 21, which failed: B waits.
class PairBWaits : public PairWorkedExample {
  protected:
    PairBWaits() {
        net_.cut("23");
        net_.open(Side::dialer, "B", 1000);
        net_.run_for(2s);
        static_cast<void>(notices());
        net_.cut("21");
        net_.run_for(2s);
        EXPECT_EQ(notices(), R"(
    no_link B 21 (watchdog expired)
)");
    }
};

TEST_F(PairBWaits, S5_and_keeps_the_row_that_it_held_last) {
    EXPECT_EQ(table(), R"(
| 20 | 1 | 20 | ACT | Y | A |
| 21 | 1 | 21 | SBY | Y | B |
| 23 | 1 | 23 | SBY | N | C |
| 161 | 2 | 161 | SBY | N | |
| 162 | 3 | 162 | ACT | Y | C |
)");
    EXPECT_EQ(net_.status(Side::dialer).processes[1].state, ProcessState::waiting);
    EXPECT_EQ(net_.status(Side::acceptor).processes[1].state, ProcessState::waiting);
}

TEST_F(PairBWaits, S5_S6_until_161_comes_back_and_C_returns_when_23_has_stayed_ACT) {
    net_.heal("161");
    net_.run_for(4s);
    net_.heal("23");
    net_.run_for(10s);
    EXPECT_EQ(notices(), R"(
    switch B 21 -> 161 (a link answers again)
    recovery C 23 (answers again)
    restore C 162 -> 23 (repaired)
)");
    EXPECT_EQ(table(), R"(
| 20 | 1 | 20 | ACT | Y | A |
| 21 | 1 | 21 | SBY | N | B |
| 23 | 1 | 23 | ACT | Y | C |
| 161 | 2 | 161 | ACT | Y | B |
| 162 | 3 | 162 | ACT | N | |
)");
}

TEST_F(PairBWaits, S5_S6_until_23_comes_back_which_frees_162_once_C_has_returned) {
    net_.heal("23");
    net_.run_for(10s);
    EXPECT_EQ(notices(Side::dialer), R"(
    recovery C 23 (answers again)
    restore C 162 -> 23 (repaired)
    switch B 21 -> 162 (a link answers again)
)");
    // Both moves stood in one list.
    EXPECT_EQ(notices(Side::acceptor), R"(
    recovery C 23 (answers again)
    switch B 21 -> 162 (a link answers again)
    restore C 162 -> 23 (repaired)
)");
    EXPECT_EQ(table(), R"(
| 20 | 1 | 20 | ACT | Y | A |
| 21 | 1 | 21 | SBY | N | B |
| 23 | 1 | 23 | ACT | Y | C |
| 161 | 2 | 161 | SBY | N | |
| 162 | 3 | 162 | ACT | Y | B |
)");
}

// A's and C's ends free 162, so B does not wait in vain.
TEST_F(PairBWaits, S7_until_somebody_ends_and_at_last_nothing_is_in_use) {
    net_.end("A");
    net_.end("C");
    net_.run_for(3s);
    net_.end("B");
    net_.run_for(3s);
    EXPECT_EQ(notices(), R"(
    release A 20
    release C 162
    switch B 21 -> 162 (a link answers again)
    release B 162
)");
    EXPECT_TRUE(net_.delivered("B"));
    EXPECT_EQ(table(), R"(
| 20 | 1 | 20 | ACT | N | A |
| 21 | 1 | 21 | SBY | N | B |
| 23 | 1 | 23 | SBY | N | C |
| 161 | 2 | 161 | SBY | N | |
| 162 | 3 | 162 | ACT | N | |
)");
}

}  // namespace
}  // namespace warmspare::core
