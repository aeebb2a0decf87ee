// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Names, and how text of the file is shown in messages.

#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace warmspare::node {

/// What valid_name() asks for, as a person should read it.
inline constexpr std::string_view name_rule = "1 to 63 of A-Z a-z 0-9 . _ -";

/// Whether this can be the name of a node, peer, circuit, link or process.
[[nodiscard]] bool valid_name(std::string_view name) noexcept;

/// In quotation marks, with control characters escaped and the middle of long text left out, so that a
/// message stays one readable line whatever the file contains.
[[nodiscard]] std::string in_quotes(std::string_view text);

/// With control characters escaped, for text that others have put together.
[[nodiscard]] std::string one_line(std::string_view text);

/// The candidate that differs in so few letters that it was probably meant.
[[nodiscard]] std::optional<std::string_view> nearest(std::string_view text,
                                                      std::span<const std::string_view> candidates);

}  // namespace warmspare::node
