// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <cstdint>
#include <vector>

#include "sim/bounds.hpp"
#include "sim/world.hpp"

namespace warmspare::sim {

/// Invariant 5: while a link that fits can be had, a process whose bytes stand still moves again within the
/// bound. Whether one can be had is not asked of the nodes: it is one of the process's own or a free spare,
/// and nothing has befallen it, or the two nodes, for as long as it may take them to know.
class ProgressChecker {
  public:
    ProgressChecker(World& world, const Bounds& bounds);
    /// To be called from time to time.
    void check();
    /// The longest that bytes stood still although they could have moved.
    [[nodiscard]] core::Duration longest() const noexcept { return longest_; }

  private:
    struct Watch {
        const Pairing* pairing;
        const Pairing::Process* process;
        Group* group;
        std::uint64_t delivered = 0;
        core::Time since{};
    };
    void check(Watch& watch);
    [[nodiscard]] core::Time available_since(const Watch& watch) const;

    World& world_;
    const Bounds& bounds_;
    core::Duration longest_{};
    std::vector<Watch> watches_;
};

}  // namespace warmspare::sim
