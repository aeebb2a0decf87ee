// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "node/memory_limit.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace warmspare::node {
namespace {

constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20;

class MemoryLimit : public testing::Test {
  protected:
    void SetUp() override { ASSERT_EQ(::getrlimit(RLIMIT_DATA, &before_), 0); }
    void TearDown() override { EXPECT_EQ(::setrlimit(RLIMIT_DATA, &before_), 0); }

    /// Only the soft limit, so that it can be taken back.
    void limit_data(std::uint64_t bytes) {
        const rlimit limit{.rlim_cur = bytes, .rlim_max = before_.rlim_max};
        ASSERT_EQ(::setrlimit(RLIMIT_DATA, &limit), 0);
    }

  private:
    rlimit before_{};
};

TEST_F(MemoryLimit, WhatIsLeftIsTheLimitWithoutWhatIsUsed) {
    // Far above what sanitizers reserve.
    const std::uint64_t limit = std::uint64_t{1} << 50;
    limit_data(limit);
    const auto left = memory_left();
    ASSERT_TRUE(left);
    EXPECT_LT(*left, limit);
    EXPECT_GT(*left, limit / 2);
}

TEST(MemoryForStreams, IsHalfOfWhatTheRestDoesNotNeedInWholeBlocks) {
    EXPECT_EQ(memory_for_streams(0), 0U);
    EXPECT_EQ(memory_for_streams(16 * mebibyte), 0U);
    EXPECT_EQ(memory_for_streams(16 * mebibyte + 2 * 65536), 65536U);
    EXPECT_EQ(memory_for_streams(16 * mebibyte + 4 * 65536 - 1), 65536U);
    EXPECT_EQ(memory_for_streams(116 * mebibyte), 50 * mebibyte);
}

}  // namespace
}  // namespace warmspare::node
