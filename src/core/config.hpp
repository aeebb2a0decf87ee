// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// What the rules need to know of a configuration: plain values, already checked. Addresses and files are the
// business of node/; this says which rows the link table has and how each process wants to be treated.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/time.hpp"

namespace warmspare::core {

/// How links are tested (S2, S4, S7, S13). The same for all links of a node.
struct HealthConfig {
    /// The start timer: how often every link is tested while any link is in use or any process waits.
    Duration interval = std::chrono::seconds{1};
    /// The same while nothing is in use; empty: not tested at all then.
    std::optional<Duration> idle_interval = std::chrono::seconds{10};
    /// The least time a reply is waited for.
    Duration watchdog = std::chrono::milliseconds{10};
    /// How many watchdogs in a row must be missed before a link is SBY.
    std::uint32_t misses = 3;

    friend bool operator==(const HealthConfig&, const HealthConfig&) = default;
};

/// What happens to a stream of a process for which there is no link.
enum class OnNoLink { wait, reset };

struct ProcessConfig {
    std::string name;
    /// Whether traffic returns to a dedicated link that has been repaired.
    bool revertive = true;
    /// How long a repaired dedicated link must have been ACT before traffic returns.
    Duration wait_to_restore = std::chrono::seconds{5};
    /// How long after its last stream ended the process is released.
    Duration linger = std::chrono::seconds{1};
    OnNoLink on_no_link = OnNoLink::wait;
    /// After this time without a link the streams are reset; empty: never.
    std::optional<Duration> give_up;
    /// Whether a digest of each direction travels with its end and is checked there.
    bool digest = true;

    friend bool operator==(const ProcessConfig&, const ProcessConfig&) = default;
};

/// One row of a link table. The order of rows matters: see S1, S5.
struct LinkConfig {
    std::string name;
    std::string circuit;
    /// 1: dedicated to `process`; 2 and more: spare, lower is better.
    std::uint32_t priority = 1;
    /// Name of the process; empty on spares.
    std::string process;
    /// As written in the configuration; 0: any.
    std::uint16_t own_port = 0;
    std::uint16_t peer_port = 0;

    [[nodiscard]] bool dedicated() const noexcept { return priority == 1; }
    friend bool operator==(const LinkConfig&, const LinkConfig&) = default;
};

struct PeerConfig {
    std::string name;
    /// Exactly one side of a pair dials; that side also owns the assignments.
    bool dial = false;
    std::vector<LinkConfig> links;
    std::vector<ProcessConfig> processes;

    friend bool operator==(const PeerConfig&, const PeerConfig&) = default;
};

struct MemoryConfig {
    /// Most bytes held for one direction of one stream.
    std::uint64_t stream = std::uint64_t{4} << 20;
    /// Most bytes held for all streams of the node, shared equally between its peers.
    std::uint64_t node = std::uint64_t{256} << 20;

    friend bool operator==(const MemoryConfig&, const MemoryConfig&) = default;
};

struct NodeConfig {
    std::string name;
    HealthConfig health;
    MemoryConfig memory;
    std::vector<PeerConfig> peers;

    friend bool operator==(const NodeConfig&, const NodeConfig&) = default;
};

}  // namespace warmspare::core
