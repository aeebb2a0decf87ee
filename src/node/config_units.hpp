// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Durations and sizes as the file writes them: a whole number and a unit, in one word.

#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "core/time.hpp"

namespace warmspare::node {

/// What a key takes. `example` is what a message proposes.
struct DurationRange {
    core::Duration min;
    core::Duration max;
    std::string_view example;
};

struct SizeRange {
    std::uint64_t min;
    std::uint64_t max;
    std::string_view example;
};

/// "10ms", "5s", "5min", "1h". The error is what follows the text in a message: `has no unit; write ...`.
[[nodiscard]] std::expected<core::Duration, std::string> parse_duration(std::string_view text,
                                                                        const DurationRange& range);

/// "64KiB", "4MiB", "1GiB", in bytes. Errors as above.
[[nodiscard]] std::expected<std::uint64_t, std::string> parse_size(std::string_view text,
                                                                   const SizeRange& range);

/// The shortest exact text that parse_duration() reads as this; less than a millisecond is left out.
[[nodiscard]] std::string duration_text(core::Duration duration);
/// The same for sizes; less than a KiB is left out.
[[nodiscard]] std::string size_text(std::uint64_t bytes);

}  // namespace warmspare::node
