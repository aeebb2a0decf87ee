// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// How the node that is dialled takes up what it is told of the assignments (S9), lies included.

#include "core/following.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "follower.hpp"

namespace warmspare::core {
namespace {

using namespace std::chrono_literals;
using enum wire::Holding;

struct Followed : testing::Test {
    Follower node{followed_peer()};
};

TEST_F(Followed, takes_up_each_change_with_the_notice_that_belongs_to_it) {
    node.hear(1, {{"A", link_20, 1, 1, assigned, "requested"}});
    EXPECT_EQ(node.decisions(), "assign A - 20; ");
    node.hear(2, {{"A", link_161, 1, 2, assigned, "watchdog expired"}});
    EXPECT_EQ(node.decisions(), "switch A 20 161; ");
    EXPECT_FALSE(node.table().row({link_20}).holder);
    node.hear(3, {{"A", link_20, 2, 3, restored, "repaired"}});
    EXPECT_EQ(node.decisions(), "restore A 161 20; ");
    node.hear(4, {{"A", link_20, 2, 3, waiting, "watchdog expired"}});
    EXPECT_EQ(node.decisions(), "no_link A 20 -; ");
    EXPECT_EQ(node.table().row({link_20}).holder, ProcessIndex{0});
    node.hear(5, {});
    EXPECT_EQ(node.decisions(), "release A 20 -; ");
    EXPECT_FALSE(node.table().any_in_use());
}

TEST_F(Followed, a_list_that_is_heard_again_on_another_link_changes_nothing) {
    const wire::Assign list{1, {{"A", link_20, 1, 1, assigned, ""}, {"B", link_161, 1, 1, waiting, ""}}};
    node.hear(list);
    static_cast<void>(node.decisions());
    node.hear(list);
    EXPECT_EQ(node.decisions(), "");
    EXPECT_EQ(node.holdings(), "A 20, B waits 161");
}

TEST_F(Followed, an_older_list_that_was_overtaken_is_ignored) {
    node.hear(7, {{"A", link_161, 1, 7, assigned, ""}});
    node.hear(6, {{"A", link_20, 1, 6, assigned, ""}});
    node.hear(5, {});
    EXPECT_EQ(node.holdings(), "A 161");
    EXPECT_EQ(node.table().row({link_161}).holder, ProcessIndex{0});
}

TEST_F(Followed, a_move_to_the_same_link_is_a_move_all_the_same) {
    node.hear(1, {{"A", link_20, 1, 1, assigned, ""}});
    static_cast<void>(node.decisions());
    node.hear(2, {{"A", link_20, 2, 2, assigned, "connection reset"}});
    EXPECT_EQ(node.decisions(), "switch A 20 20; ");
    EXPECT_EQ(node.assignments().process({0}).moved, 2U);
}

TEST_F(Followed, one_may_take_in_the_same_list_what_another_leaves) {
    node.hear(1, {{"A", link_161, 1, 1, assigned, ""}, {"B", link_162, 1, 1, assigned, ""}});
    node.hear(2, {{"A", link_162, 1, 2, assigned, ""}, {"B", link_161, 1, 2, assigned, ""}});
    EXPECT_EQ(node.holdings(), "A 162, B 161");
}

TEST_F(Followed, S5_while_waiting_the_row_to_keep_may_change) {
    node.hear(1, {{"A", link_161, 1, 1, waiting, ""}});
    node.hear(2, {{"A", link_162, 1, 1, waiting, ""}});
    EXPECT_EQ(node.holdings(), "A waits 162");
    EXPECT_FALSE(node.table().row({link_161}).holder);
    node.hear(3, {{"A", wire::no_link_id, 0, 1, waiting, ""}});
    EXPECT_EQ(node.holdings(), "A waits");
    EXPECT_FALSE(node.table().any_in_use());
}

TEST_F(Followed, waits_while_no_link_is_up_and_goes_on_when_it_is_told_to) {
    node.hear(1, {{"A", link_20, 1, 1, assigned, ""}});
    node.following().wait_without_links({0}, Time{1h});
    EXPECT_EQ(node.holdings(), "A waits 20");
    static_cast<void>(node.decisions());
    node.hear(2, {{"A", link_20, 2, 2, assigned, ""}});
    EXPECT_EQ(node.holdings(), "A 20");
    EXPECT_EQ(node.decisions(), "switch A 20 20; ");
}

TEST_F(Followed, another_life_of_the_other_node_counts_from_the_beginning) {
    node.hear(100, {{"A", link_20, 9, 100, assigned, ""}});
    node.following().clear();
    EXPECT_EQ(node.holdings(), "");
    EXPECT_EQ(node.decisions(), "");
    node.hear(1, {{"A", link_161, 1, 1, assigned, ""}});
    EXPECT_EQ(node.holdings(), "A 161");
}

TEST_F(Followed, what_this_node_does_not_know_does_not_concern_it) {
    node.hear(1, {{"psql", link_161, 1, 1, assigned, ""}, {"A", 77, 1, 1, assigned, ""}});
    EXPECT_EQ(node.holdings(), "A waits");
}

// The list in which it was on a spare may have been overtaken or lost: there is nothing to return from.
TEST_F(Followed, a_return_of_a_process_that_was_nowhere_is_an_assignment) {
    node.hear(2, {{"A", link_20, 1, 2, restored, "repaired"}});
    EXPECT_EQ(node.decisions(), "assign A - 20; ");
    EXPECT_EQ(node.holdings(), "A 20");
}

TEST_F(Followed, nobody_is_given_the_link_dedicated_to_another_or_held_by_another) {
    node.hear(1, {{"A", link_21, 1, 1, assigned, ""}});
    EXPECT_EQ(node.holdings(), "A waits");
    node.hear(2, {{"A", link_161, 1, 2, assigned, ""}, {"B", link_161, 1, 2, assigned, ""}});
    EXPECT_EQ(node.holdings(), "A 161, B waits");
    node.hear(3, {{"A", link_161, 1, 2, assigned, ""}, {"B", link_161, 1, 2, waiting, ""}});
    EXPECT_EQ(node.holdings(), "A 161, B waits");
}

wire::Assignment any_assignment() {
    return {.process = *rc::gen::element<std::string>("A", "B", "psql"),
            .link_id = *rc::gen::element<std::uint32_t>(0, 1, 2, 3, 4, wire::no_link_id),
            .connection = *rc::gen::inRange<std::uint64_t>(0, 3),
            .moved = *rc::gen::inRange<std::uint64_t>(0, 5),
            .holding = *rc::gen::element(assigned, restored, waiting)};
}

/// What must hold whatever the other node says.
void check_consistent(const Follower& node) {
    const auto& rows = node.table().rows();
    for (const auto& row : rows) {
        if (!row.holder) continue;
        RC_ASSERT(node.assignments().process(*row.holder).holding != Holding::none);
        RC_ASSERT(!row.dedicated_to || row.dedicated_to == row.holder);
    }
    for (const auto& process : node.assignments().processes())
        if (process.link)
            RC_ASSERT(rows[process.link->value].holder == node.assignments().find(process.config.name));
}

RC_GTEST_PROP(FollowingProperty, no_list_however_wrong_ends_the_program_or_gives_a_row_to_two, ()) {
    Follower node{followed_peer()};
    const auto lists = *rc::gen::inRange(0, 20);
    for (int i = 0; i < lists; ++i) {
        std::vector<wire::Assignment> list;
        const auto count = *rc::gen::inRange(0, 4);
        for (int j = 0; j < count; ++j) list.push_back(any_assignment());
        node.hear(*rc::gen::inRange<std::uint64_t>(0, 10), std::move(list));
        check_consistent(node);
        const auto decisions = node.decisions();
        RC_ASSERT(decisions.find("restore A -") == std::string::npos);
        RC_ASSERT(decisions.find("restore B -") == std::string::npos);
        RC_ASSERT(decisions.find("switch A -") == std::string::npos);
        RC_ASSERT(decisions.find("switch B -") == std::string::npos);
    }
}

/// What happens at the node that owns the assignments, at random.
void step(RulesBench& bench) {
    const auto link = *rc::gen::element<std::string>("20", "21", "161", "162");
    const auto process = *rc::gen::element<std::string>("A", "B");
    switch (*rc::gen::inRange(0, 6)) {
        case 0:
            return bench.ask(process);
        case 1:
            return bench.end(process);
        case 2:
            return bench.silence({link});
        case 3:
            return bench.answer({link});
        default:
            return bench.advance(*rc::gen::inRange(1, 3000) * 1ms);
    }
}

// Any list may be lost, for any reason: the last one that is heard is right.
RC_GTEST_PROP(FollowingProperty, after_the_last_list_both_nodes_agree_whatever_was_lost_before, ()) {
    auto dialling = followed_peer();
    dialling.dial = true;
    RulesBench owner{dialling};
    Follower node{followed_peer()};
    const auto steps = *rc::gen::inRange(0, 40);
    for (int i = 0; i < steps; ++i) {
        step(owner);
        if (*rc::gen::arbitrary<bool>()) node.hear(owner.protection().list());
    }
    node.hear(owner.protection().list());
    for (std::uint32_t i = 0; i < owner.rows().rows().size(); ++i)
        RC_ASSERT(owner.rows().row({i}).holder == node.table().row({i}).holder);
    for (std::uint32_t i = 0; i < owner.assignments().processes().size(); ++i) {
        RC_ASSERT(owner.assignments().process({i}).holding == node.assignments().process({i}).holding);
        RC_ASSERT(owner.assignments().process({i}).link == node.assignments().process({i}).link);
    }
}

}  // namespace
}  // namespace warmspare::core
