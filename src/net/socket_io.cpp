// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "net/socket_io.hpp"

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace warmspare::net {

namespace {

bool must_wait(int error_number) noexcept {
    return error_number == EAGAIN || error_number == EWOULDBLOCK || is_out_of_memory(error_number);
}

}  // namespace

Moved moved(ssize_t result) noexcept {
    if (result < 0) return std::unexpected(must_wait(errno) ? EAGAIN : errno);
    return static_cast<std::size_t>(result);
}

bool is_out_of_memory(int error_number) noexcept {
    return error_number == ENOBUFS || error_number == ENOMEM;
}

Moved read_some(int socket, std::span<std::byte> room) noexcept {
    return moved(uninterrupted([&] { return ::recv(socket, room.data(), room.size(), MSG_DONTWAIT); }));
}

Moved write_some(int socket, std::span<const Bytes> pieces, bool more) noexcept {
    std::array<iovec, max_gathered> vector;
    const std::size_t count = std::min(pieces.size(), max_gathered);
    for (std::size_t i = 0; i < count; ++i) {
        // The interface is older than const; sendmsg() does not write there.
        vector[i] = {.iov_base = const_cast<std::byte*>(pieces[i].data()), .iov_len = pieces[i].size()};
    }
    msghdr message{};
    message.msg_iov = vector.data();
    message.msg_iovlen = count;
    const int flags = MSG_NOSIGNAL | MSG_DONTWAIT | (more ? MSG_MORE : 0);
    return moved(uninterrupted([&] { return ::sendmsg(socket, &message, flags); }));
}

std::size_t unread(int socket) noexcept {
    int size = 0;
    return ::ioctl(socket, FIONREAD, &size) == 0 && size > 0 ? static_cast<std::size_t>(size) : 0;
}

std::size_t gathered_size(std::span<const Bytes> pieces) noexcept {
    std::size_t size = 0;
    for (const Bytes& piece : pieces.first(std::min(pieces.size(), max_gathered))) size += piece.size();
    return size;
}

std::expected<FileDescriptor, int> open_socket(int family) noexcept {
    FileDescriptor socket(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket.is_open()) return std::unexpected(errno);
    return socket;
}

std::expected<FileDescriptor, int> accept_connection(int listening) noexcept {
    FileDescriptor socket(
        uninterrupted([&] { return ::accept4(listening, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC); }));
    if (!socket.is_open()) return std::unexpected(errno == EWOULDBLOCK ? EAGAIN : errno);
    return socket;
}

int bind_socket(int socket, const SocketAddress& address) noexcept {
    return ::bind(socket, address.data(), static_cast<socklen_t>(address.size())) == 0 ? 0 : errno;
}

int connect_socket(int socket, const SocketAddress& address) noexcept {
    // Interrupted, the connection goes on being made all the same.
    if (::connect(socket, address.data(), static_cast<socklen_t>(address.size())) == 0) return 0;
    return errno == EINTR ? EINPROGRESS : errno;
}

}  // namespace warmspare::net
