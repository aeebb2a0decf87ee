// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// A listening Unix socket with a name in the file system, made so that two programs that start at the same
// moment cannot take the name from each other, and removed only by the one that made it.

#pragma once

#include <sys/types.h>

#include <expected>
#include <filesystem>
#include <string>

namespace warmspare::node {

/// Owns the descriptor until release(), and the name in the file system to its end.
class ControlSocket {
  public:
    /// Binds `path` with permissions `mode` (less the umask) from its first moment, and listens. A socket
    /// file on which nobody answers is replaced; one on which somebody does is an error, as is anything that
    /// is not a socket. The directory must exist. The error is a sentence for the user that names the path.
    [[nodiscard]] static std::expected<ControlSocket, std::string> open(const std::filesystem::path& path,
                                                                        mode_t mode);

    ControlSocket(ControlSocket&& other) noexcept;
    ControlSocket& operator=(ControlSocket&&) = delete;
    /// Removes the file if it is still the one that was made here, and closes what was not released.
    ~ControlSocket();

    /// Non-blocking, close-on-exec.
    [[nodiscard]] int fd() const noexcept { return fd_; }
    /// Hands the descriptor over to the caller.
    [[nodiscard]] int release() noexcept;
    /// What the destructor does to the file, earlier.
    void remove_file() noexcept;
    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

  private:
    ControlSocket(std::filesystem::path path, int fd, dev_t device, ino_t inode)
        : path_{std::move(path)}, fd_{fd}, device_{device}, inode_{inode} {}

    /// Empty once the file is not ours to remove.
    std::filesystem::path path_;
    int fd_;
    /// Which file was made, to tell it from a later one of the same name.
    dev_t device_;
    ino_t inode_;
};

}  // namespace warmspare::node
