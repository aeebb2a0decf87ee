// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// How memory is shared, so that an application is slowed down and never cut (S14).

#include "core/memory_budget.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <utility>
#include <vector>

namespace warmspare::core {
namespace {

constexpr std::uint64_t unlimited = std::uint64_t{1} << 40;

TEST(MemoryBudget, divides_its_limit_equally) {
    MemoryBudget budget{1000, 3};
    for (std::uint32_t i = 0; i < 3; ++i) EXPECT_EQ(budget.peer(PeerIndex{i}).limit(), 333U);
    EXPECT_TRUE(budget.peer(PeerIndex{0}).reserve_certain(300));
    EXPECT_TRUE(budget.peer(PeerIndex{2}).reserve_certain(33));
    EXPECT_EQ(budget.used(), 333U);
    EXPECT_EQ(budget.peer(PeerIndex{1}).used(), 0U);
}

TEST(PeerBudget, gives_certain_memory_to_the_last_byte) {
    PeerBudget budget{100};
    EXPECT_TRUE(budget.reserve_certain(60));
    EXPECT_FALSE(budget.reserve_certain(41));
    EXPECT_TRUE(budget.reserve_certain(40));
    EXPECT_FALSE(budget.reserve_certain(1));
    EXPECT_EQ(budget.used(), 100U);
    budget.release_certain(100);
    EXPECT_EQ(budget.used(), 0U);
}

TEST(PeerBudget, refuses_amounts_that_would_overflow) {
    PeerBudget budget{100};
    EXPECT_FALSE(budget.reserve_certain(UINT64_MAX));
    EXPECT_FALSE(budget.grow(10, UINT64_MAX));
    EXPECT_FALSE(budget.grow(UINT64_MAX, 10));
    EXPECT_EQ(budget.used(), 0U);
}

TEST(PeerBudgetDeathTest, takes_back_no_more_than_it_gave) {
    PeerBudget budget{100};
    ASSERT_TRUE(budget.reserve_certain(10));
    EXPECT_DEATH(budget.release_certain(11), "no more memory");
    EXPECT_DEATH(budget.release_grown(1), "no more memory");
}

/// Lets every allowance grow by `step` in turn until none can.
void grow_all(std::vector<Allowance>& allowances, std::uint64_t step) {
    for (bool grown = true; grown;) {
        grown = false;
        for (auto& allowance : allowances) grown |= allowance.grow_by(step, unlimited);
    }
}

std::vector<Allowance> reserve(PeerBudget& budget, std::size_t count, std::uint64_t certain) {
    std::vector<Allowance> allowances;
    for (std::size_t i = 0; i < count; ++i) {
        auto allowance = Allowance::reserve(budget, certain);
        EXPECT_TRUE(allowance);
        allowances.push_back(std::move(*allowance));
    }
    return allowances;
}

TEST(Allowance, one_alone_gets_half_of_what_is_there_to_be_granted) {
    PeerBudget budget{1000};
    auto allowances = reserve(budget, 1, 10);
    grow_all(allowances, 1);
    EXPECT_EQ(allowances[0].grown(), 250U);
}

TEST(Allowance, busy_ones_get_equal_parts_and_leave_one_free) {
    PeerBudget budget{1000};
    auto allowances = reserve(budget, 4, 10);
    grow_all(allowances, 1);
    for (const auto& allowance : allowances) EXPECT_NEAR(static_cast<double>(allowance.grown()), 100, 1);
    EXPECT_TRUE(budget.reserve_certain(500));
}

// However fast they come: nothing has to be given back first.
TEST(Allowance, busy_ones_leave_half_for_those_that_come_next) {
    PeerBudget budget{1000};
    auto allowances = reserve(budget, 20, 10);
    grow_all(allowances, 1);
    EXPECT_EQ(reserve(budget, 30, 10).size(), 30U);
}

TEST(Allowance, parts_even_out_when_excess_is_given_back) {
    PeerBudget budget{1000};
    auto allowances = reserve(budget, 2, 10);
    while (allowances[0].grow_by(1, unlimited)) {
    }
    EXPECT_EQ(allowances[0].grown(), 250U);
    for (int round = 0; round < 100; ++round) {
        grow_all(allowances, 1);
        for (auto& allowance : allowances) allowance.shrink_to(allowance.held() - allowance.excess());
    }
    EXPECT_EQ(allowances[0].excess(), 0U);
    for (const auto& allowance : allowances) EXPECT_NEAR(static_cast<double>(allowance.grown()), 167, 2);
}

TEST(Allowance, grows_up_to_its_own_limit) {
    PeerBudget budget{1000};
    auto allowance = Allowance::reserve(budget, 10);
    ASSERT_TRUE(allowance);
    EXPECT_FALSE(allowance->grow_by(11, 20));
    EXPECT_TRUE(allowance->grow_by(10, 20));
    EXPECT_FALSE(allowance->grow_by(1, 20));
    EXPECT_FALSE(allowance->grow_by(1, 5));
    EXPECT_EQ(budget.used(), 20U);
}

TEST(Allowance, never_gives_back_its_certain_part) {
    PeerBudget budget{100};
    auto first = Allowance::reserve(budget, 50);
    auto second = Allowance::reserve(budget, 50);
    ASSERT_TRUE(first && second);
    EXPECT_FALSE(Allowance::reserve(budget, 1));
    EXPECT_EQ(first->excess(), 0U);
    first->shrink_to(0);
    EXPECT_EQ(first->held(), 50U);
    first.reset();
    EXPECT_EQ(budget.used(), 50U);
}

TEST(Allowance, moves_with_what_it_holds) {
    PeerBudget budget{100};
    auto first = Allowance::reserve(budget, 10);
    ASSERT_TRUE(first);
    Allowance second = std::move(*first);
    first.reset();
    EXPECT_EQ(budget.used(), 10U);
    second = Allowance{};
    EXPECT_EQ(budget.used(), 0U);
    EXPECT_FALSE(second.grow_by(1, unlimited));
}

RC_GTEST_PROP(MemoryBudgetProperty, never_over_its_limit_and_all_is_returned, ()) {
    const auto limit = *rc::gen::inRange<std::uint64_t>(0, 5000);
    PeerBudget budget{limit};
    std::vector<Allowance> allowances;
    const auto steps = *rc::gen::inRange(0, 200);
    for (int step = 0; step < steps; ++step) {
        const auto bytes = *rc::gen::inRange<std::uint64_t>(0, 300);
        const auto choice = *rc::gen::inRange(0, 4);
        if (choice == 0 || allowances.empty()) {
            const bool fits = bytes <= limit - budget.used();
            auto allowance = Allowance::reserve(budget, bytes);
            RC_ASSERT(allowance.has_value() == fits);
            if (allowance) allowances.push_back(std::move(*allowance));
        } else {
            const auto which = *rc::gen::inRange<std::size_t>(0, allowances.size());
            auto& chosen = allowances[which];
            const bool grown = choice == 1 && chosen.grow_by(bytes, 1000);
            RC_ASSERT(!grown || (chosen.held() <= 1000 && chosen.grown() <= budget.threshold()));
            if (choice == 2) chosen.shrink_to(bytes);
            if (choice == 3) allowances.erase(allowances.begin() + static_cast<std::ptrdiff_t>(which));
        }
        std::uint64_t sum = 0;
        for (const auto& allowance : allowances) sum += allowance.held();
        RC_ASSERT(budget.used() == sum);
        RC_ASSERT(sum <= limit);
    }
    allowances.clear();
    RC_ASSERT(budget.used() == 0U);
}

}  // namespace
}  // namespace warmspare::core
