// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "net/driver.hpp"

#include <algorithm>
#include <utility>

namespace warmspare::net {

namespace {

/// Sockets have their turn after so many rounds of the pump, whatever there is still to do.
constexpr int rounds_per_turn = 16;
constexpr int writes_per_round = 256;

}  // namespace

Driver::Driver(asio::io_context& context, const node::Config& config, std::uint64_t incarnation,
               Worker::Report report)
    : worker_(context, report),
      report_(std::move(report)),
      applications_(worker_, config),
      node_(node::core_config(config), incarnation, applications_, Worker::now()),
      links_(worker_, config,
             [this](core::StreamKey stream, int link, std::size_t size) {
                 return applications_.take_in(stream, link, size);
             }),
      interfaces_(worker_, [this](const Address& own,
                                  const std::string& cause) { links_.handle_address_lost(own, cause); }),
      timer_(context) {
    worker_.drive(node_, [this] { pump(); });
}

std::expected<void, std::string> Driver::bind() {
    if (auto bound = applications_.bind(); !bound) return bound;
    return links_.listen();
}

void Driver::start() {
    applications_.accept();
    interfaces_.start();
    worker_.wake();
}

void Driver::drain(std::function<void()> drained) {
    drained_ = std::move(drained);
    applications_.close_listeners();
    node_.drain(Worker::now());
    worker_.wake();
}

void Driver::shut_down(std::function<void()> closed) {
    drained_ = nullptr;
    closed_ = std::move(closed);
    node_.shut_down(Worker::now());
    links_.stop();
    interfaces_.stop();
    worker_.wake();
}

void Driver::pump() {
    int rounds = rounds_per_turn;
    while (rounds > 0 && pump_once()) --rounds;
    if (rounds == 0) worker_.wake();
    arm_timer();
    notice_ends();
}

/// Returns whether the node was called in a way that may have left something more.
bool Driver::pump_once() {
    bool any = applications_.run_deferred();
    while (const auto action = node_.poll_action()) {
        links_.perform(*action);
        any = true;
    }
    for (int i = 0; i < writes_per_round; ++i) {
        const auto connection = node_.poll_output();
        if (!connection) break;
        links_.flush(*connection);
        any = true;
    }
    while (auto event = node_.poll_event()) report_(std::move(*event));
    return any;
}

/// A timer that is set too early costs one wake-up, setting it anew two system calls: so it is set anew only
/// to wake earlier.
void Driver::arm_timer() {
    const core::Time next = node_.next_deadline();
    if (next >= timer_at_) return;
    timer_at_ = next;
    timer_.expires_at(steady(next));
    timer_.async_wait([this](boost::system::error_code error) {
        if (error) return;
        timer_at_ = core::never;
        handle_deadline();
        worker_.wake();
    });
}

/// What came in while we were late must count before anybody is judged for being silent.
void Driver::handle_deadline() {
    const core::Time now = Worker::now();
    const auto due = node_.next_deadline();
    if (now < due) return;
    if (woken_) woken_(now - due, now);
    links_.catch_up(node_.to_be_judged(now), now);
    node_.handle_deadline(now);
}

void Driver::notice_ends() {
    if (drained_ && node_.stream_count() == 0) std::exchange(drained_, nullptr)();
    if (closed_ && links_.connection_count() == 0) std::exchange(closed_, nullptr)();
}

}  // namespace warmspare::net
