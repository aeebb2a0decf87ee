// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// The daemon's side of the control socket. Everything runs on the given io_context's one thread. A client
// costs bounded memory whether it reads or not: events wait for it as shared pointers up to a limit, and
// become bytes only when the socket takes them.

#pragma once

#include <cstddef>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "core/status.hpp"
#include "node/event_log.hpp"

namespace boost::asio {
class io_context;
}

namespace warmspare::node {

struct ControlLimits {
    /// Clients at a time. One more takes the place of the one that is stuck longest: it has not asked for
    /// anything yet, or does not read what it asked for. If none is stuck, it is told so and closed.
    std::size_t clients = 64;
    /// Events that wait for one client. A follower that lags further is dropped, with a last line that says
    /// so.
    std::size_t waiting_events = 2 * EventLog::default_capacity;
    /// Events are turned into bytes in pieces of about this size, one each time round the loop: the loop has
    /// links to watch, and a long log must not make it late.
    std::size_t piece_bytes = std::size_t{16} << 10;
};

class ControlServer {
  public:
    using StatusSource = std::function<core::NodeStatus()>;

    /// Listens on `path`, mode 0600. If that is the default path, its directory is created when missing.
    /// `context` and `events` must outlive the server. The error is a sentence for the user that names the
    /// path, above all when another instance answers there.
    [[nodiscard]] static std::expected<std::unique_ptr<ControlServer>, std::string> open(
        boost::asio::io_context& context, const std::filesystem::path& path, StatusSource status,
        EventLog& events, const ControlLimits& limits = {});

    /// Removes the socket file, gives every client what its socket still takes, and closes.
    ~ControlServer();
    ControlServer(ControlServer&&) = delete;

    [[nodiscard]] std::size_t client_count() const noexcept;

  private:
    class Impl;
    explicit ControlServer(std::shared_ptr<Impl> impl);

    std::shared_ptr<Impl> impl_;
};

}  // namespace warmspare::node
