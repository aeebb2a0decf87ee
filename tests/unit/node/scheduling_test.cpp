// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "node/scheduling.hpp"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/resource.h>

#include <thread>

namespace warmspare::node {
namespace {

/// In a thread of its own, so that no other test runs with it.
TEST(Scheduling, SaysWhatTheSystemGaveToThisThread) {
    std::string said;
    int policy = 0;
    int nice = 0;
    std::thread([&] {
        said = ask_for_priority();
        policy = ::sched_getscheduler(0) & ~SCHED_RESET_ON_FORK;
        nice = ::getpriority(PRIO_PROCESS, 0);
    }).join();
    const bool realtime = policy == SCHED_RR;
    EXPECT_EQ(said, realtime ? "realtime" : nice < 0 ? "nice " + std::to_string(nice) : "normal");
    EXPECT_EQ(::sched_getscheduler(0), SCHED_OTHER);
}

}  // namespace
}  // namespace warmspare::node
