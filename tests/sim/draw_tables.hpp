// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <string>
#include <vector>

#include "core/config.hpp"
#include "sim/options.hpp"
#include "sim/random.hpp"

namespace warmspare::sim {

[[nodiscard]] std::vector<core::ProcessConfig> draw_processes(const Options& options, Random& random);
[[nodiscard]] std::vector<core::LinkConfig> draw_links(const Options& options,
                                                       const std::vector<std::string>& circuits,
                                                       Random& random);
/// Changes the file of the node that is dialled: rows and processes that the other one does not have or has
/// otherwise, or in another order.
void make_different(core::PeerConfig& config, const std::vector<std::string>& circuits, Random& random);

}  // namespace warmspare::sim
