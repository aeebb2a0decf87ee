// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "core/block_pool.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace warmspare::core {
namespace {

TEST(BlockPool, hands_out_first_what_was_given_back_last) {
    BlockPool pool;
    auto a = pool.take();
    auto b = pool.take();
    const auto* bytes_of_a = a.bytes().data();
    const auto* bytes_of_b = b.bytes().data();
    a = {};
    b = {};
    auto first = pool.take();
    auto second = pool.take();
    EXPECT_EQ(first.bytes().data(), bytes_of_b);
    EXPECT_EQ(second.bytes().data(), bytes_of_a);
}

TEST(BlockPool, keeps_no_more_free_blocks_than_it_may) {
    BlockPool pool{2};
    std::vector<BlockRef> blocks;
    for (int i = 0; i < 5; ++i) blocks.push_back(pool.take());
    EXPECT_EQ(pool.in_use(), 5U);
    EXPECT_EQ(pool.free(), 0U);
    blocks.clear();
    EXPECT_EQ(pool.in_use(), 0U);
    EXPECT_EQ(pool.free(), 2U);
    const auto again = pool.take();
    EXPECT_EQ(pool.free(), 1U);
}

TEST(BlockPool, block_returns_with_its_last_share) {
    BlockPool pool;
    auto block = pool.take();
    EXPECT_TRUE(block.unique());
    auto copy = block;
    EXPECT_FALSE(block.unique());
    EXPECT_EQ(copy.bytes().data(), block.bytes().data());
    block = {};
    EXPECT_FALSE(block);
    EXPECT_EQ(pool.in_use(), 1U);
    EXPECT_TRUE(copy.unique());
    auto moved = std::move(copy);
    EXPECT_TRUE(moved.unique());
    moved = {};
    EXPECT_EQ(pool.in_use(), 0U);
}

TEST(BlockPool, assigning_a_share_to_itself_keeps_it) {
    BlockPool pool;
    auto block = pool.take();
    const auto& same = block;
    block = same;
    EXPECT_TRUE(block.unique());
    EXPECT_EQ(pool.in_use(), 1U);
}

TEST(BlockPoolDeathTest, may_not_end_before_its_shares) {
    const auto outlive = [] {
        BlockRef block;
        BlockPool pool;
        block = pool.take();
    };
    EXPECT_DEATH(outlive(), "a pool outlives");
}

}  // namespace
}  // namespace warmspare::core
