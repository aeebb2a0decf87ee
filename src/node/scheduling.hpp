// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <string>

namespace warmspare::node {

/// Asks the system to run this thread before what can wait, because a watchdog of 10 ms says little if it is
/// looked at 20 ms late: SCHED_RR at its lowest priority, else the best nice value that is allowed. Threads
/// that are made later are not concerned. Returns what it runs with now: "realtime", "nice -11", "normal".
///
/// Nice alone is a weak second: where the kernel groups tasks by session (sched_autogroup) or by cgroup, it
/// counts within the group only.
[[nodiscard]] std::string ask_for_priority() noexcept;

}  // namespace warmspare::node
