// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "core/wait_to_restore.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace warmspare::core {
namespace {

using namespace std::chrono_literals;

constexpr Time begin{1h};

/// A link that is fit from the beginning, with a configured wait of 5 s.
struct Waited : testing::Test {
    WaitToRestore wait{5s};

    void SetUp() override { wait.observe(begin, begin); }
    /// It fails and is repaired a second later. Returns how many seconds it then waits.
    double fail_at(Duration time) {
        wait.observe(never, begin + time);
        EXPECT_EQ(wait.due(), never);
        const auto repaired = begin + time + 1s;
        wait.observe(repaired, repaired);
        return std::chrono::duration<double>{wait.due() - repaired}.count();
    }
};

TEST_F(Waited, S14_a_link_that_fails_once_waits_as_configured) {
    EXPECT_EQ(fail_at(10s), 5);
}

TEST_F(Waited, S14_each_failure_soon_after_another_doubles_the_wait_up_to_sixteen_times) {
    std::vector<double> seconds;
    for (int i = 0; i < 8; ++i) seconds.push_back(fail_at(i * 2s));
    EXPECT_NEAR(seconds[1], 10, 1);
    EXPECT_NEAR(seconds[2], 20, 3);
    EXPECT_NEAR(seconds[7], 80, 5);
    for (const auto each : seconds) EXPECT_LE(each, 80);
}

TEST_F(Waited, S14_the_penalty_fades_by_half_in_twelve_waits) {
    fail_at(0s);
    fail_at(1s);
    fail_at(2s);
    // Then it was 3, and the link came back a second later: a minute after that it is half of it, and this
    // failure adds one.
    EXPECT_NEAR(fail_at(63s), 5 * std::exp2(1.5), 0.01);
    EXPECT_NEAR(fail_at(1h), 5, 0.001);
}

// RFC 2439, 4.2: a route that is unreachable does not become any steadier by it.
TEST_F(Waited, S14_the_penalty_does_not_fade_while_the_link_is_down) {
    fail_at(0s);
    fail_at(1s);
    wait.observe(never, begin + 2s);
    wait.observe(begin + 10min, begin + 10min);
    EXPECT_GT(wait.due(), begin + 10min + 19s);
}

TEST_F(Waited, S14_a_failure_between_two_looks_counts) {
    wait.observe(never, begin + 1s);
    wait.observe(begin + 2s, begin + 2s);
    wait.observe(begin + 3s, begin + 3s);
    EXPECT_GT(wait.due(), begin + 3s + 9s);
}

TEST_F(Waited, S14_looking_twice_counts_once) {
    wait.observe(never, begin + 1s);
    wait.observe(never, begin + 2s);
    wait.observe(begin + 3s, begin + 3s);
    wait.observe(begin + 3s, begin + 4s);
    EXPECT_EQ(wait.due(), begin + 3s + 5s);
}

TEST(WaitToRestore, without_a_wait_there_is_nothing_to_stretch) {
    WaitToRestore wait{0s};
    for (int i = 0; i < 5; ++i) {
        wait.observe(begin + i * 2s, begin + i * 2s);
        EXPECT_EQ(wait.due(), begin + i * 2s);
        wait.observe(never, begin + i * 2s + 1s);
    }
}

TEST(WaitToRestore, a_wait_beyond_all_time_never_ends) {
    WaitToRestore wait{Duration::max() / 20};
    for (int i = 0; i < 10; ++i) {
        wait.observe(begin + i * 2s, begin + i * 2s);
        wait.observe(never, begin + i * 2s + 1s);
    }
    wait.observe(begin + 30s, begin + 30s);
    EXPECT_GT(wait.due(), begin + 1h);
}

}  // namespace
}  // namespace warmspare::core
