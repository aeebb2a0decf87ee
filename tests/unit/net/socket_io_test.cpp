// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "net/socket_io.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <cerrno>
#include <vector>

#include "../support/loopback.hpp"

namespace warmspare::net {
namespace {

std::vector<std::byte> filled(std::size_t size, std::byte value) {
    return std::vector(size, value);
}

TEST(SocketIoTest, GathersPiecesInTheirOrder) {
    const auto [one, other] = test::tcp_pair();
    const auto a = filled(3, std::byte{'a'});
    const auto b = filled(2, std::byte{'b'});
    const std::vector<Bytes> pieces{a, b, a};
    EXPECT_EQ(gathered_size(pieces), 8U);
    EXPECT_EQ(write_some(one.get(), pieces), 8U);
    std::string got(8, ' ');
    ASSERT_EQ(::recv(other.get(), got.data(), got.size(), MSG_WAITALL), 8);
    EXPECT_EQ(got, "aaabbaaa");
}

TEST(SocketIoTest, TakesABoundedNumberOfPiecesAndCountsAccordingly) {
    const auto [one, other] = test::tcp_pair();
    const auto byte = filled(1, std::byte{'x'});
    const std::vector<Bytes> pieces(max_gathered + 10, Bytes(byte));
    EXPECT_EQ(gathered_size(pieces), max_gathered);
    EXPECT_EQ(write_some(one.get(), pieces), max_gathered);
}

TEST(SocketIoTest, NeverWaits) {
    const auto [one, other] = test::tcp_pair();
    std::vector<std::byte> buffer(1 << 20);
    EXPECT_EQ(read_some(other.get(), buffer), std::unexpected(EAGAIN));
    const std::vector<Bytes> pieces{buffer};
    Moved written = 0;
    while (written) written = write_some(one.get(), pieces);
    EXPECT_EQ(written.error(), EAGAIN);
}

TEST(SocketIoTest, AnEndedDirectionReadsAsNothing) {
    const auto [one, other] = test::tcp_pair();
    ::shutdown(one.get(), SHUT_WR);
    ASSERT_TRUE(test::wait_for(other.get(), POLLIN));
    std::vector<std::byte> buffer(16);
    EXPECT_EQ(read_some(other.get(), buffer), 0U);
}

TEST(SocketIoTest, WritingToAClosedSocketIsAnErrorAndNoSignal) {
    auto [one, other] = test::tcp_pair();
    ::shutdown(one.get(), SHUT_WR);
    const auto bytes = filled(1, std::byte{'x'});
    const std::vector<Bytes> pieces{bytes};
    EXPECT_EQ(write_some(one.get(), pieces), std::unexpected(EPIPE));
}

TEST(SocketIoTest, AcceptsWithoutWaiting) {
    const auto listening = test::listening_socket();
    EXPECT_EQ(accept_connection(listening.get()).error(), EAGAIN);
    const auto client = test::connected_to(test::port_of(listening));
    EXPECT_TRUE(accept_connection(listening.get()));
}

}  // namespace
}  // namespace warmspare::net
