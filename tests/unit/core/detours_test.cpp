// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// What is done between the first missed watchdog and the verdict (S13): the traffic takes a detour, and
// nothing is decided.

#include "core/detours.hpp"

#include <gtest/gtest.h>

#include "rules_bench.hpp"

namespace warmspare::core {
namespace {

using namespace std::chrono_literals;

/// Each link is a circuit of its own. A and B use their own links; three misses are needed for a verdict.
struct Suspected : testing::Test {
    RulesBench bench{peer_with({dedicated("20", "A", "20"), dedicated("21", "B", "21"),
                                spare("161", 2, "161"), spare("162", 3, "162")}),
                     HealthConfig{}};

    void SetUp() override {
        bench.ask("A");
        bench.ask("B");
        bench.advance(900ms);
        static_cast<void>(bench.transcript());
    }
};

TEST_F(Suspected, S13_a_missed_watchdog_sends_the_traffic_on_a_detour_and_the_verdict_makes_it_a_switch) {
    bench.silence({"20"});
    bench.advance(200ms);
    EXPECT_EQ(bench.transcript(), R"(
    900 no answer any more on 20
   1011   detour of A over 161
   1061 20 is SBY
   1061   switch A from 20 to 161: watchdog expired
   1061   no detour of A any more
)");
}

// It has to answer in time for 100 ms before it is trusted again.
TEST_F(Suspected, S13_nothing_has_happened_if_the_link_answers_after_all) {
    bench.silence({"20"});
    bench.advance(115ms);
    EXPECT_EQ(bench.table(), R"(
| 20 | 1 | 20 | ACT | Y | A | Y |
| 21 | 1 | 21 | ACT | Y | B | |
| 161 | 2 | 161 | ACT | N | | |
| 162 | 3 | 162 | ACT | N | | |
)");
    bench.answer({"20"});
    bench.advance(1s);
    EXPECT_EQ(bench.transcript(), R"(
    900 no answer any more on 20
   1011   detour of A over 161
   1015 answers again on 20
   1122   no detour of A any more
)");
}

TEST_F(Suspected, S13_what_the_other_node_suspects_is_suspected_here_too_until_it_answers) {
    bench.other_node_suspects("20");
    bench.advance(150ms);
    EXPECT_EQ(bench.transcript(), R"(
    900 the other node suspects 20
    900   detour of A over 161
   1001   no detour of A any more
)");
}

TEST_F(Suspected, S13_several_that_are_suspected_at_once_aim_at_different_spares_in_table_order) {
    bench.silence({"20", "21"});
    bench.advance(120ms);
    EXPECT_EQ(bench.transcript(), R"(
    900 no answer any more on 20, 21
   1011   detour of A over 161
   1011   detour of B over 162
)");
}

TEST_F(Suspected, S13_a_detour_that_is_suspected_is_left_for_the_next_spare) {
    bench.silence({"20"});
    bench.advance(112ms);
    bench.other_node_suspects("161");
    EXPECT_EQ(bench.transcript(), R"(
    900 no answer any more on 20
   1011   detour of A over 161
   1012 the other node suspects 161
   1012   detour of A over 162
)");
}

TEST_F(Suspected, S13_without_a_free_spare_there_is_no_detour) {
    bench.disconnect("161");
    bench.disconnect("162");
    static_cast<void>(bench.transcript());
    bench.silence({"20"});
    bench.advance(120ms);
    EXPECT_EQ(bench.transcript(), R"(
    900 no answer any more on 20
)");
}

TEST_F(Suspected, S5_a_link_dedicated_to_another_process_is_never_a_detour) {
    bench.end("B");
    bench.disconnect("161");
    bench.disconnect("162");
    bench.advance(50ms);
    static_cast<void>(bench.transcript());
    bench.silence({"20"});
    bench.advance(70ms);
    EXPECT_EQ(bench.transcript(), R"(
    950 no answer any more on 20
)");
}

// The node that does not decide knows that the connection is gone, and not yet what the other one makes of
// it.
TEST_F(Suspected, S13_a_link_that_is_gone_here_has_a_detour_until_the_other_node_has_decided) {
    LinkTable table{peer_with({dedicated("20", "A", "20"), spare("161", 2, "161")})};
    HealthMonitor health{{}, {table.row({0}).config, table.row({1}).config}};
    Assignments assignments{peer_with({dedicated("20", "A", "20"), spare("161", 2, "161")}), table};
    Detours detours{assignments, health};
    const Time now{1h};
    for (const LinkIndex link : {LinkIndex{0}, LinkIndex{1}}) {
        table.connect(link, ConnectionId{link.value + 1}, 1, {}, now);
        table.set_peer_view(link, PeerView::act, now);
        table.set_condition(link, Condition::act, now);
    }
    assignments.assign({0}, {0}, 1, "requested");
    detours.update();
    EXPECT_FALSE(detours.of({0}));
    table.disconnect({0});
    detours.update();
    EXPECT_EQ(detours.of({0}), LinkIndex{1});
    EXPECT_EQ(detours.guest({1}), ProcessIndex{0});
    assignments.assign({0}, {1}, 2, "watchdog expired");
    detours.update();
    EXPECT_FALSE(detours.of({0}));
    EXPECT_FALSE(detours.guest({1}));
}

}  // namespace
}  // namespace warmspare::core
