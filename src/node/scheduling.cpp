// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "node/scheduling.hpp"

#include <fmt/format.h>
#include <sched.h>
#include <sys/resource.h>

#include <algorithm>

namespace warmspare::node {

namespace {

constexpr int best_nice = -20;
/// RLIMIT_NICE counts from here downwards (getrlimit(2)).
constexpr rlim_t nice_ceiling = 20;

bool become_realtime() noexcept {
    // A thread that looks a host name up is in no hurry.
    const sched_param lowest{.sched_priority = ::sched_get_priority_min(SCHED_RR)};
    return ::sched_setscheduler(0, SCHED_RR | SCHED_RESET_ON_FORK, &lowest) == 0;
}

/// The best that is allowed without a capability.
int allowed_nice() noexcept {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NICE, &limit) != 0) return 0;
    return static_cast<int>(nice_ceiling) - static_cast<int>(std::min(limit.rlim_cur, 2 * nice_ceiling));
}

}  // namespace

std::string ask_for_priority() noexcept {
    if (become_realtime()) return "realtime";
    if (::setpriority(PRIO_PROCESS, 0, best_nice) != 0) {
        const int allowed = allowed_nice();
        if (allowed < ::getpriority(PRIO_PROCESS, 0))
            static_cast<void>(::setpriority(PRIO_PROCESS, 0, allowed));
    }
    const int nice = ::getpriority(PRIO_PROCESS, 0);
    return nice < 0 ? fmt::format("nice {}", nice) : "normal";
}

}  // namespace warmspare::node
