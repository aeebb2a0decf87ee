// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// The memory that streams may hold where the process has a limit of its own (ulimit -v, LimitAS=) and that
// leaves less than the configuration allows. A daemon that believed the configuration would end at the first
// block that it cannot have, with all its streams.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace warmspare::node {

/// What the limits of this process leave to it from now on, in bytes; empty: there are none.
[[nodiscard]] std::optional<std::uint64_t> memory_left();

/// What of it streams may hold; 0 if it is not enough for anything.
[[nodiscard]] std::uint64_t memory_for_streams(std::uint64_t left) noexcept;

}  // namespace warmspare::node
