// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "node/control_socket.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>
#include <utility>

namespace warmspare::node {
namespace {

namespace fs = std::filesystem;

class Descriptor {
  public:
    explicit Descriptor(int fd) noexcept : fd_{fd} {}
    Descriptor(Descriptor&& other) noexcept : fd_{std::exchange(other.fd_, -1)} {}
    Descriptor& operator=(Descriptor&&) = delete;
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    [[nodiscard]] int get() const noexcept { return fd_; }
    [[nodiscard]] int release() noexcept { return std::exchange(fd_, -1); }

  private:
    int fd_;
};

std::unexpected<std::string> failure(const std::string& what, const fs::path& path, int error) {
    return std::unexpected{"cannot " + what + " " + path.string() + ": " + std::strerror(error)};
}

fs::path directory_of(const fs::path& path) {
    return path.has_parent_path() ? path.parent_path() : fs::path{"."};
}

/// Looking whether somebody answers and taking the name must be one step, or of two programs that start
/// together one would remove the other's socket. A lock on the directory makes it one and leaves no file
/// behind. It is held for microseconds; if somebody else keeps it, that is an error and not a hang.
std::expected<Descriptor, std::string> lock_directory(const fs::path& directory) {
    Descriptor lock{::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (lock.get() < 0) return failure("open the directory", directory, errno);
    for (int attempt = 0; ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0; ++attempt) {
        if (errno != EWOULDBLOCK || attempt == 100) return failure("lock the directory", directory, errno);
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    return lock;
}

Descriptor unix_socket() {
    return Descriptor{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
}

/// Nobody answers if, and only if, the kernel says that nobody listens. A full queue or a closed door is an
/// answer.
std::expected<void, std::string> remove_if_stale(const fs::path& path, const sockaddr_un& address) {
    struct stat found{};
    if (::lstat(path.c_str(), &found) != 0) {
        if (errno == ENOENT) return {};
        return failure("look at", path, errno);
    }
    if (!S_ISSOCK(found.st_mode)) {
        return std::unexpected{path.string() + " is there already and is not a socket: it was left alone"};
    }
    const Descriptor probe = unix_socket();
    if (probe.get() < 0) return failure("make a socket to try", path, errno);
    const int connected = ::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
    if (connected == 0 || (errno != ECONNREFUSED && errno != ENOENT)) {
        return std::unexpected{"another program already answers on " + path.string()};
    }
    if (::unlink(path.c_str()) != 0 && errno != ENOENT)
        return failure("remove the stale socket", path, errno);
    return {};
}

std::expected<sockaddr_un, std::string> socket_address(const fs::path& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string& name = path.native();
    if (name.empty() || name.size() >= sizeof address.sun_path) {
        return std::unexpected{"the path of a socket must have 1 to " +
                               std::to_string(sizeof address.sun_path - 1) + " bytes, unlike " + name};
    }
    std::memcpy(address.sun_path, name.data(), name.size());
    return address;
}

}  // namespace

std::expected<ControlSocket, std::string> ControlSocket::open(const fs::path& path, mode_t mode) {
    const auto address = socket_address(path);
    if (!address) return std::unexpected{address.error()};
    const auto lock = lock_directory(directory_of(path));
    if (!lock) return std::unexpected{lock.error()};
    if (const auto free = remove_if_stale(path, *address); !free) return std::unexpected{free.error()};

    // On Linux the name gets the mode that the socket has when it is bound, so there is no moment at which
    // others could open it, and the umask of the whole program need not change.
    Descriptor socket = unix_socket();
    if (socket.get() < 0 || ::fchmod(socket.get(), mode) != 0)
        return failure("make a socket for", path, errno);
    if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0) {
        return failure("bind", path, errno);
    }
    struct stat made{};
    if (::lstat(path.c_str(), &made) != 0 || ::listen(socket.get(), SOMAXCONN) != 0) {
        const int error = errno;
        ::unlink(path.c_str());
        return failure("listen on", path, error);
    }
    return ControlSocket{path, socket.release(), made.st_dev, made.st_ino};
}

ControlSocket::ControlSocket(ControlSocket&& other) noexcept
    : path_{std::exchange(other.path_, {})},
      fd_{std::exchange(other.fd_, -1)},
      device_{other.device_},
      inode_{other.inode_} {
}

ControlSocket::~ControlSocket() {
    remove_file();
    if (fd_ >= 0) ::close(fd_);
}

int ControlSocket::release() noexcept {
    return std::exchange(fd_, -1);
}

void ControlSocket::remove_file() noexcept {
    struct stat found{};
    if (path_.empty() || ::lstat(path_.c_str(), &found) != 0) return;
    if (found.st_dev == device_ && found.st_ino == inode_) ::unlink(path_.c_str());
    path_.clear();
}

}  // namespace warmspare::node
