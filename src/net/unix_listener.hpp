// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <sys/types.h>

#include <expected>
#include <string>
#include <utility>

#include "net/file_descriptor.hpp"

namespace warmspare::net {

/// A listening Unix socket and its file.
class UnixListener {
  public:
    /// A socket file that nobody answers on is replaced; anything else at that path is an error, as a person
    /// should read it.
    [[nodiscard]] static std::expected<UnixListener, std::string> open(const std::string& path);

    UnixListener(UnixListener&& other) noexcept;
    UnixListener& operator=(UnixListener&& other) = delete;
    /// Removes the file, if it is still ours.
    ~UnixListener();

    /// The socket, once; the file stays until this object is gone.
    [[nodiscard]] FileDescriptor take_socket() noexcept { return std::move(socket_); }

  private:
    UnixListener(std::string path, FileDescriptor socket);

    std::string path_;
    FileDescriptor socket_;
    dev_t device_ = 0;
    ino_t inode_ = 0;
};

}  // namespace warmspare::net
