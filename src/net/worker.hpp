// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>

#include "core/node.hpp"
#include "net/asio_types.hpp"

namespace warmspare::net {

/// What the sockets of one event loop share: the loop, the node that they feed, one read buffer, and the
/// wake-up of whoever carries the node's answers out. One thread; outlives all of them.
class Worker {
  public:
    using Report = std::function<void(core::Event)>;

    /// `report` takes what the sockets themselves have to say to the operator.
    Worker(asio::io_context& context, Report report);

    /// Both must be set before anything else is called. `pump` is run after the calls to the node.
    void drive(core::Node& node, std::function<void()> pump);

    [[nodiscard]] asio::io_context& context() noexcept { return context_; }
    [[nodiscard]] core::Node& node() noexcept { return *node_; }
    [[nodiscard]] static core::Time now() noexcept;

    /// For bytes that go on to the node at once. Shared, so that it stays in the cache.
    [[nodiscard]] std::span<std::byte> read_buffer() noexcept { return {buffer_.get(), buffer_size}; }

    /// The node was called: run the pump once behind the handlers that are ready now, so that what several
    /// sockets brought in leaves in one write.
    void wake();
    /// The same from a handler that has nothing left to do, which so saves the first of them the way behind
    /// the others: what a small message waits for is not what they do, but how long it takes to get to them.
    void wake_now();

    /// Tells the operator of an error; fields that do not apply are empty.
    void report_error(std::string cause, std::string peer = {}, std::string process = {});

    /// Look-ups of host names that a thread of Asio still waits for.
    int lookups = 0;

  private:
    static constexpr std::size_t buffer_size = 256 * 1024;

    asio::io_context& context_;
    Report report_;
    core::Node* node_ = nullptr;
    std::function<void()> pump_;
    std::unique_ptr<std::byte[]> buffer_;
    /// Whether a run of the pump is on its way.
    bool awake_ = false;
};

/// The time as Asio's timers want it.
[[nodiscard]] inline std::chrono::steady_clock::time_point steady(core::Time time) noexcept {
    return std::chrono::steady_clock::time_point(
        std::chrono::duration_cast<std::chrono::steady_clock::duration>(time.time_since_epoch()));
}

}  // namespace warmspare::net
