// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "core/round_trip.hpp"

#include <gtest/gtest.h>

namespace warmspare::core {
namespace {

using namespace std::chrono_literals;

TEST(RoundTrip, expects_nothing_before_the_first_sample) {
    const RoundTrip estimate;
    EXPECT_FALSE(estimate.smoothed());
    EXPECT_EQ(estimate.expected(), 0ns);
}

// RFC 6298, 2.2: SRTT = R, RTTVAR = R / 2.
TEST(RoundTrip, takes_the_first_sample_and_half_of_it_as_deviation) {
    RoundTrip estimate;
    estimate.add(80ms);
    EXPECT_EQ(estimate.smoothed(), 80ms);
    EXPECT_EQ(estimate.expected(), 240ms);
}

// RFC 6298, 2.3: RTTVAR = 3/4 * 40 + 1/4 * |80 - 160|, then SRTT = 7/8 * 80 + 1/8 * 160.
TEST(RoundTrip, moves_an_eighth_of_the_way_and_its_deviation_a_quarter) {
    RoundTrip estimate;
    estimate.add(80ms);
    estimate.add(160ms);
    EXPECT_EQ(estimate.smoothed(), 90ms);
    EXPECT_EQ(estimate.expected(), 90ms + 4 * 50ms);
    estimate.add(10ms);
    EXPECT_EQ(estimate.smoothed(), 80ms);
    EXPECT_EQ(estimate.expected(), 80ms + 4 * 57500us);
}

TEST(RoundTrip, comes_to_expect_what_is_always_the_same) {
    RoundTrip estimate;
    estimate.add(500ms);
    for (int i = 0; i < 200; ++i) estimate.add(10ms);
    EXPECT_LT(estimate.expected(), 11ms);
    EXPECT_GE(estimate.expected(), 10ms);
}

TEST(RoundTrip, knows_what_is_usual_whatever_came_late_now_and_then) {
    RoundTrip estimate;
    EXPECT_EQ(estimate.usual(10ms), 0ms);
    for (int i = 0; i < 30; ++i) estimate.add(i % 3 == 0 ? 80ms : 5ms);
    EXPECT_EQ(estimate.usual(10ms), 15ms);
    for (int i = 0; i < 8; ++i) estimate.add(50ms);
    EXPECT_GE(estimate.usual(10ms), 60ms);
}

// A line whose round trips are anything from 10 to 30 ms is not late at 30.
TEST(RoundTrip, takes_what_varies_all_the_time_for_usual) {
    RoundTrip estimate;
    for (int i = 0; i < 100; ++i) estimate.add(10ms + i * 8 % 21 * 1ms);
    EXPECT_GE(estimate.usual(1ms), 28ms);
}

TEST(RoundTrip, takes_a_negative_sample_for_none_at_all) {
    RoundTrip estimate;
    estimate.add(-5ms);
    EXPECT_EQ(estimate.smoothed(), 0ms);
}

}  // namespace
}  // namespace warmspare::core
