// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "core/start_timer.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace warmspare::core {
namespace {

using namespace std::chrono_literals;

constexpr Time begin{1h};

/// The times, from `begin`, at which the timer fires when it is asked exactly when it wants to be.
std::vector<Duration> firings(StartTimer& timer, std::size_t count) {
    std::vector<Duration> times;
    for (std::size_t i = 0; i < count && timer.next_deadline() != never; ++i) {
        const auto now = timer.next_deadline();
        EXPECT_FALSE(timer.handle_deadline(now - 1ns));
        EXPECT_TRUE(timer.handle_deadline(now));
        times.push_back(now - begin);
    }
    return times;
}

TEST(StartTimer, S4_fires_every_interval_while_anything_is_in_use) {
    StartTimer timer{{}, begin};
    timer.set_busy(true, begin);
    EXPECT_EQ(timer.period(), 1s);
    EXPECT_EQ(firings(timer, 3), (std::vector<Duration>{1s, 2s, 3s}));
}

TEST(StartTimer, S7_fires_every_idle_interval_while_nothing_is) {
    StartTimer timer{{}, begin};
    EXPECT_EQ(timer.period(), 10s);
    EXPECT_EQ(firings(timer, 3), (std::vector<Duration>{10s, 20s, 30s}));
}

TEST(StartTimer, S7_stops_while_nothing_is_in_use_if_the_idle_interval_is_off) {
    HealthConfig founding;
    founding.idle_interval.reset();
    StartTimer timer{founding, begin};
    EXPECT_EQ(timer.next_deadline(), never);
    timer.set_busy(true, begin + 100s);
    EXPECT_EQ(firings(timer, 1), (std::vector<Duration>{101s}));
    timer.set_busy(false, begin + 101s);
    EXPECT_EQ(timer.next_deadline(), never);
}

TEST(StartTimer, S4_a_first_use_does_not_wait_for_the_idle_interval_and_further_ones_change_nothing) {
    StartTimer timer{{}, begin};
    timer.set_busy(true, begin + 2s);
    timer.set_busy(true, begin + 2500ms);
    EXPECT_EQ(timer.next_deadline(), begin + 3s);
}

TEST(StartTimer, does_not_make_up_for_times_that_were_missed) {
    StartTimer timer{{}, begin};
    timer.set_busy(true, begin);
    EXPECT_TRUE(timer.handle_deadline(begin + 5500ms));
    EXPECT_EQ(timer.next_deadline(), begin + 6500ms);
}

}  // namespace
}  // namespace warmspare::core
