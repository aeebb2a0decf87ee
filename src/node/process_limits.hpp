// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// What a daemon arranges with the system before it does anything else.

#pragma once

#include <cstdint>

namespace warmspare::node {

/// Opens /dev/null for standard descriptors that are closed, so that no socket takes their place and gets
/// what is meant for them.
void fill_standard_descriptors() noexcept;

/// As many open files as the system allows without asking.
void raise_open_files() noexcept;

/// A write to a socket that is gone is an error number and no signal.
void ignore_broken_pipes() noexcept;

/// 64 random bits, never 0.
[[nodiscard]] std::uint64_t random_incarnation();

}  // namespace warmspare::node
