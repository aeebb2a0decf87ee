// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// What can be judged by the events that nodes report, each a type of its own.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>

#include "core/event.hpp"
#include "sim/world.hpp"

namespace warmspare::sim {

/// Exactly one `resumed` for each `switch` and each `restore` of a process.
class NoticeChecker {
  public:
    explicit NoticeChecker(World& world) : world_{world} {}
    void handle_event(std::uint32_t host, const core::Event& event);
    /// The node is gone, with what it owed.
    void handle_restart(std::uint32_t host);
    /// Some process still owes a `resumed`.
    [[nodiscard]] std::optional<std::string> owed() const;

  private:
    World& world_;
    std::map<std::tuple<std::uint32_t, std::string, std::string>, std::int64_t> owed_;
};

/// Both nodes keep to the protocol, whatever the network does: none of them takes the other for a liar, and
/// no digest is wrong.
class HonestyChecker {
  public:
    explicit HonestyChecker(World& world) : world_{world} {}
    void handle_event(std::uint32_t host, const core::Event& event);

  private:
    World& world_;
};

/// Counts links that were found dead although nothing had befallen them or their nodes for a while: that they
/// were slow is all that was wrong with them.
class AlarmCounter {
  public:
    explicit AlarmCounter(World& world) : world_{world} {}
    void handle_event(std::uint32_t host, const core::Event& event);
    [[nodiscard]] std::uint64_t false_alarms() const noexcept { return false_alarms_; }
    [[nodiscard]] core::Time last_at() const noexcept { return last_at_; }

  private:
    World& world_;
    std::uint64_t false_alarms_ = 0;
    core::Time last_at_{};
};

}  // namespace warmspare::sim
