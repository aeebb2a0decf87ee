// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <string>
#include <string_view>

#include "core/event.hpp"

namespace warmspare::node {

/// An event as people read it, in one line without its end: what happened, to whom, from where to where,
/// why, and the numbers. Fields that do not apply are left out.
[[nodiscard]] std::string event_text(const core::Event& event);

/// The same after its time.
[[nodiscard]] std::string event_text(std::string_view time, const core::Event& event);

/// The same but for what happened, which the line says already. May be empty.
[[nodiscard]] std::string details_text(const core::Event& event);

/// Text that may carry bytes from elsewhere, safe for any terminal: whatever is not printable ASCII is
/// shown as \xHH.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace warmspare::node
