// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <expected>
#include <filesystem>
#include <memory>
#include <string>

#include "core/event.hpp"
#include "core/status.hpp"
#include "net/driver.hpp"
#include "node/config.hpp"
#include "node/control_server.hpp"
#include "node/event_log.hpp"
#include "node/scheduling.hpp"

namespace spdlog {
class logger;
}

namespace warmspare::node {

/// The parts of warmspared, from its start to its end by signal.
class Daemon {
  public:
    /// `log` must outlive this.
    Daemon(Config config, spdlog::logger& log);
    ~Daemon();
    Daemon(Daemon&&) = delete;

    /// Opens the control socket and all listeners, or none of them. The error is a sentence for the user.
    [[nodiscard]] std::expected<void, std::string> start(const std::filesystem::path& control);

    /// Until SIGTERM or SIGINT: then applications have the drain time to end, the rest is reset, and the
    /// peers are told. A second signal ends it at once.
    void run();

    /// Closes everything. Returns false if a thread still waits for the resolver, which nothing can hurry.
    [[nodiscard]] bool close();

  private:
    [[nodiscard]] std::expected<void, std::string> fit_memory();
    /// Looks for work again for a while before it sleeps.
    void run_polling();
    void wait_for_signal();
    void handle_signal(int number);
    void drain();
    void shut_down();
    void handle_woken(core::Duration late, core::Time now);
    [[nodiscard]] std::string scheduling_name() const;
    void record(core::Event event);
    [[nodiscard]] core::NodeStatus status() const;

    Config config_;
    spdlog::logger& log_;
    boost::asio::io_context context_;
    boost::asio::signal_set signals_;
    boost::asio::steady_timer timer_;
    /// Empty: as any other program.
    std::optional<Scheduling> scheduling_;
    EventLog events_;
    std::unique_ptr<net::Driver> driver_;
    std::unique_ptr<ControlServer> control_;
    bool ending_ = false;
    bool shutting_down_ = false;
};

}  // namespace warmspare::node
