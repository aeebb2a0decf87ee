// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Strangers at the door: connections that came in and have not said yet who they are, or not proved it. They
// get little time and few places, so that they cost nobody else anything.

#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/ids.hpp"
#include "core/time.hpp"

namespace warmspare::core {

class Doorkeeper {
  public:
    /// Whether there is a place for another connection from this address.
    [[nodiscard]] bool admit(ConnectionId connection, const std::string& address, Time now);
    /// It was accepted, or is gone.
    void leave(ConnectionId connection);

    [[nodiscard]] Time next_deadline() const;
    /// Those whose time is over.
    [[nodiscard]] std::vector<ConnectionId> overdue(Time now) const;
    /// Whether a refusal may become an event now: strangers must not be able to flood the log.
    [[nodiscard]] bool may_report(Time now);

  private:
    struct Stranger {
        std::string address;
        Time until;
    };

    /// By id, and so by age.
    std::map<ConnectionId, Stranger> strangers_;
    std::map<std::string, std::size_t> places_;
    Time reported_at_{};
    std::size_t reports_ = 0;
};

}  // namespace warmspare::core
