// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <cstdint>

#include "sim/world.hpp"

namespace warmspare::sim {

/// Invariant 3: what a node holds for its streams stays within its configuration.
class MemoryChecker {
  public:
    explicit MemoryChecker(World& world) : world_{world} {}
    void check(std::uint32_t host);

  private:
    World& world_;
};

}  // namespace warmspare::sim
