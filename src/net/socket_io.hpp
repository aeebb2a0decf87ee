// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// The system calls of the data path. All sockets are non-blocking and closed on exec.

#pragma once

#include <sys/types.h>

#include <cerrno>
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

/// Repeats a system call that a signal interrupted.
template <class Call>
auto uninterrupted(Call call) noexcept {
    auto result = call();
    while (result < 0 && errno == EINTR) result = call();
    return result;
}

/// What a system call that moves bytes returned. A kernel without memory is as good as a full socket: neither
/// says anything about the connection.
[[nodiscard]] Moved moved(ssize_t result) noexcept;

/// 0: the other end has ended its direction.
[[nodiscard]] Moved read_some(int socket, std::span<std::byte> room) noexcept;

/// Never raises SIGPIPE. Takes at most max_gathered pieces: less than all taken does not mean that the socket
/// is full if there were more. `more`: other bytes follow at once, so that these need not go alone.
[[nodiscard]] Moved write_some(int socket, std::span<const Bytes> pieces, bool more = false) noexcept;
/// Bytes that have come in and wait to be read.
[[nodiscard]] std::size_t unread(int socket) noexcept;

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
