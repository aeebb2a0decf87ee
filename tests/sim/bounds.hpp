// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// How long things may take, in virtual time: the promises that the checkers hold the nodes to.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/time.hpp"
#include "sim/options.hpp"
#include "sim/setup.hpp"

namespace warmspare::sim {

/// What is promised within a time. A violation goes by this name.
enum class Promise { restart, links, home, progress, transfer, rest };
inline constexpr std::size_t promises = 6;
[[nodiscard]] std::string_view to_string(Promise promise) noexcept;

/// The longest that a node which was ended is not there.
inline constexpr core::Duration longest_restart = std::chrono::seconds{4};

struct Bounds {
    /// From the end of the last fault until both nodes call every link ACT, if one of them asks.
    core::Duration links{};
    /// From then on until every process is on its own link and has told so.
    core::Duration home{};
    /// How long a process with a link that fits may move nothing.
    core::Duration progress{};
    /// From the end of the last stream until all is released and both nodes say the same.
    core::Duration rest{};
};

[[nodiscard]] Bounds find_bounds(const Options& options, const Setup& setup);

/// How long bytes may take once links are there, at most.
[[nodiscard]] core::Duration transfer_bound(const Options& options, const Setup& setup, std::uint64_t bytes);

}  // namespace warmspare::sim
