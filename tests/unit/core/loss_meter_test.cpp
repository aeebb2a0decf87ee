// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "core/loss_meter.hpp"

#include <gtest/gtest.h>

namespace warmspare::core {
namespace {

using namespace std::chrono_literals;

/// A connection that is looked at every 5 ms.
class Measured {
  public:
    /// Sends so many segments a look, of which so many in a hundred are lost.
    void send(Duration time, std::uint64_t segments, std::uint64_t percent) {
        for (const auto end = now_ + time; now_ < end; now_ += 5ms) {
            evidence_.segments += segments;
            hundredths_ += segments * percent;
            evidence_.segments_lost = hundredths_ / 100;
            meter.observe(evidence_, now_);
        }
    }
    void reconnect() {
        meter.restart();
        evidence_ = {};
        hundredths_ = 0;
    }

    LossMeter meter;

  private:
    Time now_{1h};
    Evidence evidence_;
    std::uint64_t hundredths_ = 0;
};

TEST(LossMeter, S13_a_third_lost_is_found_within_two_seconds) {
    Measured link;
    link.send(1s, 10, 30);
    EXPECT_FALSE(link.meter.lossy());
    link.send(500ms, 10, 30);
    EXPECT_TRUE(link.meter.lossy());
    EXPECT_EQ(link.meter.percent(), 30U);
}

TEST(LossMeter, S13_a_little_traffic_is_enough) {
    Measured link;
    link.send(2s, 1, 30);
    EXPECT_TRUE(link.meter.lossy());
}

// A kernel that has sent something again in vain waits longer each time, and sends little else meanwhile.
TEST(LossMeter, S13_a_line_on_which_little_moves_is_measured_over_a_longer_time) {
    Measured link;
    for (int i = 0; i < 100; ++i) {
        link.send(45ms, 0, 0);
        link.send(5ms, 1, 30);
    }
    EXPECT_TRUE(link.meter.lossy());
}

TEST(LossMeter, S13_a_line_on_which_little_moves_is_found_within_two_seconds_too) {
    Measured link;
    for (int i = 0; i < 20; ++i) {
        link.send(95ms, 0, 0);
        link.send(5ms, 1, 30);
    }
    EXPECT_TRUE(link.meter.lossy());
}

TEST(LossMeter, S13_two_bursts_long_after_each_other_are_no_lossy_line) {
    Measured link;
    for (int i = 0; i < 2; ++i) {
        link.send(250ms, 10, 50);
        link.send(10s, 0, 0);
    }
    EXPECT_FALSE(link.meter.lossy());
}

TEST(LossMeter, S13_of_few_segments_one_may_be_lost_by_chance) {
    Measured link;
    for (int i = 0; i < 3; ++i) {
        for (int segment = 0; segment < 10; ++segment) {
            link.send(95ms, 0, 0);
            link.send(5ms, 1, segment == 4 ? 100 : 0);
        }
        EXPECT_FALSE(link.meter.lossy());
    }
}

TEST(LossMeter, S13_one_in_a_hundred_is_what_lines_do) {
    Measured link;
    link.send(1min, 10, 1);
    EXPECT_FALSE(link.meter.lossy());
}

// As when a sender that has just begun finds out how long the queue is.
TEST(LossMeter, S13_a_burst_of_losses_is_no_lossy_line) {
    Measured link;
    for (int i = 0; i < 20; ++i) {
        link.send(500ms, 100, 50);
        link.send(500ms, 100, 0);
    }
    EXPECT_FALSE(link.meter.lossy());
}

TEST(LossMeter, S13_of_a_quiet_line_nothing_is_known) {
    Measured link;
    link.send(2s, 0, 0);
    EXPECT_FALSE(link.meter.lossy());
    link.send(1500ms, 10, 30);
    EXPECT_TRUE(link.meter.lossy());
    link.send(10s, 0, 0);
    EXPECT_TRUE(link.meter.lossy());
}

TEST(LossMeter, a_new_connection_begins_anew) {
    Measured link;
    link.send(2s, 10, 30);
    link.reconnect();
    EXPECT_FALSE(link.meter.lossy());
    link.send(1s, 10, 0);
    EXPECT_FALSE(link.meter.lossy());
}

}  // namespace
}  // namespace warmspare::core
