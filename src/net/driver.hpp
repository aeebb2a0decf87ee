// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Carries events into the node and its answers out. Every handler of a socket calls the node and wakes the
// pump, which runs once behind all handlers that were ready: what several sockets brought in goes out
// together.

#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <string>

#include "core/node.hpp"
#include "core/status.hpp"
#include "net/application_sockets.hpp"
#include "net/asio_types.hpp"
#include "net/interface_watch.hpp"
#include "net/link_sockets.hpp"
#include "net/worker.hpp"
#include "node/config.hpp"

namespace warmspare::net {

/// A node on real sockets. Belongs to the one thread that runs the context. Must be destroyed before the
/// context, and after the context has stopped running.
class Driver {
  public:
    /// `config` must outlive this. `incarnation`: see core::Node. `report` takes the events.
    Driver(asio::io_context& context, const node::Config& config, std::uint64_t incarnation,
           Worker::Report report);
    Driver(Driver&&) = delete;

    /// Binds all listeners. The error is a sentence for the user.
    [[nodiscard]] std::expected<void, std::string> bind();
    /// Dials and accepts from here on.
    void start();

    /// `woken` is told how late each deadline was noticed.
    void watch_lateness(std::function<void(core::Duration late, core::Time now)> woken) {
        woken_ = std::move(woken);
    }

    [[nodiscard]] core::NodeStatus status() const { return node_.status(); }

    /// Accepts no more applications. `drained` is called once no stream is left.
    void drain(std::function<void()> drained);
    /// Resets what is left, says goodbye and closes the links. `closed` is called once none is left.
    void shut_down(std::function<void()> closed);

    /// Whether a thread still looks a host name up, which can take long to end.
    [[nodiscard]] bool looks_up() const noexcept { return worker_.lookups != 0; }

  private:
    void pump();
    bool pump_once();
    void arm_timer();
    void handle_deadline();
    void notice_ends();

    Worker worker_;
    Worker::Report report_;
    ApplicationSockets applications_;
    core::Node node_;
    LinkSockets links_;
    InterfaceWatch interfaces_;
    Timer timer_;
    /// What the timer is set to; never: it is not set.
    core::Time timer_at_ = core::never;
    std::function<void(core::Duration, core::Time)> woken_;
    std::function<void()> drained_;
    std::function<void()> closed_;
};

}  // namespace warmspare::net
