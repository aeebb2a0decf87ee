// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// The last events of a node, for whoever asks later or listens now. Events are shared and never change, so
// that a slow reader holds what it has not read without a copy and without stopping anybody.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>

#include "core/event.hpp"

namespace warmspare::node {

struct LoggedEvent {
    /// Counted from 1 since the program started, without gaps.
    std::uint64_t sequence = 0;
    std::chrono::system_clock::time_point time;
    core::Event event;
};

using LoggedEventPtr = std::shared_ptr<const LoggedEvent>;

/// A ring of events and those who listen to it. Belongs to one thread.
class EventLog {
  public:
    static constexpr std::size_t default_capacity = 4096;

    /// Called from within append(); may subscribe and unsubscribe, but must not append.
    using Listener = std::function<void(const LoggedEventPtr&)>;

    /// Ends the subscription when it is destroyed. May outlive the log.
    class Subscription;

    explicit EventLog(std::size_t capacity = default_capacity) : capacity_{capacity} {}

    /// Keeps the event, forgets the oldest one if there are too many, then tells the listeners. `time` is
    /// when it happened.
    void append(core::Event event, std::chrono::system_clock::time_point time);

    /// The oldest first.
    [[nodiscard]] const std::deque<LoggedEventPtr>& events() const noexcept { return events_; }

    [[nodiscard]] Subscription subscribe(Listener listener);

  private:
    using Listeners = std::map<std::uint64_t, Listener>;

    std::size_t capacity_;
    std::uint64_t last_sequence_ = 0;
    std::deque<LoggedEventPtr> events_;
    std::uint64_t last_listener_ = 0;
    std::shared_ptr<Listeners> listeners_ = std::make_shared<Listeners>();
};

class EventLog::Subscription {
  public:
    Subscription() = default;
    Subscription(Subscription&& other) noexcept;
    Subscription& operator=(Subscription&& other) noexcept;
    ~Subscription() { end(); }

    void end() noexcept;

  private:
    friend class EventLog;
    Subscription(const std::shared_ptr<Listeners>& listeners, std::uint64_t id)
        : listeners_{listeners}, id_{id} {}

    std::weak_ptr<Listeners> listeners_;
    std::uint64_t id_ = 0;
};

}  // namespace warmspare::node
