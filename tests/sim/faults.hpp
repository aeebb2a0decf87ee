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
    /// Something befalls this link at once: it is cut for a while, or its connections are reset.
    void strike_now(LinkPath& path);

    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

  private:
    void schedule();
    void strike();
    void strike_circuit(FaultKind kind, core::Duration length);
    void strike_link(FaultKind kind, core::Duration length);
    void strike_line(FaultKind kind, core::Duration length);
    void strike_connections(FaultKind kind);
    void strike_host(FaultKind kind, core::Duration length);
    void trouble(Troubles& troubles, FaultKind kind, core::Duration length);
    void lose(Circuit& circuit, core::Duration length);
    void flap(Circuit& circuit, core::Duration period, core::Time until);
    void reset(const Circuit& circuit);
    /// Sets a switch of the network for a time.
    template <class T>
    void set(T& where, T value, core::Duration length);
    void note(const std::string& what) const;

    World& world_;
    const Options& options_;
    core::Time until_{};
    std::uint64_t count_ = 0;
    /// Which fault holds each switch now, so that an earlier one does not end it.
    std::map<const void*, std::uint64_t> holders_;
    std::uint64_t last_holder_ = 0;
};

}  // namespace warmspare::sim
