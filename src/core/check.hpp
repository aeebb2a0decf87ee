// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <source_location>

namespace warmspare::core {

/// Says on standard error which rule was broken where, and aborts.
[[noreturn]] void fail_requirement(const char* rule, std::source_location where);

/// Ends the program, in release builds too, when this program itself broke a rule of its own. Never for what
/// a peer sent or a user wrote: those are errors to be answered.
constexpr void require(bool holds, const char* rule,
                       std::source_location where = std::source_location::current()) {
    if (!holds) [[unlikely]]
        fail_requirement(rule, where);
}

}  // namespace warmspare::core
