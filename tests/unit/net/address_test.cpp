// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "net/address.hpp"

#include <gtest/gtest.h>

#include "../support/loopback.hpp"

namespace warmspare::net {
namespace {

Address address(const char* text) {
    return numeric_address(text).value();
}

TEST(AddressTest, ShowsAMappedAddressAsWhatItIs) {
    EXPECT_EQ(unmapped(address("::ffff:10.0.0.1")), address("10.0.0.1"));
    EXPECT_EQ(unmapped(address("10.0.0.1")), address("10.0.0.1"));
    EXPECT_EQ(unmapped(address("::1")), address("::1"));
}

TEST(AddressTest, ComparesAcrossFamiliesOnlyWhatIsTheSame) {
    EXPECT_TRUE(same_address(address("10.0.0.1"), address("::ffff:10.0.0.1")));
    EXPECT_FALSE(same_address(address("10.0.0.1"), address("10.0.0.2")));
    EXPECT_FALSE(same_address(address("::1"), address("127.0.0.1")));
}

TEST(AddressTest, AsksForTheScopeOnlyWhereTheConfigurationNamesOne) {
    EXPECT_TRUE(same_address(address("fe80::1"), address("fe80::1%1")));
    EXPECT_FALSE(same_address(address("fe80::1%2"), address("fe80::1%1")));
    EXPECT_TRUE(same_address(address("fe80::1%1"), address("fe80::1%1")));
}

TEST(AddressTest, TellsHostNamesFromAddresses) {
    EXPECT_TRUE(numeric_address("::1"));
    EXPECT_FALSE(numeric_address("localhost"));
    EXPECT_FALSE(numeric_address(""));
}

TEST(AddressTest, WritesAnIpv6AddressInBracketsBeforeThePort) {
    EXPECT_EQ(to_text(TcpAddress(address("::1"), 80)), "[::1]:80");
    EXPECT_EQ(to_text(TcpAddress(address("10.0.0.1"), 7440)), "10.0.0.1:7440");
}

TEST(AddressTest, FindsBothEndsOfAConnection) {
    const auto [one, other] = test::tcp_pair();
    const core::Endpoints here = endpoints_of(one.get());
    const core::Endpoints there = endpoints_of(other.get());
    EXPECT_EQ(here.own_address, "127.0.0.1");
    EXPECT_EQ(here.peer_address, "127.0.0.1");
    EXPECT_NE(here.own_port, 0);
    EXPECT_EQ(here.own_port, there.peer_port);
    EXPECT_EQ(here.peer_port, there.own_port);
}

TEST(AddressTest, KnowsNoEndsOfASocketThatHasNone) {
    EXPECT_EQ(endpoints_of(-1), core::Endpoints{});
    EXPECT_FALSE(peer_end(test::listening_socket().get()));
}

}  // namespace
}  // namespace warmspare::net
