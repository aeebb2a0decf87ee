// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Two whole nodes in one loop, with real sockets on both sides of each: what one application does to its
// socket is what the other sees on its own.

#include "net/driver.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <cerrno>
#include <string>
#include <vector>

#include "../support/node_pair.hpp"
#include "net/socket_options.hpp"

namespace warmspare::net {
namespace {

using DriverTest = test::NodePair;

void send_all(const FileDescriptor& socket, const std::string& text) {
    ASSERT_EQ(::send(socket.get(), text.data(), text.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(text.size()));
}

void reset(FileDescriptor& socket) {
    reset_on_close(socket.get());
    socket.close();
}

/// Every byte says where it belongs.
std::string pattern(std::size_t size) {
    std::string text(size, ' ');
    for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>((i * 2654435761U) >> 13U);
    return text;
}

TEST_F(DriverTest, BytesGoBothWays) {
    start();
    const auto [application, target] = stream();
    send_all(application, "ping");
    EXPECT_EQ(read(target, 4), "ping");
    send_all(target, "pong");
    EXPECT_EQ(read(application, 4), "pong");
}

TEST_F(DriverTest, AnEndedDirectionLeavesTheOtherOpen) {
    start();
    const auto [application, target] = stream();
    send_all(application, "request");
    ::shutdown(application.get(), SHUT_WR);
    EXPECT_EQ(read(target, 7), "request");
    EXPECT_EQ(end_of(target), 0);
    send_all(target, "answer");
    EXPECT_EQ(read(application, 6), "answer");
    ::shutdown(target.get(), SHUT_WR);
    EXPECT_EQ(end_of(application), 0);
    EXPECT_TRUE(until([this] { return tokyo_->streams() == 0 && osaka_->streams() == 0; }));
}

TEST_F(DriverTest, AStreamMayEndWithoutAByte) {
    start();
    const auto [application, target] = stream();
    ::shutdown(application.get(), SHUT_WR);
    EXPECT_EQ(end_of(target), 0);
}

TEST_F(DriverTest, AnApplicationsResetArrivesAtItsTarget) {
    start();
    auto [application, target] = stream();
    send_all(application, "x");
    EXPECT_EQ(read(target, 1), "x");
    reset(application);
    EXPECT_EQ(end_of(target), ECONNRESET);
}

TEST_F(DriverTest, ATargetsResetArrivesAtItsApplication) {
    start();
    auto [application, target] = stream();
    reset(target);
    EXPECT_EQ(end_of(application), ECONNRESET);
}

TEST_F(DriverTest, AResetIsNoticedWhileThereIsNoRoomToRead) {
    start();
    auto [application, target] = stream();
    const std::string much(std::size_t{1} << 20, 'x');
    // Until nothing moves any more: the target does not read.
    std::size_t sent = 0;
    std::size_t before = 1;
    while (sent != before) {
        before = sent;
        for (int i = 0; i < 200; ++i) {
            const ssize_t n =
                ::send(application.get(), much.data(), much.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
            if (n > 0) sent += static_cast<std::size_t>(n);
            context_.restart();
            context_.run_one_for(std::chrono::milliseconds{5});
        }
    }
    reset(application);
    EXPECT_TRUE(until([this] { return tokyo_->streams() == 0 && osaka_->streams() == 0; }));
}

TEST_F(DriverTest, MuchMovesThroughUnchangedBothWaysAtOnce) {
    start();
    const auto [application, target] = stream();
    const std::string there = pattern(std::size_t{8} << 20);
    const std::string back = pattern((std::size_t{8} << 20) + 4711);
    std::string got_there;
    std::string got_back;
    std::size_t sent_there = 0;
    std::size_t sent_back = 0;
    const auto send_some = [](const FileDescriptor& socket, const std::string& text, std::size_t& sent) {
        const ssize_t n =
            ::send(socket.get(), text.data() + sent, text.size() - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n > 0) sent += static_cast<std::size_t>(n);
    };
    const auto read_some = [](const FileDescriptor& socket, std::string& text) {
        std::array<char, 65536> buffer{};
        const ssize_t n = ::recv(socket.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (n > 0) text.append(buffer.data(), static_cast<std::size_t>(n));
    };
    EXPECT_TRUE(until([&, &application = application, &target = target] {
        send_some(application, there, sent_there);
        send_some(target, back, sent_back);
        read_some(target, got_there);
        read_some(application, got_back);
        return got_there.size() == there.size() && got_back.size() == back.size();
    }));
    EXPECT_TRUE(got_there == there);
    EXPECT_TRUE(got_back == back);
}

TEST_F(DriverTest, AnUnreachableTargetIsAResetThatNamesTheReason) {
    start();
    target_.close();
    const FileDescriptor application = test::connected_to(listen_port_);
    EXPECT_EQ(end_of(application), ECONNRESET);
    EXPECT_TRUE(until([this] {
        return osaka_->told(core::EventKind::error, "connection refused") &&
               tokyo_->told(core::EventKind::stream_close, "connection refused");
    }));
}

TEST_F(DriverTest, AStreamWithoutMemoryWaitsForAnotherToEnd) {
    // Room for one stream at a time.
    start("[memory]\nnode = \"1MiB\"\nstream = \"1MiB\"\n");
    std::vector<std::pair<FileDescriptor, FileDescriptor>> streams;
    std::vector<FileDescriptor> waiting;
    while (!tokyo_->told(core::EventKind::error, "no memory")) {
        waiting.push_back(test::connected_to(listen_port_));
        ASSERT_LT(waiting.size(), 64U);
        const std::size_t known = tokyo_->streams();
        ASSERT_TRUE(until(
            [&] { return tokyo_->streams() > known || tokyo_->told(core::EventKind::error, "no memory"); }));
    }
    const std::size_t most = tokyo_->streams();
    ASSERT_GT(most, 0U);
    // The one that ends makes room for the one that waits.
    reset(waiting.front());
    EXPECT_TRUE(until([&] {
        std::size_t opened = 0;
        for (const core::Event& event : tokyo_->events)
            opened += event.kind == core::EventKind::stream_open ? 1 : 0;
        return opened == most + 1;
    }));
    EXPECT_FALSE(osaka_->told(core::EventKind::error, "no memory"));
}

TEST_F(DriverTest, StreamsMayEndBeforeANodeShutsDown) {
    start();
    auto [application, target] = stream();
    bool drained = false;
    tokyo_->driver->drain([&] { drained = true; });
    send_all(application, "still");
    EXPECT_EQ(read(target, 5), "still");
    EXPECT_FALSE(test::connected_to(listen_port_).is_open());
    EXPECT_FALSE(drained);
    reset(application);
    EXPECT_TRUE(until([&] { return drained; }));
}

TEST_F(DriverTest, ShuttingDownResetsWhatIsLeftAndTellsThePeer) {
    start();
    const auto [application, target] = stream();
    bool closed = false;
    tokyo_->driver->shut_down([&] { closed = true; });
    EXPECT_TRUE(until([&] { return closed; }));
    EXPECT_EQ(end_of(application), ECONNRESET);
    EXPECT_EQ(end_of(target), ECONNRESET);
    EXPECT_TRUE(until([&] { return osaka_->told(core::EventKind::link_down, "ended"); }));
}

TEST_F(DriverTest, StrangersAreRefused) {
    start();
    FileDescriptor stranger(::socket(AF_INET, SOCK_STREAM, 0));
    const TcpAddress from(numeric_address("127.0.0.77").value(), 0);
    const TcpAddress to(numeric_address("127.0.0.2").value(), link_port_);
    ASSERT_EQ(::bind(stranger.get(), from.data(), static_cast<socklen_t>(from.size())), 0);
    ASSERT_EQ(::connect(stranger.get(), to.data(), static_cast<socklen_t>(to.size())), 0);
    end_of(stranger);
    EXPECT_TRUE(until([this] { return osaka_->told(core::EventKind::error, "127.0.0.77"); }));
}

}  // namespace
}  // namespace warmspare::net
