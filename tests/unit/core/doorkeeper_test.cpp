// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "core/doorkeeper.hpp"

#include <gtest/gtest.h>

namespace warmspare::core {
namespace {

using namespace std::chrono_literals;

constexpr Time begin{1h};

std::string address(int number) {
    return "10.0.0." + std::to_string(number);
}

struct Door : testing::Test {
    Doorkeeper doorkeeper;
    std::uint64_t last = 0;

    bool knock(const std::string& from, Time now = begin) {
        return doorkeeper.admit(ConnectionId{++last}, from, now);
    }
};

TEST_F(Door, has_eight_places_an_address) {
    for (int i = 0; i < 8; ++i) EXPECT_TRUE(knock(address(1)));
    EXPECT_FALSE(knock(address(1)));
    EXPECT_TRUE(knock(address(2)));
}

TEST_F(Door, has_sixty_four_places_in_all) {
    for (int i = 0; i < 64; ++i) EXPECT_TRUE(knock(address(i / 8)));
    EXPECT_FALSE(knock(address(100)));
    doorkeeper.leave(ConnectionId{1});
    EXPECT_TRUE(knock(address(100)));
    EXPECT_FALSE(knock(address(101)));
}

TEST_F(Door, a_place_is_free_again_once_its_stranger_has_left) {
    for (int i = 0; i < 8; ++i) EXPECT_TRUE(knock(address(1)));
    doorkeeper.leave(ConnectionId{3});
    EXPECT_TRUE(knock(address(1)));
    EXPECT_FALSE(knock(address(1)));
}

TEST_F(Door, who_was_not_admitted_cannot_leave) {
    for (int i = 0; i < 9; ++i) static_cast<void>(knock(address(1)));
    doorkeeper.leave(ConnectionId{9});
    doorkeeper.leave(ConnectionId{77});
    EXPECT_FALSE(knock(address(1)));
}

TEST_F(Door, a_stranger_has_two_seconds) {
    EXPECT_EQ(doorkeeper.next_deadline(), never);
    EXPECT_TRUE(knock(address(1), begin));
    EXPECT_TRUE(knock(address(1), begin + 500ms));
    EXPECT_EQ(doorkeeper.next_deadline(), begin + 2s);
    EXPECT_TRUE(doorkeeper.overdue(begin + 1999ms).empty());
    EXPECT_EQ(doorkeeper.overdue(begin + 2s), (std::vector{ConnectionId{1}}));
    doorkeeper.leave(ConnectionId{1});
    EXPECT_EQ(doorkeeper.next_deadline(), begin + 2500ms);
    EXPECT_EQ(doorkeeper.overdue(begin + 1h), (std::vector{ConnectionId{2}}));
    doorkeeper.leave(ConnectionId{2});
    EXPECT_EQ(doorkeeper.next_deadline(), never);
}

TEST_F(Door, reports_ten_refusals_a_second_and_keeps_quiet_about_the_rest) {
    const auto reported = [&](Time now) {
        int count = 0;
        for (int i = 0; i < 100; ++i) count += doorkeeper.may_report(now) ? 1 : 0;
        return count;
    };
    EXPECT_EQ(reported(begin), 10);
    EXPECT_EQ(reported(begin + 999ms), 0);
    EXPECT_EQ(reported(begin + 1s), 10);
}

}  // namespace
}  // namespace warmspare::core
