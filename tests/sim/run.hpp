// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sim/journal.hpp"

namespace warmspare::sim {

struct RunResult {
    std::optional<Failure> failure;
    std::string options;
    /// Of all nodes and live streams, when the run failed.
    std::string status;
    std::uint64_t hash = 0;
    core::Duration virtual_time{};
    std::uint64_t steps = 0;
    std::uint64_t streams = 0;
    std::uint64_t faults = 0;
    std::uint64_t switches = 0;
    /// The longest that bytes stood still although a link fitted.
    core::Duration longest_pause{};
};

/// One whole run: faults, healing, rest.
[[nodiscard]] RunResult run_seed(std::uint64_t seed, bool verbose);

}  // namespace warmspare::sim
