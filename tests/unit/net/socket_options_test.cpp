// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "net/socket_options.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "../support/loopback.hpp"
#include "net/socket_io.hpp"

namespace warmspare::net {
namespace {

int option(int socket, int level, int name) {
    int value = -1;
    socklen_t size = sizeof value;
    EXPECT_EQ(::getsockopt(socket, level, name, &value, &size), 0);
    return value;
}

TEST(SocketOptionsTest, ALinkSendsSmallFramesAtOnceAndKeepsItsUnsentQueueShort) {
    const auto socket = open_socket(AF_INET);
    prepare_link_socket(socket->get());
    EXPECT_EQ(option(socket->get(), IPPROTO_TCP, TCP_NODELAY), 1);
    EXPECT_EQ(option(socket->get(), IPPROTO_TCP, TCP_NOTSENT_LOWAT), link_unsent_limit);
}

TEST(SocketOptionsTest, AnApplicationsUrgentBytesStayInTheStream) {
    const auto [application, socket] = test::tcp_pair();
    prepare_application_socket(socket.get());
    EXPECT_EQ(option(socket.get(), IPPROTO_TCP, TCP_NODELAY), 1);
    ASSERT_EQ(::send(application.get(), "ab!", 3, MSG_OOB), 3);
    ASSERT_EQ(::send(application.get(), "c", 1, 0), 1);
    ASSERT_EQ(::shutdown(application.get(), SHUT_WR), 0);
    std::string got;
    std::array<char, 16> buffer{};
    for (ssize_t n = 0; (n = ::recv(socket.get(), buffer.data(), buffer.size(), 0)) > 0;) {
        got.append(buffer.data(), static_cast<std::size_t>(n));
    }
    EXPECT_EQ(got, "ab!c");
}

TEST(SocketOptionsTest, CountsWhatTheOtherKernelHasAcknowledged) {
    const auto [one, other] = test::tcp_pair();
    const auto before = kernel_evidence(one.get());
    ASSERT_TRUE(before);
    ASSERT_EQ(::send(one.get(), "12345", 5, 0), 5);
    std::array<char, 5> got{};
    ASSERT_EQ(::recv(other.get(), got.data(), got.size(), MSG_WAITALL), 5);
    // The answer carries the acknowledgement.
    ASSERT_EQ(::send(other.get(), "x", 1, 0), 1);
    ASSERT_EQ(::recv(one.get(), got.data(), 1, 0), 1);
    const auto after = kernel_evidence(one.get());
    EXPECT_EQ(after->bytes_acked - before->bytes_acked, 5U);
    EXPECT_EQ(after->segments_delivered - before->segments_delivered, 1U);
}

TEST(SocketOptionsTest, KnowsNoAcknowledgementsOfWhatIsNotTcp) {
    EXPECT_FALSE(kernel_evidence(-1));
}

TEST(SocketOptionsTest, ClosingCanReset) {
    auto [one, other] = test::tcp_pair();
    reset_on_close(one.get());
    one.close();
    char byte = 0;
    EXPECT_EQ(::recv(other.get(), &byte, 1, 0), -1);
    EXPECT_EQ(errno, ECONNRESET);
}

TEST(SocketOptionsTest, ADeviceThatIsNotThereIsAnError) {
    const auto socket = open_socket(AF_INET);
    EXPECT_EQ(bind_to_device(socket->get(), "nosuchdevice0"), ENODEV);
}

TEST(SocketOptionsTest, ThePendingErrorIsThatOfTheConnection) {
    auto [one, other] = test::tcp_pair();
    EXPECT_EQ(pending_error(other.get()), 0);
    reset_on_close(one.get());
    one.close();
    ASSERT_TRUE(test::wait_for(other.get(), POLLIN));
    EXPECT_EQ(pending_error(other.get()), ECONNRESET);
}

}  // namespace
}  // namespace warmspare::net
