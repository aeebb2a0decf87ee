// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <cstdio>
#include <cstdlib>
#include <source_location>

namespace warmspare::core {

/// Ends the program, in release builds too, when this program itself broke a rule of its own. Never for what
/// a peer sent or a user wrote: those are errors to be answered.
constexpr void require(bool holds, const char* rule,
                       std::source_location where = std::source_location::current()) {
    if (holds) [[likely]]
        return;
    std::fprintf(stderr, "%s:%u: broken: %s\n", where.file_name(), static_cast<unsigned>(where.line()), rule);
    std::abort();
}

}  // namespace warmspare::core
