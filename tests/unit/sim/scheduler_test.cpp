// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "sim/scheduler.hpp"

#include <gtest/gtest.h>

#include <string>

namespace warmspare::sim {
namespace {

using namespace std::chrono_literals;

struct SimulatedTime : testing::Test {
    Scheduler scheduler;
    std::string done;

    void note_at(core::Duration when, char what) {
        scheduler.at(Scheduler::start + when, [this, what] { done += what; });
    }
};

TEST_F(SimulatedTime, does_things_in_the_order_of_their_times) {
    note_at(3ms, 'c');
    note_at(1ms, 'a');
    note_at(2ms, 'b');
    scheduler.run_until(Scheduler::start + 2ms);
    EXPECT_EQ(done, "ab");
    EXPECT_EQ(scheduler.elapsed(), 2ms);
    EXPECT_EQ(scheduler.next(), Scheduler::start + 3ms);
}

TEST_F(SimulatedTime, does_at_one_instant_first_what_was_scheduled_first) {
    scheduler.at(Scheduler::start + 1ms, [this] {
        done += 'a';
        note_at(1ms, 'd');
        note_at(0ms, 'e');
    });
    note_at(1ms, 'b');
    note_at(1ms, 'c');
    scheduler.run_until(Scheduler::start + 1ms);
    EXPECT_EQ(done, "abcde");
    EXPECT_EQ(scheduler.next(), core::never);
}

TEST_F(SimulatedTime, keeps_thousands_of_things_apart) {
    for (int i = 0; i < 5000; ++i) note_at(std::chrono::microseconds{(i * 7919) % 5000}, 'x');
    int steps = 0;
    auto before = scheduler.now();
    while (scheduler.step()) {
        EXPECT_GE(scheduler.now(), before);
        before = scheduler.now();
        ++steps;
    }
    EXPECT_EQ(steps, 5000);
    EXPECT_EQ(done.size(), 5000U);
}

}  // namespace
}  // namespace warmspare::sim
