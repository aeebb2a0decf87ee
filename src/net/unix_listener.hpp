// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <sys/types.h>

#include <expected>
#include <optional>
#include <string>
#include <utility>

#include "net/file_descriptor.hpp"

namespace warmspare::net {

/// A listening Unix socket and its file, made so that two programs that start at the same moment cannot take
/// the name from each other, and removed only by the one that made it.
class UnixListener {
  public:
    /// A socket file that nobody answers on is replaced; anything else at that path is an error, as a person
    /// should read it. The file has the permissions `mode` from its first moment on; without it those that
    /// the umask leaves. The directory must exist.
    [[nodiscard]] static std::expected<UnixListener, std::string> open(const std::string& path,
                                                                       std::optional<mode_t> mode = {});

    UnixListener(UnixListener&& other) noexcept;
    UnixListener& operator=(UnixListener&& other) = delete;
    /// Removes the file, if it is still ours.
    ~UnixListener();

    /// The socket, once; the file stays until this object is gone.
    [[nodiscard]] FileDescriptor take_socket() noexcept { return std::move(socket_); }
    /// What the destructor does, earlier.
    void remove_file() noexcept;

  private:
    UnixListener(std::string path, FileDescriptor socket);

    /// Empty once the file is not ours to remove.
    std::string path_;
    FileDescriptor socket_;
    /// Which file was made, to tell it from a later one of the same name.
    dev_t device_ = 0;
    ino_t inode_ = 0;
};

}  // namespace warmspare::net
