// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "net/worker.hpp"

#include <boost/asio/post.hpp>
#include <utility>

namespace warmspare::net {

Worker::Worker(asio::io_context& context, Report report)
    : context_(context),
      report_(std::move(report)),
      buffer_(std::make_unique_for_overwrite<std::byte[]>(buffer_size)) {
}

void Worker::drive(core::Node& node, std::function<void()> pump) {
    node_ = &node;
    pump_ = std::move(pump);
}

core::Time Worker::now() noexcept {
    return core::Time(
        std::chrono::duration_cast<core::Duration>(std::chrono::steady_clock::now().time_since_epoch()));
}

void Worker::wake() {
    if (awake_) return;
    awake_ = true;
    asio::post(context_, [this] {
        awake_ = false;
        pump_();
    });
}

void Worker::wake_now() {
    const bool first = !awake_;
    wake();
    if (first) pump_();
}

void Worker::report_error(std::string cause, std::string peer, std::string process) {
    core::Event event;
    event.at = now();
    event.cause = std::move(cause);
    event.peer = std::move(peer);
    event.process = std::move(process);
    report_(std::move(event));
}

}  // namespace warmspare::net
