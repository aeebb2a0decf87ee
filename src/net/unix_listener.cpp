// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "net/unix_listener.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/local/stream_protocol.hpp>
#include <cerrno>
#include <utility>

#include "net/asio_types.hpp"
#include "net/error_text.hpp"
#include "net/socket_io.hpp"

namespace warmspare::net {

namespace {

/// Empty if the file at the path can be removed: a socket on which nobody answers.
std::string reason_to_keep(const std::string& path, const SocketAddress& address) {
    struct stat file{};
    if (::lstat(path.c_str(), &file) != 0) return errno == ENOENT ? "" : cause_of(errno);
    if (!S_ISSOCK(file.st_mode))
        return "there is something at this path that is no socket; remove it, or choose another path";
    auto socket = open_socket(AF_UNIX);
    if (!socket) return cause_of(socket.error());
    const int error = connect_socket(socket->get(), address);
    if (error == ECONNREFUSED || error == ENOENT) return "";
    if (error == 0 || error == EAGAIN)
        return "another program answers there; stop it, or choose another path";
    return cause_of(error);
}

/// The file itself need not be there.
std::string bind_cause(int error) {
    return error == ENOENT ? "no such directory" : cause_of(error);
}

/// Empty if the socket was bound.
std::string bind_to_path(int socket, const std::string& path) {
    const SocketAddress address = asio::local::stream_protocol::endpoint(path);
    const int error = bind_socket(socket, address);
    if (error == 0) return "";
    if (error != EADDRINUSE) return bind_cause(error);
    if (std::string reason = reason_to_keep(path, address); !reason.empty()) return reason;
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return cause_of(errno);
    const int second_error = bind_socket(socket, address);
    return second_error == 0 ? "" : bind_cause(second_error);
}

}  // namespace

std::expected<UnixListener, std::string> UnixListener::open(const std::string& path) {
    auto socket = open_socket(AF_UNIX);
    if (!socket) return std::unexpected(cause_of(socket.error()));
    if (std::string reason = bind_to_path(socket->get(), path); !reason.empty())
        return std::unexpected(reason);
    UnixListener listener(path, std::move(*socket));
    if (::listen(listener.socket_.get(), SOMAXCONN) != 0) return std::unexpected(cause_of(errno));
    return listener;
}

UnixListener::UnixListener(std::string path, FileDescriptor socket)
    : path_(std::move(path)), socket_(std::move(socket)) {
    struct stat file{};
    if (::lstat(path_.c_str(), &file) != 0) return;
    device_ = file.st_dev;
    inode_ = file.st_ino;
}

UnixListener::UnixListener(UnixListener&& other) noexcept
    : path_(std::exchange(other.path_, {})),
      socket_(std::move(other.socket_)),
      device_(other.device_),
      inode_(other.inode_) {
}

UnixListener::~UnixListener() {
    struct stat file{};
    if (path_.empty() || ::lstat(path_.c_str(), &file) != 0) return;
    if (file.st_dev == device_ && file.st_ino == inode_) ::unlink(path_.c_str());
}

}  // namespace warmspare::net
