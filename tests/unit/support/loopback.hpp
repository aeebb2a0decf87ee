// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Sockets on loopback for tests, and a loop that runs until something is true.

#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "net/address.hpp"
#include "net/asio_types.hpp"
#include "net/file_descriptor.hpp"

namespace warmspare::test {

/// Far longer than anything takes; a test that reaches it has failed.
inline constexpr std::chrono::seconds patience{30};

/// Runs the loop until the condition holds. Returns whether it did.
[[nodiscard]] inline bool run_until(net::asio::io_context& context, const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + patience;
    context.restart();
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) return false;
        context.run_one_for(std::chrono::milliseconds{10});
        context.restart();
    }
    return true;
}

/// Non-blocking, on 127.0.0.1, with a port that was free.
inline net::FileDescriptor listening_socket(int backlog = 16) {
    net::FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(socket.get(), backlog), 0);
    return socket;
}

inline std::uint16_t port_of(const net::FileDescriptor& socket) {
    return net::own_end(socket.get())->port();
}

/// A port that nobody listened on a moment ago.
inline std::uint16_t free_port() {
    return port_of(listening_socket());
}

/// Non-blocking; connected at once, because the other end is on this host. Not open if refused.
inline net::FileDescriptor connected_to(std::uint16_t port) {
    net::FileDescriptor socket(::socket(AF_INET, SOCK_STREAM, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return {};
    return socket;
}

/// Both ends of a TCP connection, blocking.
inline std::pair<net::FileDescriptor, net::FileDescriptor> tcp_pair() {
    const auto listening = listening_socket();
    auto one = connected_to(port_of(listening));
    net::FileDescriptor other(::accept(listening.get(), nullptr, nullptr));
    EXPECT_TRUE(one.is_open() && other.is_open());
    return {std::move(one), std::move(other)};
}

/// Whether poll() finds one of the events within the patience.
inline bool wait_for(int socket, short events) {
    pollfd waiting{.fd = socket, .events = events, .revents = 0};
    return ::poll(&waiting, 1, static_cast<int>(std::chrono::milliseconds(patience).count())) == 1;
}

}  // namespace warmspare::test
