// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <deque>
#include <optional>
#include <utility>

#include "core/event.hpp"

namespace warmspare::core {

/// Events of a node that the driver has not taken yet, in the order in which they came.
class EventQueue {
  public:
    void emit(Event event) { events_.push_back(std::move(event)); }

    [[nodiscard]] std::optional<Event> poll() {
        if (events_.empty()) return std::nullopt;
        auto event = std::move(events_.front());
        events_.pop_front();
        return event;
    }

  private:
    std::deque<Event> events_;
};

}  // namespace warmspare::core
