// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <utility>

#include "net/file_descriptor.hpp"
#include "net/socket_io.hpp"

namespace warmspare::net {

/// A pipe(7) that bytes pass through from one socket to another without coming into this program. How much it
/// can hold is counted in slots: one for each portion in which bytes came in, whether of 1 or of 32,768.
class KernelPipe {
  public:
    /// nullptr: the kernel does not grant a pipe so large, or half of the descriptors are in use: the others
    /// are for connections.
    [[nodiscard]] static std::unique_ptr<KernelPipe> open();

    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    /// At most `max` bytes from a socket. 0: its other end has ended its direction. EAGAIN: the socket is
    /// empty, or this is full.
    [[nodiscard]] Moved fill(int socket, std::size_t max) noexcept;
    /// At most `max` bytes to a socket, or to a device. EAGAIN: it is full, or this is empty. Raises SIGPIPE,
    /// which must be ignored.
    [[nodiscard]] Moved drain(int sink, std::size_t max) noexcept;
    /// The first `max` bytes of the other pipe, or fewer when this one is full, are here too.
    [[nodiscard]] std::size_t copy(const KernelPipe& from, std::size_t max) noexcept;
    /// Moves the first bytes to `out`, which has no room for more than there are.
    void read(std::span<std::byte> out) noexcept;

  private:
    KernelPipe(FileDescriptor out, FileDescriptor in) noexcept : out_(std::move(out)), in_(std::move(in)) {}

    FileDescriptor out_;
    FileDescriptor in_;
    std::size_t size_ = 0;
};

}  // namespace warmspare::net
