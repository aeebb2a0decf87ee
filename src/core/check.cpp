// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "core/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace warmspare::core {

// The one place in the core that prints anything, so that the purity check need excuse no other object.
void fail_requirement(const char* rule, std::source_location where) {
    std::fprintf(stderr, "%s:%u: broken: %s\n", where.file_name(), static_cast<unsigned>(where.line()), rule);
    std::abort();
}

}  // namespace warmspare::core
