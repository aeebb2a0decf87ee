// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// What a node tells its operator, and through assign, switch, restore and recovery its processes: the event
// is the notice (S3, S5, S6).

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/time.hpp"

namespace warmspare::core {

enum class EventKind {
    link_up,
    link_down,
    assign,
    switch_,
    resumed,
    recovery,
    restore,
    release,
    no_link,
    stream_open,
    stream_close,
    error,
};

/// The name that the event log and its JSON use: "link_up", "switch", ...
[[nodiscard]] std::string_view to_string(EventKind kind) noexcept;

/// The two ends of a link as this node sees them. Ports: in use, else configured, else 0.
struct Endpoints {
    std::string own_address;
    std::uint16_t own_port = 0;
    std::string peer_address;
    std::uint16_t peer_port = 0;

    friend bool operator==(const Endpoints&, const Endpoints&) = default;
};

/// Fields that do not apply are empty.
struct Event {
    EventKind kind = EventKind::error;
    Time at{};
    std::string peer;
    std::string process;
    std::string link;
    std::string cause;
    /// switch, restore: names of the links before and after.
    std::string from;
    std::string to;
    /// assign, switch, restore, recovery: the ends of the link that the notice is about.
    std::optional<Endpoints> endpoints;
    /// switch: from the last proof of life to the decision; empty if the other node decided.
    std::optional<Duration> detect;
    /// resumed: how long the process's traffic stood still, and how many bytes were sent again.
    std::optional<Duration> gap;
    std::optional<std::uint64_t> replayed_bytes;
    /// stream_open, stream_close.
    std::optional<std::uint64_t> stream;
};

}  // namespace warmspare::core
