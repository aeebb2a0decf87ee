// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// How soon this thread is run when it is woken. A watchdog of 10 ms says little if it is looked at 20 ms
// late; but real-time scheduling has a price where nobody is in the way: Linux moves a real-time thread to an
// idle processor each time, while an ordinary one is woken where its data is. A message of 64 bytes through
// two nodes took two to three times as long for it. So it is asked for when it was missed.

#pragma once

#include <string>

#include "core/time.hpp"

namespace warmspare::node {

/// The scheduling of the thread that makes it; threads that are made later are not concerned. Begins with the
/// best nice value that is allowed, and takes SCHED_RR at its lowest priority for ten seconds whenever the
/// thread was woken late several times in a second, if that is allowed. Nice alone is a weak second: where
/// the kernel groups tasks by session (sched_autogroup) or by cgroup, it counts within the group only.
class Scheduling {
  public:
    /// `tolerable`: how late the thread may be woken before that is too late.
    explicit Scheduling(core::Duration tolerable);

    /// The thread was woken at `now`, so late. True if what it runs with has changed.
    bool note(core::Duration late, core::Time now);
    /// "realtime", "nice -11", "normal".
    [[nodiscard]] const std::string& name() const noexcept { return name_; }

  private:
    [[nodiscard]] bool late_too_often(core::Time now);

    core::Duration tolerable_;
    /// How often it was late, and since when that is counted.
    int times_late_ = 0;
    core::Time counted_since_{};
    /// Until then real time is wanted, and whether it was asked for.
    core::Time until_{};
    bool asked_ = false;
    std::string name_;
};

}  // namespace warmspare::node
