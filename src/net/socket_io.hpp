// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// The system calls of the data path. All sockets are non-blocking and closed on exec.

#pragma once

#include <cstddef>
#include <expected>
#include <span>

#include "net/asio_types.hpp"
#include "net/file_descriptor.hpp"

namespace warmspare::net {

using Bytes = std::span<const std::byte>;

/// How much was moved, or the error number; EAGAIN: the socket must be waited for.
using Moved = std::expected<std::size_t, int>;

/// Whether the kernel had no memory for what it was asked, which it may have soon.
[[nodiscard]] bool is_out_of_memory(int error_number) noexcept;

/// 0: the other end has ended its direction.
[[nodiscard]] Moved read_some(int socket, std::span<std::byte> room) noexcept;

/// Never raises SIGPIPE. Takes at most max_gathered pieces: less than all taken does not mean that the socket
/// is full if there were more.
[[nodiscard]] Moved write_some(int socket, std::span<const Bytes> pieces) noexcept;

inline constexpr std::size_t max_gathered = 128;

/// Sum of the sizes of the pieces that one write_some() can take.
[[nodiscard]] std::size_t gathered_size(std::span<const Bytes> pieces) noexcept;

/// An unconnected stream socket of this family (AF_INET, ...), or the error number.
[[nodiscard]] std::expected<FileDescriptor, int> open_socket(int family) noexcept;

/// The next connection of a listening socket, or the error number.
[[nodiscard]] std::expected<FileDescriptor, int> accept_connection(int listening) noexcept;

/// 0 or the error number.
[[nodiscard]] int bind_socket(int socket, const SocketAddress& address) noexcept;
/// 0 or the error number; EINPROGRESS: wait until it is writable, then ask pending_error().
[[nodiscard]] int connect_socket(int socket, const SocketAddress& address) noexcept;

}  // namespace warmspare::net
