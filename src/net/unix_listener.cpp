// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "net/unix_listener.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/local/stream_protocol.hpp>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <thread>
#include <utility>

#include "net/asio_types.hpp"
#include "net/error_text.hpp"
#include "net/socket_io.hpp"

namespace warmspare::net {

namespace {

constexpr std::size_t longest_path = sizeof(sockaddr_un::sun_path) - 1;
constexpr int most_attempts_to_lock = 100;

/// Looking whether somebody answers and taking the name must be one step, or of two programs that start
/// together one would remove the other's socket. A lock on the directory makes it one and leaves no file
/// behind. It is held for microseconds; if somebody else keeps it, that is an error and not a hang.
std::expected<FileDescriptor, std::string> lock_directory(const std::string& path) {
    const auto directory = std::filesystem::path(path).parent_path();
    FileDescriptor lock(
        ::open(directory.empty() ? "." : directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!lock.is_open())
        return std::unexpected(errno == ENOENT ? "no such directory" : "its directory: " + cause_of(errno));
    for (int attempt = 0; ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0; ++attempt) {
        if (errno != EWOULDBLOCK || attempt == most_attempts_to_lock)
            return std::unexpected("its directory cannot be locked: " + cause_of(errno));
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return lock;
}

/// Nobody answers if, and only if, the kernel says that nobody listens. A full queue or a closed door is an
/// answer. Empty if the name is free, or has been made so; otherwise why it is not.
std::string remove_if_stale(const std::string& path, const SocketAddress& address) {
    struct stat file{};
    if (::lstat(path.c_str(), &file) != 0) return errno == ENOENT ? "" : cause_of(errno);
    if (!S_ISSOCK(file.st_mode))
        return "there is something at this path that is no socket; remove it, or choose another path";
    const auto probe = open_socket(AF_UNIX);
    if (!probe) return cause_of(probe.error());
    const int error = connect_socket(probe->get(), address);
    if (error != ECONNREFUSED && error != ENOENT)
        return "another program answers there; stop it, or choose another path";
    return ::unlink(path.c_str()) == 0 || errno == ENOENT ? "" : cause_of(errno);
}

}  // namespace

std::expected<UnixListener, std::string> UnixListener::open(const std::string& path,
                                                            std::optional<mode_t> mode) {
    if (path.empty() || path.size() > longest_path)
        return std::unexpected(fmt::format("the path of a socket must have 1 to {} bytes", longest_path));
    const SocketAddress address = asio::local::stream_protocol::endpoint(path);
    const auto lock = lock_directory(path);
    if (!lock) return std::unexpected(lock.error());
    if (std::string reason = remove_if_stale(path, address); !reason.empty()) return std::unexpected(reason);
    auto socket = open_socket(AF_UNIX);
    if (!socket) return std::unexpected(cause_of(socket.error()));
    // On Linux the name gets the mode that the socket has when it is bound, so there is no moment at which
    // others could open it, and the umask of the whole program need not change.
    if (mode && ::fchmod(socket->get(), *mode) != 0) return std::unexpected(cause_of(errno));
    if (const int error = bind_socket(socket->get(), address); error != 0)
        return std::unexpected(cause_of(error));
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
    remove_file();
}

void UnixListener::remove_file() noexcept {
    struct stat file{};
    if (path_.empty() || ::lstat(path_.c_str(), &file) != 0) return;
    if (file.st_dev == device_ && file.st_ino == inode_) ::unlink(path_.c_str());
    path_.clear();
}

}  // namespace warmspare::net
