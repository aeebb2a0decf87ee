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

/// The thread is late four times. Whether that changed anything in the end.
bool late_in_a_row(Scheduling& scheduling, core::Time from, core::Duration apart) {
    for (int i = 0; i < 3; ++i) EXPECT_FALSE(scheduling.note(3ms, from + i * apart));
    return scheduling.note(3ms, from + 3 * apart);
}

TEST(SchedulingTest, AsksForRealTimeWhenTheThreadWasWokenLateSeveralTimesInASecond) {
    in_a_thread([] {
        Scheduling scheduling{2ms};
        const auto usual = scheduling.name();
        for (int i = 0; i < 4; ++i) EXPECT_FALSE(scheduling.note(2ms, begin));
        EXPECT_EQ(scheduling.name(), usual);
        const bool changed = late_in_a_row(scheduling, begin, 300ms);
        EXPECT_EQ(changed, scheduling.name() == "realtime");
        EXPECT_EQ(scheduling.name(), given());
        EXPECT_FALSE(scheduling.note(3ms, begin + 900ms));
    });
}

TEST(SchedulingTest, DoesNotMindWhatIsLateNowAndThen) {
    in_a_thread([] {
        Scheduling scheduling{2ms};
        EXPECT_FALSE(late_in_a_row(scheduling, begin, 500ms));
        EXPECT_NE(scheduling.name(), "realtime");
    });
}

TEST(SchedulingTest, IsContentWithLessAfterTenSecondsInTime) {
    in_a_thread([] {
        Scheduling scheduling{2ms};
        const auto usual = scheduling.name();
        const bool allowed = late_in_a_row(scheduling, begin, 0ms);
        EXPECT_FALSE(late_in_a_row(scheduling, begin + 5s, 0ms));
        EXPECT_FALSE(scheduling.note(0ms, begin + 14s));
        EXPECT_EQ(scheduling.note(0ms, begin + 15s), allowed);
        EXPECT_EQ(scheduling.name(), usual);
        EXPECT_EQ(scheduling.name(), given());
    });
}

}  // namespace
}  // namespace warmspare::node
