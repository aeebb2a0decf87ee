// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// What the kernel is told about sockets, and asked. Settings that only make things better are tried and not
// insisted on; what the configuration asks for returns an error number, 0 for success.

#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/evidence.hpp"

namespace warmspare::net {

/// A test must not wait behind data, so the kernel's queue of bytes that were never sent stays this short.
/// Below 256 KiB throughput suffers little, below 64 KiB it does.
inline constexpr int link_unsent_limit = 128 * 1024;

/// For the TCP connection of a link, before it is connected or once it was accepted.
void prepare_link_socket(int socket) noexcept;

/// For the TCP socket of an application. Urgent bytes stay where they are in the stream, or one byte of it
/// would get lost.
void prepare_application_socket(int socket) noexcept;

/// Whether the local address may be bound although an earlier connection of it is still ending.
[[nodiscard]] int reuse_address(int socket) noexcept;

/// Binding to an address alone takes no port until the connection is made.
void choose_port_late(int socket) noexcept;

/// [::] takes IPv4 too.
void accept_both_families(int socket) noexcept;

/// All traffic of the socket goes through this interface.
[[nodiscard]] int bind_to_device(int socket, const std::string& device) noexcept;

/// Closing throws away what is unsent and resets the connection.
void reset_on_close(int socket) noexcept;

/// What the kernel has counted of a TCP connection, the opening included; empty where it does not count.
[[nodiscard]] std::optional<core::Evidence> kernel_evidence(int socket) noexcept;

/// The error that the kernel keeps for the socket, which this clears; 0 if there is none.
[[nodiscard]] int pending_error(int socket) noexcept;

}  // namespace warmspare::net
