// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Two whole nodes with a stream that runs both ways at full speed while the link under it fails, in each of
// the ways in which links fail (S10, S13, S14). The applications' sockets check every byte.

#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "../support/pair_fixture.hpp"
#include "rules_bench.hpp"

namespace warmspare::core {
namespace {

using namespace std::chrono_literals;
using sim::Side;

constexpr std::uint64_t much = std::uint64_t{2} << 20;

sim::Setup two_circuits(const ProcessConfig& process = {.name = "redis"}) {
    auto setup = sim::make_pair_setup({dedicated("20", "redis", "fiber"), spare("161", 2, "lte")}, {process});
    for (auto& circuit : setup.circuits) {
        circuit.delay = 100us;
        circuit.rate = 100'000'000;
    }
    return setup;
}

struct Fault {
    const char* name;
    void (*strike)(sim::Pair&);

    friend void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.name; }
};

std::string name_of(const testing::TestParamInfo<Fault>& fault) {
    return fault.param.name;
}

class PairUnderLoad : public test::PairFixture {
  protected:
    PairUnderLoad() : PairFixture{two_circuits()} {
        net_.open(Side::dialer, "redis", much);
        net_.run_for(10ms);
        EXPECT_FALSE(net_.delivered("redis"));
        static_cast<void>(notices());
    }
};

/// Its first circuit takes a quarter of a second for what a stream may send before it has heard of more room.
class PairOnASlowLine : public test::PairFixture {
  protected:
    PairOnASlowLine() : PairFixture{slow_line()} {}

    static sim::Setup slow_line() {
        auto setup = two_circuits();
        setup.circuits[0].rate = 256'000;
        setup.tcp = {.unsent_limit = 128 * 1024, .segment = 1448};
        return setup;
    }
};

// The replies wait behind what the other node has just sent, and its kernel's acknowledgements as well.
TEST_F(PairOnASlowLine, S13_a_queue_that_grows_from_nothing_is_no_dead_line) {
    ASSERT_TRUE(net_.run_until_up());
    net_.run_for(30s);
    net_.open(Side::dialer, "redis", much);
    // All of it may have taken a detour.
    ASSERT_TRUE(net_.run_until([this] { return net_.delivered("redis"); }));
    net_.run_for(1s);
    for (const auto side : sim::both_sides) EXPECT_TRUE(net_.events(side, EventKind::switch_).empty());
}

class PairFault : public PairUnderLoad, public testing::WithParamInterface<Fault> {};

TEST_P(PairFault, S10_S13_stands_still_for_no_more_than_50_ms_and_loses_nothing) {
    GetParam().strike(net_);
    ASSERT_TRUE(net_.run_until([this] { return net_.delivered("redis"); }));
    // The traffic may have taken a detour before the switch.
    net_.run_for(100ms);
    for (const auto side : sim::both_sides) {
        EXPECT_EQ(net_.events(side, EventKind::switch_).size(), 1U);
        const auto resumed = net_.events(side, EventKind::resumed);
        ASSERT_EQ(resumed.size(), 1U);
        EXPECT_LE(*resumed[0].gap, 50ms);
    }
}

INSTANTIATE_TEST_SUITE_P(
    S13, PairFault,
    testing::Values(Fault{"black_hole", [](sim::Pair& net) { net.cut("fiber"); }},
                    Fault{"one_way_forth", [](sim::Pair& net) { net.cut_one_way("fiber", Side::dialer); }},
                    Fault{"one_way_back", [](sim::Pair& net) { net.cut_one_way("fiber", Side::acceptor); }},
                    Fault{"reset", [](sim::Pair& net) { net.reset("fiber"); }}),
    name_of);

// The detour finds out that lte is dead too, so nobody is switched to it. The node that is dialled cannot be
// told anything before a link is up again.
TEST_F(PairUnderLoad, S14_nothing_is_lost_when_every_circuit_is_down_for_20_seconds) {
    net_.cut("fiber");
    net_.cut("lte");
    net_.run_for(20s);
    EXPECT_FALSE(net_.delivered("redis"));
    EXPECT_EQ(net_.status(Side::dialer).processes[0].state, ProcessState::waiting);
    net_.heal("lte");
    ASSERT_TRUE(net_.run_until([this] { return net_.delivered("redis"); }));
    net_.heal("fiber");
    net_.run_for(10s);
    EXPECT_EQ(notices(Side::dialer), R"(
    no_link redis 20 (watchdog expired)
    switch redis 20 -> 161 (a link answers again)
    recovery redis 20 (answers again)
    restore redis 161 -> 20 (repaired)
)");
    EXPECT_EQ(notices(Side::acceptor), R"(
    no_link redis 20 (no link is up)
    switch redis 20 -> 161 (a link answers again)
    recovery redis 20 (answers again)
    restore redis 161 -> 20 (repaired)
)");
    EXPECT_EQ(table(), R"(
| 20 | 1 | 20 | ACT | Y | redis |
| 161 | 2 | 161 | ACT | N | |
)");
}

/// Its own circuit fails twice in every interval of the tests of idle links, so long after them.
class PairThatComesAndGoes : public test::PairFixture, public testing::WithParamInterface<Duration> {
  protected:
    PairThatComesAndGoes() : PairFixture{two_circuits({.name = "redis", .wait_to_restore = 2s})} {}
};

TEST_P(PairThatComesAndGoes, S14_is_left_alone_until_it_is_steady) {
    net_.open(Side::dialer, "redis");
    net_.run_for(GetParam());
    for (int i = 0; i < 120; ++i) {
        net_.cut("fiber");
        net_.open(Side::dialer, "redis", 1000);
        net_.run_for(250ms);
        net_.heal("fiber");
        net_.run_for(250ms);
    }
    EXPECT_LE(net_.events(Side::dialer, EventKind::switch_).size(), 2U);
    EXPECT_TRUE(net_.run_until(
        [this] { return net_.status(Side::dialer).processes[0].state == ProcessState::dedicated; }));
}

INSTANTIATE_TEST_SUITE_P(S14, PairThatComesAndGoes, testing::Values(0ms, 125ms, 250ms, 375ms));

}  // namespace
}  // namespace warmspare::core
