// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "sim/bounds.hpp"
#include "sim/journal.hpp"

namespace warmspare::sim {

struct RunResult {
    std::optional<Failure> failure;
    std::string options;
    /// Of both ends of everything, when the run failed.
    std::string state;
    std::uint64_t hash = 0;
    core::Duration virtual_time{};
    std::uint64_t steps = 0;
    std::uint64_t streams = 0;
    std::uint64_t faults = 0;
    std::uint64_t switches = 0;
    /// See AlarmCounter.
    std::uint64_t false_alarms = 0;
    /// The share of each promised time that was used.
    std::array<double, promises> used{};
};

/// One whole run: faults, healing, rest.
[[nodiscard]] RunResult run_seed(std::uint64_t seed, Journal::Level level);

}  // namespace warmspare::sim
