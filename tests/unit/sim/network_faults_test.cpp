// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// What the network of the simulator does to a connection when something is wrong with it.

#include <gtest/gtest.h>

#include "connection_bench.hpp"

namespace warmspare::sim {
namespace {

using namespace std::chrono_literals;

constexpr auto forth = index(Side::dialer);
constexpr auto back = index(Side::acceptor);

struct FaultyNetwork : testing::Test {
    ConnectionBench net;

    void SetUp() override { net.connect(); }
};

// --- cuts --------------------------------------------------------------------------------------------------

TEST_F(FaultyNetwork, a_cut_loses_nothing_in_the_end_and_tells_nobody) {
    net.circuit.troubles.cut = {true, true};
    net.changed();
    net.write(Side::dialer, 100);
    net.run(10s);
    EXPECT_EQ(net.acceptor.got, 0U);
    net.circuit.troubles = {};
    net.changed();
    net.run(2s);
    EXPECT_EQ(net.acceptor.got, 100U);
}

TEST_F(FaultyNetwork, one_direction_may_be_cut_while_the_other_goes_on) {
    net.path.troubles.cut[forth] = true;
    net.changed();
    net.write(Side::dialer, 100);
    net.write(Side::acceptor, 100);
    net.run(1s);
    EXPECT_EQ(net.acceptor.got, 0U);
    EXPECT_EQ(net.dialer.got, 100U);
    // The acknowledgement of what came back is lost.
    EXPECT_EQ(net.connection.evidence(Side::acceptor).bytes_acked, 0U);
}

TEST_F(FaultyNetwork, a_reset_is_sent_once_and_may_be_lost) {
    net.circuit.troubles.cut = {true, true};
    net.changed();
    net.connection.abort(Side::dialer);
    net.run(1s);
    net.circuit.troubles = {};
    net.changed();
    net.run(5s);
    EXPECT_TRUE(net.connection.open(Side::acceptor));
    net.write(Side::acceptor, 1);
    net.run(30ms);
    EXPECT_FALSE(net.connection.open(Side::acceptor));
}

// --- loss --------------------------------------------------------------------------------------------------

TEST_F(FaultyNetwork, a_lone_segment_that_is_lost_comes_after_200_ms_and_holds_back_what_is_behind_it) {
    net.circuit.extra_loss = {1000, 1000};
    net.write(Side::dialer, 100);
    net.circuit.extra_loss = {};
    net.run(190ms);
    EXPECT_EQ(net.acceptor.got, 0U);
    net.run(10s);
    EXPECT_EQ(net.acceptor.got, 100U);
    const auto evidence = net.connection.evidence(Side::dialer);
    EXPECT_GE(evidence.segments_lost, 1U);
    EXPECT_EQ(evidence.segments - evidence.segments_lost, 3U) << "and the two of the handshake";
}

TEST_F(FaultyNetwork, another_segment_behind_it_has_it_repaired_soon) {
    net.circuit.extra_loss = {1000, 1000};
    net.write(Side::dialer, 100);
    net.circuit.extra_loss = {};
    net.run(5ms);
    net.write(Side::dialer, 1);
    net.run(12ms);
    EXPECT_EQ(net.acceptor.got, 0U) << "it arrived and waits for the first one";
    net.run(30ms);
    EXPECT_EQ(net.acceptor.got, 101U);
}

TEST_F(FaultyNetwork, what_is_lost_one_way_only_arrives_the_other_way) {
    net.circuit.extra_loss[index(Side::dialer)] = 1000;
    net.write(Side::dialer, 100);
    net.write(Side::acceptor, 100);
    net.circuit.extra_loss = {};
    net.run(20ms);
    EXPECT_EQ(net.acceptor.got, 0U);
    EXPECT_EQ(net.dialer.got, 100U);
}

TEST(SimulatedQueue, loses_what_does_not_fit) {
    ConnectionBench net{{.rate = 1'000'000, .queue = 20ms}};
    net.connect();
    net.write(Side::dialer, 100'000);
    net.run(10s);
    EXPECT_GT(net.connection.evidence(Side::dialer).segments_lost, 0U);
    EXPECT_GT(net.acceptor.got, 0U);
}

// --- MTU hole ----------------------------------------------------------------------------------------------

TEST_F(FaultyNetwork, large_segments_vanish_and_small_ones_pass_unless_they_are_behind_a_large_one) {
    net.circuit.troubles.largest[forth] = 500;
    net.changed();
    net.write(Side::dialer, 400);
    net.run(20ms);
    EXPECT_EQ(net.acceptor.got, 400U);
    net.write(Side::dialer, 600);
    net.run(20ms);
    net.write(Side::dialer, 24);
    net.run(60s);
    EXPECT_EQ(net.acceptor.got, 400U);
    EXPECT_LE(net.connection.evidence(Side::dialer).bytes_acked, 400U);
    net.write(Side::acceptor, 600);
    net.run(20ms);
    EXPECT_EQ(net.dialer.got, 600U) << "the other direction is as it was";
    net.circuit.troubles = {};
    net.changed();
    net.run(2s);
    EXPECT_EQ(net.acceptor.got, 1024U);
}

// --- middlebox ---------------------------------------------------------------------------------------------

struct BehindBox : testing::Test {
    ConnectionBench net{{.box = true}};
};

TEST_F(BehindBox, a_box_acknowledges_what_the_other_end_has_not) {
    net.connect();
    net.circuit.troubles.held = {true, true};
    net.changed();
    net.write(Side::dialer, 5000);
    net.run(1s);
    EXPECT_EQ(net.acceptor.got, 0U);
    EXPECT_EQ(net.connection.evidence(Side::dialer).bytes_acked, 5000U);
    net.circuit.troubles = {};
    net.changed();
    net.run(2s);
    EXPECT_EQ(net.acceptor.got, 5000U);
}

TEST_F(BehindBox, it_takes_no_more_than_it_can_hold) {
    net.connect();
    net.circuit.troubles.held[forth] = true;
    net.changed();
    std::size_t taken = 0;
    for (int i = 0; i < 100; ++i, net.run(100ms)) taken += net.write(Side::dialer, 100'000);
    EXPECT_LE(net.connection.evidence(Side::dialer).bytes_acked, 256U * 1024);
    EXPECT_LT(taken, 1'000'000U);
}

TEST_F(BehindBox, it_makes_connections_by_itself_and_the_other_end_hears_of_them_later) {
    net.circuit.troubles.held = {true, true};
    net.connect();
    net.run(1s);
    EXPECT_EQ(net.dialer.told(), "connected; ");
    EXPECT_EQ(net.acceptor.told(), "");
    net.write(Side::dialer, 100);
    net.circuit.troubles = {};
    net.changed();
    net.run(2s);
    EXPECT_EQ(net.acceptor.told(), "accepted; ");
    EXPECT_EQ(net.acceptor.got, 100U);
    net.write(Side::acceptor, 100);
    net.run(20ms);
    EXPECT_EQ(net.dialer.got, 100U);
    EXPECT_EQ(net.dialer.told(), "");
}

TEST_F(BehindBox, it_can_hold_one_direction_only) {
    net.connect();
    net.circuit.troubles.held[back] = true;
    net.changed();
    net.write(Side::dialer, 100);
    net.write(Side::acceptor, 100);
    net.run(1s);
    EXPECT_EQ(net.acceptor.got, 100U);
    EXPECT_EQ(net.dialer.got, 0U);
}

}  // namespace
}  // namespace warmspare::sim
