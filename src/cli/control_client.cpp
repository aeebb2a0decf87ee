// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "cli/control_client.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <utility>

#include "node/control_path.hpp"

namespace warmspare::cli {
namespace {

namespace fs = std::filesystem;

std::string no_daemon_text(const fs::path& path, int error) {
    if (error == ENOENT || error == ECONNREFUSED) {
        return fmt::format(
            "no warmspared answers on {} ({}): start it with \"warmspared --config FILE\", "
            "or name its socket with --control PATH",
            path.string(), std::strerror(error));
    }
    if (error == EACCES || error == EPERM) {
        return fmt::format("may not open {} ({}): ask as the user that runs warmspared, or as root",
                           path.string(), std::strerror(error));
    }
    return fmt::format("cannot open {}: {}: name the socket of warmspared with --control PATH", path.string(),
                       std::strerror(error));
}

std::expected<sockaddr_un, std::string> socket_address(const fs::path& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.native().size() >= sizeof address.sun_path) {
        return std::unexpected{no_daemon_text(path, ENAMETOOLONG)};
    }
    std::memcpy(address.sun_path, path.c_str(), path.native().size());
    return address;
}

/// Requests are far smaller than a socket's buffer, so one call takes all of it.
bool send_request(int fd, const node::control::Request& request) {
    const std::string line = node::control::request_line(request);
    return ::send(fd, line.data(), line.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(line.size());
}

/// A daemon whose queue is full keeps connect() waiting, but not for ever.
void limit_connecting(int fd) {
    const timeval limit{.tv_sec = answer_limit.count(), .tv_usec = 0};
    ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

}  // namespace

std::expected<node::Json, std::string> read_reply(std::string_view line, const fs::path& path) {
    node::Json json = node::parse_line(line);
    if (!json.is_object() || json.value("version", node::Json{}) != node::control::version) {
        return std::unexpected{
            fmt::format("what answers on {} does not speak this version of the protocol: is it a warmspared "
                        "of version {}?",
                        path.string(), WARMSPARE_VERSION)};
    }
    if (const auto error = json.find("error"); error != json.end()) {
        const std::string message = error->is_string() ? error->get<std::string>() : node::to_line(*error);
        return std::unexpected{fmt::format("warmspared on {} says: {}", path.string(), message)};
    }
    return json;
}

std::expected<ControlClient, std::string> ControlClient::ask(const fs::path& path,
                                                             const node::control::Request& request) {
    const auto chosen = path.empty() ? node::default_control_path() : path;
    if (!chosen) return std::unexpected{chosen.error()};
    const auto address = socket_address(*chosen);
    if (!address) return std::unexpected{address.error()};
    ControlClient client{*chosen, ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    limit_connecting(client.fd_);
    if (::connect(client.fd_, reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0) {
        return std::unexpected{no_daemon_text(*chosen, errno)};
    }
    // A daemon that refuses this client may be gone already and have left its reason: reply() finds it.
    if (!send_request(client.fd_, request) && errno != EPIPE && errno != ECONNRESET) {
        return std::unexpected{no_daemon_text(*chosen, errno)};
    }
    return client;
}

ControlClient::ControlClient(ControlClient&& other) noexcept
    : path_{std::move(other.path_)}, fd_{std::exchange(other.fd_, -1)}, input_{std::move(other.input_)} {
}

ControlClient::~ControlClient() {
    if (fd_ >= 0) ::close(fd_);
}

std::expected<node::Json, std::string> ControlClient::reply(std::optional<std::chrono::milliseconds> limit) {
    const auto text = line(limit);
    if (!text) return std::unexpected{text.error()};
    return read_reply(*text, path_);
}

std::expected<std::string, std::string> ControlClient::line(std::optional<std::chrono::milliseconds> limit) {
    std::size_t searched = 0;
    for (;;) {
        const std::size_t end = input_.find('\n', searched);
        if (end != std::string::npos) {
            std::string found = input_.substr(0, end);
            input_.erase(0, end + 1);
            return found;
        }
        searched = input_.size();
        pollfd readable{.fd = fd_, .events = POLLIN, .revents = 0};
        const int ready = ::poll(&readable, 1, limit ? static_cast<int>(limit->count()) : -1);
        if (ready < 0 && errno == EINTR) continue;
        if (ready == 0) {
            return std::unexpected{
                fmt::format("warmspared on {} does not answer: is it stopped?", path_.string())};
        }
        std::array<char, 65536> buffer;
        const ssize_t size = ::recv(fd_, buffer.data(), buffer.size(), 0);
        if (size < 0 && errno == EINTR) continue;
        if (size <= 0) {
            return std::unexpected{
                fmt::format("warmspared on {} has closed the connection: has it ended?", path_.string())};
        }
        input_.append(buffer.data(), static_cast<std::size_t>(size));
    }
}

bool ControlClient::wait_for_reply(int output) {
    if (input_.find('\n') != std::string::npos) return true;
    // Without any event asked for, a pipe still reports that its reader has gone.
    std::array<pollfd, 2> wanted{pollfd{.fd = fd_, .events = POLLIN, .revents = 0},
                                 pollfd{.fd = output, .events = 0, .revents = 0}};
    while (::poll(wanted.data(), wanted.size(), -1) < 0 && errno == EINTR) {
    }
    return (wanted[1].revents & (POLLERR | POLLHUP)) == 0;
}

}  // namespace warmspare::cli
