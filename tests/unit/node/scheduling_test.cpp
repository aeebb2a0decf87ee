// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "node/scheduling.hpp"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/resource.h>

#include <functional>
#include <thread>

namespace warmspare::node {
namespace {

using namespace std::chrono_literals;

constexpr core::Time begin{1h};

/// In a thread of its own, so that no other test runs with it.
void in_a_thread(const std::function<void()>& work) {
    std::thread(work).join();
    EXPECT_EQ(::sched_getscheduler(0), SCHED_OTHER);
}

/// What this thread runs with, asked of the system.
std::string given() {
    if ((::sched_getscheduler(0) & ~SCHED_RESET_ON_FORK) == SCHED_RR) return "realtime";
    const int nice = ::getpriority(PRIO_PROCESS, 0);
    return nice < 0 ? "nice " + std::to_string(nice) : "normal";
}

TEST(SchedulingTest, SaysWhatTheSystemGaveToThisThread) {
    in_a_thread([] {
        Scheduling scheduling{2ms};
        EXPECT_NE(scheduling.name(), "realtime");
        EXPECT_EQ(scheduling.name(), given());
    });
}

TEST(SchedulingTest, AsksForRealTimeWhenTheThreadWasWokenLate) {
    in_a_thread([] {
        Scheduling scheduling{2ms};
        const auto usual = scheduling.name();
        EXPECT_FALSE(scheduling.note(2ms, begin));
        EXPECT_EQ(scheduling.name(), usual);
        const bool changed = scheduling.note(3ms, begin);
        EXPECT_EQ(changed, scheduling.name() == "realtime");
        EXPECT_EQ(scheduling.name(), given());
        EXPECT_FALSE(scheduling.note(3ms, begin));
    });
}

TEST(SchedulingTest, IsContentWithLessAfterTenSecondsInTime) {
    in_a_thread([] {
        Scheduling scheduling{2ms};
        const auto usual = scheduling.name();
        const bool allowed = scheduling.note(3ms, begin);
        EXPECT_FALSE(scheduling.note(3ms, begin + 5s));
        EXPECT_FALSE(scheduling.note(0ms, begin + 14s));
        EXPECT_EQ(scheduling.note(0ms, begin + 15s), allowed);
        EXPECT_EQ(scheduling.name(), usual);
        EXPECT_EQ(scheduling.name(), given());
    });
}

}  // namespace
}  // namespace warmspare::node
