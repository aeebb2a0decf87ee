// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "core/dialer.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace warmspare::core {
namespace {

using namespace std::chrono_literals;
using enum Dialer::Action;

constexpr Time begin{1h};

struct Dialling : testing::Test {
    Dialer dialer{1s};

    void SetUp() override { dialer.start(begin); }

    /// What it wants next, as "after so long, this".
    std::pair<Duration, Dialer::Action> next() {
        const auto at = dialer.next_deadline();
        EXPECT_EQ(dialer.wanted(at - 1ns), none);
        const auto wanted = dialer.wanted(at);
        if (wanted == dial) dialer.handle_dialled(at);
        return {at - begin, wanted};
    }
};

using Step = std::pair<Duration, Dialer::Action>;

TEST_F(Dialling, begins_at_once_and_rests_while_the_link_is_up) {
    EXPECT_EQ(next(), Step(0s, dial));
    dialer.handle_up();
    EXPECT_EQ(dialer.next_deadline(), never);
    EXPECT_EQ(dialer.wanted(begin + 1h), none);
}

TEST_F(Dialling, a_link_that_is_lost_after_an_interval_is_dialled_at_once) {
    EXPECT_EQ(next(), Step(0s, dial));
    dialer.handle_up();
    dialer.handle_down(begin + 30s);
    EXPECT_EQ(next(), Step(30s, dial));
}

TEST_F(Dialling, never_dials_sooner_than_an_interval_after_the_last_time) {
    EXPECT_EQ(next(), Step(0s, dial));
    dialer.handle_up();
    dialer.handle_down(begin + 10ms);
    EXPECT_EQ(next(), Step(1s, dial));
    dialer.handle_down(begin + 1010ms);
    EXPECT_EQ(next(), Step(2s, dial));
}

// The kernel's own attempts would come later and later.
TEST_F(Dialling, gives_up_an_attempt_after_an_interval_and_goes_on_for_ever) {
    for (int i = 0; i < 1000; ++i) {
        EXPECT_EQ(next(), Step(i * 1s, dial));
        EXPECT_EQ(next(), Step((i + 1) * 1s, give_up));
        dialer.handle_down(begin + (i + 1) * 1s);
    }
}

TEST_F(Dialling, a_connection_that_was_made_has_another_interval_to_be_accepted) {
    EXPECT_EQ(next(), Step(0s, dial));
    dialer.handle_connected(begin + 700ms);
    EXPECT_EQ(next(), Step(1700ms, give_up));
}

TEST_F(Dialling, who_was_refused_for_a_former_connection_tries_again_soon) {
    EXPECT_EQ(next(), Step(0s, dial));
    dialer.handle_down(begin + 5ms);
    dialer.retry_soon(begin + 5ms);
    EXPECT_EQ(next(), Step(105ms, dial));
}

TEST_F(Dialling, soon_is_never_later_than_it_would_have_been) {
    EXPECT_EQ(next(), Step(0s, dial));
    dialer.handle_down(begin + 950ms);
    dialer.retry_soon(begin + 950ms);
    EXPECT_EQ(next(), Step(1s, dial));
}

TEST_F(Dialling, stops) {
    dialer.stop();
    EXPECT_EQ(dialer.next_deadline(), never);
    EXPECT_EQ(dialer.wanted(begin + 1h), none);
}

}  // namespace
}  // namespace warmspare::core
