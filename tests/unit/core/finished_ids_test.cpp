// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "core/finished_ids.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>
#include <vector>

namespace warmspare::core {
namespace {

TEST(FinishedIds, nothing_is_finished_at_first) {
    const FinishedIds ids{StreamId{1}};
    EXPECT_FALSE(ids.finished(StreamId{1}));
    EXPECT_FALSE(ids.finished(StreamId{UINT64_MAX}));
    EXPECT_EQ(ids.low_water_mark(), StreamId{1});
}

TEST(FinishedIds, mark_follows_ids_that_finish_in_order) {
    FinishedIds ids{StreamId{2}};
    for (std::uint64_t id = 2; id < 2000; id += 2) {
        ids.finish(StreamId{id});
        EXPECT_EQ(ids.low_water_mark(), StreamId{id + 2});
        EXPECT_EQ(ids.ranges(), 0U);
    }
}

TEST(FinishedIds, the_highest_says_nothing_about_those_below) {
    FinishedIds ids{StreamId{1}};
    ids.finish(StreamId{7});
    EXPECT_TRUE(ids.finished(StreamId{7}));
    EXPECT_FALSE(ids.finished(StreamId{5}));
    EXPECT_FALSE(ids.finished(StreamId{9}));
    EXPECT_EQ(ids.low_water_mark(), StreamId{1});
}

TEST(FinishedIds, one_long_lived_stream_costs_one_range) {
    FinishedIds ids{StreamId{1}};
    for (std::uint64_t id = 3; id < 20000; id += 2) ids.finish(StreamId{id});
    EXPECT_EQ(ids.ranges(), 1U);
    ids.finish(StreamId{1});
    EXPECT_EQ(ids.ranges(), 0U);
    EXPECT_EQ(ids.low_water_mark(), StreamId{20001});
}

TEST(FinishedIds, a_gap_that_closes_joins_its_neighbours) {
    FinishedIds ids{StreamId{1}};
    ids.finish(StreamId{3});
    ids.finish(StreamId{7});
    EXPECT_EQ(ids.ranges(), 2U);
    ids.finish(StreamId{5});
    EXPECT_EQ(ids.ranges(), 1U);
}

TEST(FinishedIds, ids_of_the_other_opener_are_never_finished) {
    FinishedIds ids{StreamId{2}};
    ids.finish(StreamId{2});
    ids.finish(StreamId{4});
    EXPECT_FALSE(ids.finished(StreamId{3}));
    EXPECT_FALSE(ids.finished(StreamId{0}));
    EXPECT_FALSE(ids.finished(StreamId{1}));
}

TEST(FinishedIdsDeathTest, refuses_ids_of_the_other_opener) {
    FinishedIds ids{StreamId{2}};
    EXPECT_DEATH(ids.finish(StreamId{3}), "own opener");
}

TEST(FinishedIds, takes_the_highest_id_there_is) {
    FinishedIds ids{StreamId{1}};
    ids.finish(StreamId{UINT64_MAX});
    EXPECT_TRUE(ids.finished(StreamId{UINT64_MAX}));
    EXPECT_FALSE(ids.finished(StreamId{UINT64_MAX - 2}));
}

std::size_t runs_above(const std::set<std::uint64_t>& finished, std::uint64_t mark) {
    std::size_t runs = 0;
    for (const auto id : finished)
        if (id > mark && !finished.contains(id - 2)) ++runs;
    return runs;
}

RC_GTEST_PROP(FinishedIdsProperty, agrees_with_a_plain_set, ()) {
    const auto first = *rc::gen::element<std::uint64_t>(1, 2);
    const auto places =
        *rc::gen::container<std::vector<std::uint64_t>>(rc::gen::inRange<std::uint64_t>(0, 40));
    FinishedIds ids{StreamId{first}};
    std::set<std::uint64_t> model;
    for (const auto place : places) {
        ids.finish(StreamId{first + 2 * place});
        model.insert(first + 2 * place);
        auto mark = first;
        while (model.contains(mark)) mark += 2;
        RC_ASSERT(ids.low_water_mark() == StreamId{mark});
        RC_ASSERT(ids.ranges() == runs_above(model, mark));
        for (std::uint64_t id = 0; id < first + 90; ++id)
            RC_ASSERT(ids.finished(StreamId{id}) == model.contains(id));
    }
}

}  // namespace
}  // namespace warmspare::core
