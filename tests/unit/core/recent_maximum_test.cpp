// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "core/recent_maximum.hpp"

#include <gtest/gtest.h>

namespace warmspare::core {
namespace {

using namespace std::chrono_literals;

constexpr Time begin{1h};

TEST(RecentMaximum, IsTheLargestAndZeroIfThereWasNone) {
    RecentMaximum recent{500ms};
    EXPECT_EQ(recent.value(begin), 0ms);
    recent.add(3ms, begin);
    recent.add(7ms, begin + 10ms);
    recent.add(5ms, begin + 20ms);
    EXPECT_EQ(recent.value(begin + 20ms), 7ms);
}

TEST(RecentMaximum, RemembersAValueForASpanAndForgetsItAfterTwo) {
    RecentMaximum recent{500ms};
    recent.add(1ms, begin);
    recent.add(7ms, begin + 499ms);
    for (auto time = 499ms; time < 999ms; time += 100ms) {
        recent.add(1ms, begin + time);
        EXPECT_EQ(recent.value(begin + time), 7ms) << time.count();
    }
    recent.add(1ms, begin + 1000ms);
    EXPECT_EQ(recent.value(begin + 1500ms), 1ms);
}

TEST(RecentMaximum, ForgetsWhileNothingIsAdded) {
    RecentMaximum recent{500ms};
    recent.add(7ms, begin);
    EXPECT_EQ(recent.value(begin + 999ms), 7ms);
    EXPECT_EQ(recent.value(begin + 1s), 0ms);
    recent.add(2ms, begin + 10s);
    EXPECT_EQ(recent.value(begin + 10s), 2ms);
}

}  // namespace
}  // namespace warmspare::core
