// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// What one run is like: everything is drawn from its seed, so that each run lays the stress somewhere else.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/random.hpp"
#include "sim/setup.hpp"

namespace warmspare::sim {

enum class Form {
    /// Two nodes, each circuit a line of its own.
    pair,
    /// One node and its peers, all on one common line and each on lines of its own.
    branch,
    /// Two ways round to every peer.
    ring,
    /// A ring and a branch at one of its nodes.
    ring_and_branch,
};

enum class FaultKind {
    black_hole,
    one_way,
    reset,
    half_open,
    refuse,
    loss,
    /// The round trip grows.
    detour,
    /// Segments above a size vanish.
    mtu_hole,
    /// A box that ends TCP on both sides goes on acknowledging and relays nothing.
    middlebox,
    /// Black holes in quick succession.
    flapping,
    interface_down,
    stall,
    /// The program dies and its kernel tells the others.
    crash,
    /// Nobody tells anybody.
    power_cut,
    /// In good order.
    shutdown,
};
inline constexpr std::size_t fault_kinds = 15;
[[nodiscard]] std::string_view to_string(FaultKind kind) noexcept;

struct Options {
    Form form = Form::pair;
    std::uint32_t nodes = 2;
    /// Between each two peers, where the form leaves the choice.
    std::uint32_t circuits = 2;
    /// Of each two peers.
    std::uint32_t processes = 1;
    /// The table follows from circuits and processes; otherwise rows are drawn.
    bool derived_table = true;
    /// The two files differ in rows, processes and settings.
    bool mismatch = false;
    core::HealthConfig health;
    /// Of nodes with an odd number; the same unless the files differ.
    core::HealthConfig odd_health;
    /// Of nodes with an even number, and with an odd one.
    core::MemoryConfig memory;
    core::MemoryConfig odd_memory;
    /// Memory may be too little for all streams.
    bool tight_memory = false;
    TcpModel tcp;
    core::Duration longest_delay{};
    std::uint64_t lowest_rate = 0;
    std::uint32_t loss_permille = 0;
    /// Of circuits, in percent, with a box in the middle.
    std::uint32_t boxes = 0;
    /// See CircuitSetup::queue.
    core::Duration queue{};

    std::vector<FaultKind> faults;
    core::Duration fault_phase{};
    /// Mean time between faults, and the longest that one lasts.
    core::Duration fault_gap{};
    core::Duration fault_length{};

    std::uint32_t streams = 0;
    std::uint64_t largest_stream = 0;
    /// Processes that are released and asked for again all the time, while their links fail.
    std::uint32_t churning = 0;
    std::vector<core::Duration> lingers;
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
