// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Identities that the core hands out. Each is a type of its own, so that a row cannot be taken for a stream.

#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace warmspare::core {

template <class Tag, class Rep>
struct Id {
    Rep value{};
    friend constexpr auto operator<=>(const Id&, const Id&) = default;
};

/// A TCP connection of a link, past or present. Unique within a node's life, never used again.
using ConnectionId = Id<struct ConnectionTag, std::uint64_t>;
/// A peer: its place in NodeConfig::peers.
using PeerIndex = Id<struct PeerTag, std::uint32_t>;
/// A row of a peer's link table: its place in PeerConfig::links.
using LinkIndex = Id<struct LinkTag, std::uint32_t>;
/// A user process of a peer: its place in PeerConfig::processes.
using ProcessIndex = Id<struct ProcessTag, std::uint32_t>;
/// A byte stream as both nodes of a pair call it. Odd ids were opened by the node that is dialled, even
/// ones by the node that dials. Never used again within an incarnation.
using StreamId = Id<struct StreamTag, std::uint64_t>;

/// A byte stream as a node calls it: stream ids count for each peer apart.
struct StreamKey {
    PeerIndex peer;
    StreamId stream;
    friend constexpr auto operator<=>(const StreamKey&, const StreamKey&) = default;
};

}  // namespace warmspare::core

template <class Tag, class Rep>
struct std::hash<warmspare::core::Id<Tag, Rep>> {
    std::size_t operator()(const warmspare::core::Id<Tag, Rep>& id) const noexcept {
        return std::hash<Rep>{}(id.value);
    }
};

template <>
struct std::hash<warmspare::core::StreamKey> {
    std::size_t operator()(const warmspare::core::StreamKey& key) const noexcept {
        return std::hash<std::uint64_t>{}(key.stream.value * 0x9E3779B97F4A7C15ULL + key.peer.value);
    }
};
