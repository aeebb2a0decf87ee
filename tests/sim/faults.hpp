// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "sim/options.hpp"
#include "sim/world.hpp"

namespace warmspare::sim {

/// Lets faults befall a world, each for its time, and ends them all when told.
class Faults {
  public:
    Faults(World& world, const Options& options) : world_{world}, options_{options} {}

    /// Faults come from now on until that time.
    void begin(core::Time until);
    void heal_all();

    /// When the latest fault began or ended.
    [[nodiscard]] core::Time last_change() const noexcept { return last_change_; }
    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

  private:
    void schedule();
    void strike();
    void strike_circuit(FaultKind kind, core::Duration length);
    void strike_link(FaultKind kind, core::Duration length);
    void strike_connections(FaultKind kind);
    void strike_line(FaultKind kind, core::Duration length);
    void strike_host(FaultKind kind, core::Duration length);
    /// Sets a switch of the network for a time.
    template <class T>
    void set(T& where, T value, core::Duration length);
    void changed(const std::string& what);

    World& world_;
    const Options& options_;
    core::Time until_{};
    core::Time last_change_ = Scheduler::start;
    std::uint64_t count_ = 0;
    /// Which fault holds each switch now, so that an earlier one does not end it.
    std::map<const void*, std::uint64_t> holders_;
};

}  // namespace warmspare::sim
