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

constexpr core::Duration long_enough = std::chrono::seconds{10};
/// A thread that is late so often in this time has others in its way. Whoever is late once may be on a host
/// that was, which no scheduling helps against.
constexpr int too_often = 4;
constexpr core::Duration while_counted = std::chrono::seconds{1};

bool set_policy(int policy) noexcept {
    const bool realtime = policy != SCHED_OTHER;
    const sched_param lowest{.sched_priority = realtime ? ::sched_get_priority_min(policy) : 0};
    // A thread that looks a host name up is in no hurry.
    return ::sched_setscheduler(0, policy | SCHED_RESET_ON_FORK, &lowest) == 0;
}

/// The best that is allowed without a capability.
int allowed_nice() noexcept {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NICE, &limit) != 0) return 0;
    return static_cast<int>(nice_ceiling) - static_cast<int>(std::min(limit.rlim_cur, 2 * nice_ceiling));
}

void become_nice() noexcept {
    if (::setpriority(PRIO_PROCESS, 0, best_nice) == 0) return;
    const int allowed = allowed_nice();
    if (allowed < ::getpriority(PRIO_PROCESS, 0)) static_cast<void>(::setpriority(PRIO_PROCESS, 0, allowed));
}

std::string name_of_nice() {
    const int nice = ::getpriority(PRIO_PROCESS, 0);
    return nice < 0 ? fmt::format("nice {}", nice) : "normal";
}

}  // namespace

Scheduling::Scheduling(core::Duration tolerable) : tolerable_{tolerable} {
    become_nice();
    name_ = name_of_nice();
}

bool Scheduling::late_too_often(core::Time now) {
    if (now - counted_since_ >= while_counted) {
        counted_since_ = now;
        times_late_ = 0;
    }
    return ++times_late_ >= too_often;
}

bool Scheduling::note(core::Duration late, core::Time now) {
    if (late > tolerable_ && late_too_often(now)) until_ = now + long_enough;
    const bool wanted = now < until_;
    if (wanted == asked_) return false;
    asked_ = wanted;
    const auto before = name_;
    if (set_policy(wanted ? SCHED_RR : SCHED_OTHER)) name_ = wanted ? "realtime" : name_of_nice();
    return name_ != before;
}

}  // namespace warmspare::node
