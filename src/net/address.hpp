// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Addresses as values and as text.

#pragma once

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <optional>
#include <string>

#include "core/event.hpp"

namespace warmspare::net {

using Address = boost::asio::ip::address;
using TcpAddress = boost::asio::ip::tcp::endpoint;

/// An IPv4 address that a dual-stack socket shows as IPv6 (::ffff:10.0.0.1) becomes IPv4 again.
[[nodiscard]] Address unmapped(const Address& address);

/// Whether `actual`, as a socket shows it, is the address that was configured. The scope of an IPv6 address
/// counts only if the configuration names one.
[[nodiscard]] bool same_address(const Address& configured, const Address& actual);

/// Empty if it is a host name.
[[nodiscard]] std::optional<Address> numeric_address(const std::string& text);

/// "10.0.0.1:23", "[::1]:23".
[[nodiscard]] std::string to_text(const TcpAddress& address);

/// Both ends of a connected socket; empty and 0 where the kernel does not know them any more.
[[nodiscard]] core::Endpoints endpoints_of(int socket);
/// The own end.
[[nodiscard]] std::optional<TcpAddress> own_end(int socket);
/// The other end.
[[nodiscard]] std::optional<TcpAddress> peer_end(int socket);

}  // namespace warmspare::net
