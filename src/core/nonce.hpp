// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <cstdint>

#include "core/ids.hpp"

namespace warmspare::core {

/// A number that no other connection of this node's life is greeted with: SplitMix64 over the incarnation and
/// the connection. It shows that an answer belongs to this connection; it is no secret.
[[nodiscard]] constexpr std::uint64_t make_nonce(std::uint64_t incarnation,
                                                 ConnectionId connection) noexcept {
    std::uint64_t z = incarnation + connection.value * 0x9E3779B97F4A7C15ULL;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
}

}  // namespace warmspare::core
