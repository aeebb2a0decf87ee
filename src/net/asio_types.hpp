// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// The few Asio types that this program uses. They name the executor itself instead of a type-erased one,
// which would cost an indirection for every wake-up.

#pragma once

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <chrono>

namespace warmspare::net {

namespace asio = boost::asio;

using Executor = asio::io_context::executor_type;

/// A non-blocking socket that one can wait for. What is done with it then are system calls of ours.
using Descriptor = asio::posix::basic_stream_descriptor<Executor>;

using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;

using Resolver = asio::ip::basic_resolver<asio::ip::tcp, Executor>;

/// TCP over IPv4 or IPv6, or a Unix socket.
using SocketAddress = asio::generic::stream_protocol::endpoint;

}  // namespace warmspare::net
