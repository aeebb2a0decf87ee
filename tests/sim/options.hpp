// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// What one run is like: everything is drawn from its seed, so that each run lays the stress somewhere else.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/random.hpp"
#include "sim/setup.hpp"

namespace warmspare::sim {

enum class Topology { pair, branch, ring };

enum class FaultKind {
    black_hole,
    one_way,
    reset,
    half_open,
    refuse,
    loss,
    stall,
    restart,
    interface_down,
};
inline constexpr std::size_t fault_kinds = 9;
[[nodiscard]] std::string_view to_string(FaultKind kind) noexcept;

struct Options {
    Topology topology = Topology::pair;
    std::uint32_t circuits = 2;
    std::uint32_t processes = 1;
    /// The table follows from circuits and processes; otherwise rows are drawn.
    bool derived_table = true;
    core::HealthConfig health;
    /// Of the first and third node, and of the second.
    core::MemoryConfig memory;
    core::MemoryConfig other_memory;
    TcpModel tcp;
    core::Duration longest_delay{};
    std::uint64_t lowest_rate = 0;
    std::uint32_t loss_permille = 0;

    std::vector<FaultKind> faults;
    core::Duration fault_phase{};
    /// Mean time between faults, and the longest that one lasts.
    core::Duration fault_gap{};
    core::Duration fault_length{};

    std::uint32_t streams = 0;
    std::uint64_t largest_stream = 0;
    /// Shares of streams, in percent.
    std::uint32_t slow_readers = 0;
    std::uint32_t stopped_readers = 0;
    std::uint32_t resets = 0;
    std::uint32_t closes = 0;
    std::uint32_t failing_targets = 0;
};

[[nodiscard]] Options draw_options(Random& random);
[[nodiscard]] Setup draw_setup(const Options& options, Random& random);
/// One option a line.
[[nodiscard]] std::string describe(const Options& options, const Setup& setup);

}  // namespace warmspare::sim
