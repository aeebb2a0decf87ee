// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// The simulator is believed when it says that nothing is wrong; so its network must really do what its faults
// are named after.

#include "sim/connection.hpp"

#include <gtest/gtest.h>

#include "connection_bench.hpp"

namespace warmspare::sim {
namespace {

using namespace std::chrono_literals;

struct SimulatedConnection : testing::Test {
    ConnectionBench net;

    void SetUp() override {
        net.connect();
        EXPECT_EQ(net.dialer.told(), "connected; ");
        EXPECT_EQ(net.acceptor.told(), "accepted; ");
    }
    [[nodiscard]] std::uint64_t acknowledged(Side side = Side::dialer) {
        return net.connection.evidence(side).bytes_acked;
    }
};

TEST_F(SimulatedConnection, carries_bytes_after_the_delay_and_acknowledges_them) {
    EXPECT_EQ(net.write(Side::dialer, 5000), 5000U);
    net.run(9ms);
    EXPECT_EQ(net.acceptor.got, 0U);
    net.run(2ms);
    EXPECT_EQ(net.acceptor.got, 5000U);
    EXPECT_EQ(acknowledged(), 0U);
    net.run(10ms);
    EXPECT_EQ(acknowledged(), 5000U);
}

TEST_F(SimulatedConnection, acknowledges_little_with_a_delay) {
    net.write(Side::dialer, 100);
    net.run(49ms);
    EXPECT_EQ(acknowledged(), 0U);
    net.run(12ms);
    EXPECT_EQ(acknowledged(), 100U);
}

TEST_F(SimulatedConnection, takes_no_more_than_its_buffers_and_says_when_there_is_room) {
    const auto taken = net.write(Side::dialer, 10'000'000);
    EXPECT_LE(taken, net.tcp.send_buffer);
    EXPECT_EQ(net.write(Side::dialer, 1), 0U);
    net.run(1s);
    EXPECT_EQ(net.acceptor.got, taken);
    EXPECT_EQ(net.dialer.told(), "writable; ");
}

TEST_F(SimulatedConnection, holds_back_what_nobody_reads) {
    net.acceptor.reads = false;
    std::size_t taken = 0;
    for (int i = 0; i < 100; ++i, net.run(100ms)) taken += net.write(Side::dialer, 100'000);
    EXPECT_LE(taken, net.tcp.receive_buffer + net.tcp.send_buffer + net.tcp.segment);
    EXPECT_TRUE(net.connection.evidence(Side::dialer).waits_for_reader);
    net.acceptor.reads = true;
    net.acceptor.handle_readable(net.connection, Side::acceptor);
    net.run(1s);
    EXPECT_EQ(net.acceptor.got, taken);
    EXPECT_FALSE(net.connection.evidence(Side::dialer).waits_for_reader);
}

// --- ends --------------------------------------------------------------------------------------------------

TEST_F(SimulatedConnection, ends_behind_what_was_written) {
    net.write(Side::dialer, 5000);
    net.connection.close(Side::dialer);
    net.run(20ms);
    EXPECT_EQ(net.acceptor.got, 5000U);
    EXPECT_EQ(net.acceptor.told(), "end; ");
}

TEST_F(SimulatedConnection, is_reset_by_who_aborts_it) {
    net.connection.abort(Side::dialer);
    net.run(20ms);
    EXPECT_EQ(net.acceptor.told(), "connection reset; ");
}

TEST_F(SimulatedConnection, is_reset_by_a_kernel_that_does_not_know_it_any_more) {
    net.connection.vanish(Side::acceptor, false);
    net.run(1s);
    EXPECT_EQ(net.dialer.told(), "");
    net.write(Side::dialer, 1);
    net.run(30ms);
    EXPECT_EQ(net.dialer.told(), "connection reset; ");
}

TEST_F(SimulatedConnection, is_not_reset_by_a_host_without_power_until_that_is_back) {
    net.acceptor.has_power = false;
    net.connection.vanish(Side::acceptor, false);
    net.write(Side::dialer, 1);
    net.run(10s);
    EXPECT_EQ(net.dialer.told(), "");
    net.acceptor.has_power = true;
    net.changed();
    net.run(2s);
    EXPECT_EQ(net.dialer.told(), "connection reset; ");
}

TEST(SimulatedDial, is_refused_where_nobody_listens) {
    ConnectionBench net;
    net.acceptor.listens = false;
    net.connect();
    EXPECT_EQ(net.dialer.told(), "connection refused; ");
}

}  // namespace
}  // namespace warmspare::sim
