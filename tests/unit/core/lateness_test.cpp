// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "core/lateness.hpp"

#include <gtest/gtest.h>

namespace warmspare::core {
namespace {

using namespace std::chrono_literals;

TEST(Lateness, IsTheWorstOfTheLastMinuteOrTwo) {
    Lateness lateness;
    EXPECT_EQ(lateness.worst(), 0ms);
    const Time start{1h};
    lateness.note(3ms, start);
    lateness.note(1ms, start + 1s);
    EXPECT_EQ(lateness.worst(), 3ms);
    lateness.note(2ms, start + 61s);
    EXPECT_EQ(lateness.worst(), 3ms);
    lateness.note(1ms, start + 122s);
    EXPECT_EQ(lateness.worst(), 2ms);
}

TEST(Lateness, OfLongAgoIsForgottenAtTheNextNote) {
    Lateness lateness;
    lateness.note(3s, Time{1h});
    lateness.note(1ms, Time{2h});
    EXPECT_EQ(lateness.worst(), 1ms);
}

}  // namespace
}  // namespace warmspare::core
