// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// What has to be true once nothing is wrong any more. Each says what is amiss, if anything.

#pragma once

#include <optional>
#include <string>

#include "sim/world.hpp"

namespace warmspare::sim {

/// Invariant 6: both nodes call every link ACT that they both have.
[[nodiscard]] std::optional<std::string> missing_link(World& world);

/// Invariant 6: every process that has streams is on its own link, or stayed where it is because it does not
/// return, and both nodes say so.
[[nodiscard]] std::optional<std::string> stray_process(World& world);

/// S7: a node without streams has released everything.
[[nodiscard]] std::optional<std::string> unreleased(World& world);

/// Both nodes of each pair say the same.
[[nodiscard]] std::optional<std::string> disagreement(World& world);

/// The state of both ends: link tables, processes, and streams with what the applications did and how far
/// each node is.
[[nodiscard]] std::string print_state(World& world);

}  // namespace warmspare::sim
