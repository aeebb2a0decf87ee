// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// A process asks to communicate (S2, S3): its dedicated links and every spare are tested, and it gets the
// best one as soon as that is certain. Certain means that the row was answered after the request, and that no
// row ranked above it can still be. A test that was already in flight counts, and keeps its watchdog.

#pragma once

#include <vector>

#include "core/health_monitor.hpp"
#include "core/ids.hpp"
#include "core/link_table.hpp"

namespace warmspare::core {

/// The links that a request of this process tests.
[[nodiscard]] std::vector<LinkIndex> links_to_test(const LinkTable& table, ProcessIndex process);

/// What is certain of the request so far. `pending` asks again after a link changed, or at undecided_until().
[[nodiscard]] Selection decide_request(const LinkTable& table, const HealthMonitor& health,
                                       ProcessIndex process, Time requested_at, Time now);

/// When the other node's silence about its links ends the waiting for its view.
[[nodiscard]] Time undecided_until(const LinkTable& table, const HealthMonitor& health, Time now);

}  // namespace warmspare::core
