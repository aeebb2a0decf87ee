// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "core/dial_places.hpp"

#include <gtest/gtest.h>

namespace warmspare::core {
namespace {

/// Links 0 to 9 on one circuit, 10 on another.
std::vector<LinkConfig> links() {
    std::vector<LinkConfig> result(11);
    for (auto& link : result) link.circuit = "fiber";
    result[10].circuit = "lte";
    return result;
}

TEST(DialPlaces, AreGivenOnInTheOrderOfAsking) {
    DialPlaces places{links()};
    for (const std::uint32_t i : {0U, 1U, 2U, 3U}) EXPECT_TRUE(places.take({i}));
    for (const std::uint32_t i : {7U, 5U, 6U}) EXPECT_FALSE(places.take({i}));
    EXPECT_EQ(places.leave({2}), LinkIndex{7});
    EXPECT_TRUE(places.take({7}));
    EXPECT_FALSE(places.take({2}));
    EXPECT_EQ(places.leave({7}), LinkIndex{5});
    EXPECT_EQ(places.leave({0}), LinkIndex{6});
    EXPECT_EQ(places.leave({1}), LinkIndex{2});
    EXPECT_EQ(places.leave({3}), std::nullopt);
}

TEST(DialPlaces, ACircuitThatDoesNotAnswerHoldsUpNoOther) {
    DialPlaces places{links()};
    for (const std::uint32_t i : {0U, 1U, 2U, 3U}) EXPECT_TRUE(places.take({i}));
    EXPECT_FALSE(places.take({4}));
    EXPECT_TRUE(places.take({10}));
    EXPECT_EQ(places.leave({10}), std::nullopt);
}

}  // namespace
}  // namespace warmspare::core
