// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Connecting, from one address up to a link's dial and a process's target.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <boost/asio/local/stream_protocol.hpp>
#include <cerrno>
#include <expected>
#include <optional>

#include "../support/loopback.hpp"
#include "../support/temporary_directory.hpp"
#include "net/connecting.hpp"
#include "net/link_dial.hpp"
#include "net/socket_io.hpp"
#include "net/target_connect.hpp"
#include "net/unix_listener.hpp"

namespace warmspare::net {
namespace {

constexpr std::chrono::seconds limit{20};

class ConnectTest : public testing::Test {
  protected:
    using Result = std::expected<FileDescriptor, std::string>;

    [[nodiscard]] Result dial(const LinkRoute& route) {
        const auto dial = std::make_shared<LinkDial>(worker_, route, 0, limit, take());
        dial->start();
        return wait();
    }
    [[nodiscard]] Result connect(const node::Endpoint& target) {
        std::make_shared<TargetConnect>(worker_, take())->start(target);
        return wait();
    }
    [[nodiscard]] LinkRoute route() const {
        LinkRoute made;
        made.remote = "127.0.0.1";
        made.peer_port = test::port_of(listening_);
        return made;
    }

    asio::io_context context_;
    Worker worker_{context_, [](const core::Event&) {}};
    FileDescriptor listening_ = test::listening_socket();

  private:
    std::function<void(Result)> take() {
        return [this](Result result) { result_.emplace(std::move(result)); };
    }
    Result wait() {
        if (!test::run_until(context_, [&] { return result_.has_value(); })) return std::unexpected("hangs");
        return std::move(*std::exchange(result_, std::nullopt));
    }

    std::optional<Result> result_;
};

TEST_F(ConnectTest, ALinkIsDialledFromItsOwnAddressAndPort) {
    LinkRoute from = route();
    from.local = "127.0.0.9";
    from.own_port = test::free_port();
    const auto socket = dial(from);
    ASSERT_TRUE(socket) << socket.error();
    const core::Endpoints ends = endpoints_of(socket->get());
    EXPECT_EQ(ends.own_address, "127.0.0.9");
    EXPECT_EQ(ends.own_port, from.own_port);
    EXPECT_EQ(ends.peer_port, from.peer_port);
}

TEST_F(ConnectTest, TheSamePortsCanBeDialledAgainAtOnce) {
    LinkRoute from = route();
    from.own_port = test::free_port();
    for (int i = 0; i < 2; ++i) {
        auto socket = dial(from);
        ASSERT_TRUE(socket) << socket.error();
        // The end that closes first keeps the pair of ports for a while.
        ::shutdown(socket->get(), SHUT_WR);
        const auto other = accept_connection(listening_.get());
        ASSERT_TRUE(other);
        linger at_once{.l_onoff = 1, .l_linger = 0};
        ::setsockopt(socket->get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }
}

TEST_F(ConnectTest, ADialSaysWhyItFailed) {
    LinkRoute refused = route();
    refused.peer_port = test::free_port();
    EXPECT_EQ(dial(refused).error(), "connection refused");
    LinkRoute absent = route();
    absent.local = "203.0.113.1";
    EXPECT_EQ(dial(absent).error(), "address not available");
    LinkRoute no_device = route();
    no_device.device = "nosuchdevice0";
    EXPECT_EQ(dial(no_device).error(), "no such device");
    LinkRoute families = route();
    families.local = "::1";
    EXPECT_THAT(dial(families).error(), testing::HasSubstr("family"));
}

TEST_F(ConnectTest, ALinkIsDialledByName) {
    LinkRoute named = route();
    named.remote = "localhost";
    named.local = "127.0.0.1";
    EXPECT_TRUE(dial(named));
}

TEST_F(ConnectTest, ADialThatIsGivenUpReportsNothing) {
    bool reported = false;
    LinkRoute named = route();
    named.remote = "localhost";
    const auto given_up =
        std::make_shared<LinkDial>(worker_, named, 0, limit, [&](const Result&) { reported = true; });
    given_up->start();
    given_up->cancel();
    EXPECT_TRUE(test::run_until(context_, [&] { return worker_.lookups == 0; }));
    context_.restart();
    context_.poll();
    EXPECT_FALSE(reported);
}

TEST_F(ConnectTest, AConnectionThatIsNeverMadeEndsAtItsLimit) {
    // A queue that is full does not answer.
    const FileDescriptor full = test::listening_socket(0);
    const FileDescriptor first = test::connected_to(test::port_of(full));
    std::optional<std::expected<FileDescriptor, int>> result;
    std::vector<FileDescriptor> fillers;
    // As many as it takes: the kernel lets in one more than it was told.
    while (!result || result->has_value()) {
        if (result) fillers.push_back(std::move(**result));
        result.reset();
        const auto attempt = std::make_shared<Connecting>(
            worker_, std::move(*open_socket(AF_INET)), *own_end(full.get()), std::chrono::milliseconds{200},
            [&](std::expected<FileDescriptor, int> made) { result.emplace(std::move(made)); });
        attempt->start();
        ASSERT_TRUE(test::run_until(context_, [&] { return result.has_value(); }));
        ASSERT_LT(fillers.size(), 16U);
    }
    EXPECT_EQ(result->error(), ETIMEDOUT);
}

TEST_F(ConnectTest, ATargetIsReachedByAddressNameOrPath) {
    const test::TemporaryDirectory directory;
    const std::string path = (directory / "t.sock").string();
    const auto unix_target = UnixListener::open(path);
    EXPECT_TRUE(connect(node::UnixEndpoint{path}));
    EXPECT_TRUE(connect(node::TcpEndpoint{"127.0.0.1", test::port_of(listening_)}));
    // Its first address may be ::1, where nobody listens.
    EXPECT_TRUE(connect(node::TcpEndpoint{"localhost", test::port_of(listening_)}));
}

TEST_F(ConnectTest, ATargetThatCannotBeReachedSaysWhy) {
    EXPECT_EQ(connect(node::TcpEndpoint{"127.0.0.1", test::free_port()}).error(), "connection refused");
    EXPECT_EQ(connect(node::UnixEndpoint{"/nonexistent/t.sock"}).error(), "no such file");
}

}  // namespace
}  // namespace warmspare::net
