// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <chrono>
#include <string>

namespace warmspare::node {

/// "2026-01-31T12:34:56.123456Z": UTC, microseconds, rounded down. For years 0 to 9999.
[[nodiscard]] std::string rfc3339(std::chrono::system_clock::time_point time);

}  // namespace warmspare::node
