// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// A snapshot of the link tables, as `warmspare status` shows them (S1).

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/event.hpp"
#include "core/time.hpp"

namespace warmspare::core {

/// ACT: the link's test was answered; SBY: it was not.
enum class Condition { sby, act };

/// idle: no stream; dedicated, spare: which kind of link carries it; waiting: streams but no link that fits.
enum class ProcessState { idle, dedicated, spare, waiting };

/// "ACT", "SBY".
[[nodiscard]] std::string_view to_string(Condition condition) noexcept;
/// "idle", "dedicated", "spare", "waiting".
[[nodiscard]] std::string_view to_string(ProcessState state) noexcept;

struct LinkStatus {
    std::string name;
    std::string circuit;
    Endpoints endpoints;
    std::uint32_t priority = 1;
    Condition condition = Condition::sby;
    bool in_use = false;
    /// The configured process on dedicated rows, always; on spares only while held.
    std::optional<std::string> process;
    bool test_in_flight = false;
    std::optional<Duration> round_trip;
    /// How long it takes at most, while anything is outstanding on it, until silence makes it suspect and its
    /// traffic moves; empty while it is SBY.
    std::optional<Duration> detection;

    friend bool operator==(const LinkStatus&, const LinkStatus&) = default;
};

struct ProcessStatus {
    std::string id;
    ProcessState state = ProcessState::idle;
    /// Empty when idle or waiting.
    std::optional<std::string> link;
    std::uint64_t streams = 0;
    /// How many spares are ACT and free now.
    std::uint64_t free_spares = 0;

    friend bool operator==(const ProcessStatus&, const ProcessStatus&) = default;
};

struct PeerStatus {
    std::string name;
    std::vector<LinkStatus> links;
    std::vector<ProcessStatus> processes;

    friend bool operator==(const PeerStatus&, const PeerStatus&) = default;
};

/// How far the two directions of a stream are, as offsets. The end of a direction counts in none of them.
struct StreamStatus {
    struct Sending {
        /// Bytes before this one are kept no longer: the other node's application has them.
        std::uint64_t forgotten = 0;
        /// The other node has them.
        std::uint64_t acknowledged = 0;
        /// They went out on the link in use.
        std::uint64_t sent = 0;
        /// The application has written them.
        std::uint64_t end = 0;
        /// The other node welcomes them.
        std::uint64_t limit = 0;
        bool finished = false;
    };
    struct Receiving {
        /// The application has them.
        std::uint64_t written = 0;
        /// They are here.
        std::uint64_t received = 0;
        /// They are welcome.
        std::uint64_t limit = 0;
        /// Where the other application ended, once that is known.
        std::optional<std::uint64_t> final;
    };
    Sending sending;
    Receiving receiving;
};

struct NodeStatus {
    std::string node;
    std::vector<PeerStatus> peers;
    /// How late this node was at worst in the last minute or two.
    Duration late{};
    /// What the system lets it run with; not known to the core.
    std::string scheduling;

    friend bool operator==(const NodeStatus&, const NodeStatus&) = default;
};

}  // namespace warmspare::core
