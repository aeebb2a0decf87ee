// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <string_view>

namespace warmspare::wire {

/// A node, circuit or process: 1 to max_name of A-Z a-z 0-9 . _ -
[[nodiscard]] bool valid_name(std::string_view name) noexcept;
/// A link: 1 to max_link_name of the same and / and :
[[nodiscard]] bool valid_link_name(std::string_view name) noexcept;
/// Text from a peer ends up in logs, terminals and JSON: only printable ASCII is let through.
[[nodiscard]] bool printable(std::string_view text) noexcept;

/// Whether a byte may stand in text.
[[nodiscard]] constexpr bool printable(char c) noexcept {
    return c >= ' ' && c <= '~';
}

}  // namespace warmspare::wire
