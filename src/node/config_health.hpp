// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// What holds for the whole node: how links are tested, and how much memory streams may take.

#pragma once

#include <cstddef>
#include <cstdint>

#include "core/config.hpp"
#include "node/config_reader.hpp"

namespace warmspare::node {

struct Health {
    core::HealthConfig links;
    /// Process rules written under [health], which hold for every process that does not say otherwise.
    core::ProcessConfig process_defaults;
};

/// [health]; without it the defaults.
[[nodiscard]] Health read_health(TableReader& root);

/// What streams must have at least, in bytes: what is certain for one of each peer.
[[nodiscard]] std::uint64_t least_memory(std::size_t peer_count) noexcept;

/// [memory]; without it the defaults. Every peer's share must hold what is certain for one stream.
[[nodiscard]] core::MemoryConfig read_memory(TableReader& root, std::size_t peer_count);

}  // namespace warmspare::node
