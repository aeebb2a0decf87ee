// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "core/link_table.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <tuple>
#include <vector>

#include "rules_bench.hpp"

namespace warmspare::core {
namespace {

constexpr ProcessIndex a{0};
constexpr ProcessIndex b{1};

PeerConfig small_peer() {
    return peer_with({dedicated("20", "A"), dedicated("21", "B"), dedicated("22", "A"), spare("161", 3),
                      spare("162", 2), spare("163", 2)});
}

void make_fit(LinkTable& table, LinkIndex link, Time now) {
    table.connect(link, ConnectionId{link.value}, 1, {}, now);
    table.set_condition(link, Condition::act, now);
    table.set_peer_view(link, PeerView::act, now);
}

LinkTable all_fit(const PeerConfig& config) {
    LinkTable table{config};
    for (std::uint32_t i = 0; i < config.links.size(); ++i) make_fit(table, {i}, Time{});
    return table;
}

TEST(LinkTable, S1_rows_are_as_configured_and_begin_SBY_and_free) {
    const auto config = small_peer();
    const LinkTable table{config};
    ASSERT_EQ(table.rows().size(), config.links.size());
    for (std::uint32_t i = 0; i < config.links.size(); ++i) {
        const auto& row = table.row({i});
        EXPECT_EQ(row.config, config.links[i]);
        EXPECT_EQ(row.endpoints.own_port, config.links[i].own_port);
        EXPECT_EQ(row.endpoints.peer_port, config.links[i].peer_port);
        EXPECT_EQ(row.condition, Condition::sby);
        EXPECT_FALSE(row.holder);
        EXPECT_FALSE(row.fit());
    }
    EXPECT_EQ(table.row({0}).dedicated_to, a);
    EXPECT_EQ(table.row({1}).dedicated_to, b);
    EXPECT_EQ(table.row({2}).dedicated_to, a);
    EXPECT_FALSE(table.row({3}).dedicated_to);
}

TEST(LinkTable, finds_rows_by_name) {
    const LinkTable table{small_peer()};
    EXPECT_EQ(table.find("162"), LinkIndex{4});
    EXPECT_FALSE(table.find("164"));
}

TEST(LinkTable, S9_a_row_is_fit_when_it_is_connected_and_both_nodes_call_it_ACT) {
    LinkTable table{small_peer()};
    const Time now{std::chrono::seconds{7}};
    const auto& row = table.row({0});
    table.connect({0}, ConnectionId{5}, 1, {}, now);
    EXPECT_FALSE(row.fit());
    table.set_condition({0}, Condition::act, now);
    EXPECT_FALSE(row.fit());
    table.set_peer_view({0}, PeerView::act, now);
    EXPECT_TRUE(row.fit());
    EXPECT_EQ(row.fit_since, now);
    table.set_peer_view({0}, PeerView::sby, now);
    EXPECT_FALSE(row.fit());
}

TEST(LinkTable, S14_how_long_a_row_is_fit_counts_from_when_it_became_so) {
    LinkTable table{small_peer()};
    const Time early{std::chrono::seconds{7}};
    const Time late{std::chrono::seconds{9}};
    make_fit(table, {0}, early);
    table.set_condition({0}, Condition::act, late);
    table.set_peer_view({0}, PeerView::act, late);
    EXPECT_EQ(table.row({0}).fit_since, early);
    table.set_condition({0}, Condition::sby, late);
    table.set_condition({0}, Condition::act, late);
    EXPECT_EQ(table.row({0}).fit_since, late);
}

TEST(LinkTable, a_row_without_a_connection_is_unfit_and_shows_its_configured_ports) {
    LinkTable table{small_peer()};
    const Endpoints endpoints{"10.0.0.1", 50000, "10.0.0.2", 7440};
    table.connect({3}, ConnectionId{5}, 4, endpoints, Time{});
    table.set_condition({3}, Condition::act, Time{});
    table.set_peer_view({3}, PeerView::act, Time{});
    EXPECT_EQ(table.row({3}).endpoints, endpoints);
    EXPECT_TRUE(table.any_connected());
    table.disconnect({3});
    EXPECT_FALSE(table.row({3}).fit());
    EXPECT_FALSE(table.any_connected());
    EXPECT_EQ(table.row({3}).endpoints.own_port, 161);
    EXPECT_EQ(table.row({3}).endpoints.peer_port, 161);
}

TEST(LinkTable, the_view_of_a_former_connection_does_not_count_for_a_new_one) {
    LinkTable table{small_peer()};
    make_fit(table, {0}, Time{});
    table.connect({0}, ConnectionId{6}, 2, {}, Time{});
    EXPECT_EQ(table.row({0}).peer_view, PeerView::unknown);
    EXPECT_FALSE(table.row({0}).fit());
}

TEST(LinkTable, S1_a_spare_carries_a_process_only_while_it_is_held) {
    LinkTable table{small_peer()};
    EXPECT_FALSE(table.any_in_use());
    table.hold({3}, b);
    EXPECT_EQ(table.row({3}).holder, b);
    EXPECT_TRUE(table.any_in_use());
    table.free({3});
    EXPECT_FALSE(table.row({3}).holder);
    EXPECT_FALSE(table.any_in_use());
}

TEST(LinkTable, counts_spares_that_are_ACT_and_free) {
    auto table = all_fit(small_peer());
    EXPECT_EQ(table.free_spares(), 3U);
    table.hold({3}, a);
    EXPECT_EQ(table.free_spares(), 2U);
    table.set_condition({4}, Condition::sby, Time{});
    EXPECT_EQ(table.free_spares(), 1U);
}

TEST(LinkTableDeathTest, never_gives_a_row_to_two) {
    LinkTable table{small_peer()};
    table.hold({3}, a);
    table.hold({3}, a);
    EXPECT_DEATH(table.hold({3}, b), "one holder");
    EXPECT_DEATH(table.hold({0}, b), "only its own holder");
}

TEST(SelectLink, S3_dedicated_links_come_first_in_row_order) {
    auto table = all_fit(small_peer());
    EXPECT_EQ(select_link(table, a), (Selection{Fitness::fit, {0}}));
    table.set_condition({0}, Condition::sby, Time{});
    EXPECT_EQ(select_link(table, a), (Selection{Fitness::fit, {2}}));
}

TEST(SelectLink, S3_then_spares_by_priority_and_those_of_one_priority_in_row_order) {
    auto table = all_fit(small_peer());
    table.disconnect({1});
    for (const std::uint32_t expected : {4U, 5U, 3U}) {
        EXPECT_EQ(select_link(table, b), (Selection{Fitness::fit, {expected}}));
        table.disconnect({expected});
    }
    EXPECT_EQ(select_link(table, b).fitness, Fitness::unfit);
}

TEST(SelectLink, S5_a_row_that_another_holds_is_not_free_but_the_own_one_is) {
    auto table = all_fit(small_peer());
    table.disconnect({1});
    table.hold({4}, a);
    EXPECT_EQ(select_link(table, b).link, LinkIndex{5});
    table.free({4});
    table.hold({4}, b);
    EXPECT_EQ(select_link(table, b).link, LinkIndex{4});
}

TEST(SelectLink, S3_nothing_is_chosen_while_something_ranked_above_may_still_turn_out_fit) {
    const auto table = all_fit(small_peer());
    const auto judge = [](LinkIndex link) { return link.value == 2 ? Fitness::pending : Fitness::unfit; };
    EXPECT_EQ(select_link(table, a, judge), (Selection{Fitness::pending, {2}}));
}

/// A table with any rows, some of them held, and a fitness for each.
struct Situation {
    static constexpr std::uint32_t processes = 3;

    PeerConfig config;
    std::vector<Fitness> fitness;
    std::vector<std::optional<ProcessIndex>> holders;

    static Situation any() {
        Situation situation;
        for (std::uint32_t i = 0; i < processes; ++i)
            situation.config.processes.push_back({.name = std::string(1, static_cast<char>('A' + i))});
        const auto count = *rc::gen::inRange(0, 10);
        for (int i = 0; i < count; ++i) situation.add_row(std::to_string(100 + i));
        return situation;
    }

    void add_row(const std::string& name) {
        const auto priority = *rc::gen::inRange<std::uint32_t>(1, 5);
        const auto owner = *rc::gen::inRange<std::uint32_t>(0, processes);
        config.links.push_back(priority == 1 ? dedicated(name, config.processes[owner].name)
                                             : spare(name, priority));
        fitness.push_back(*rc::gen::element(Fitness::unfit, Fitness::pending, Fitness::fit));
        const bool held = *rc::gen::arbitrary<bool>();
        holders.push_back(held ? std::optional{ProcessIndex{owner}} : std::nullopt);
    }

    void remove_row(std::size_t index) {
        const auto at = static_cast<std::ptrdiff_t>(index);
        config.links.erase(config.links.begin() + at);
        fitness.erase(fitness.begin() + at);
        holders.erase(holders.begin() + at);
    }

    [[nodiscard]] LinkTable table() const {
        LinkTable table{config};
        for (std::uint32_t i = 0; i < holders.size(); ++i)
            if (holders[i]) table.hold({i}, *holders[i]);
        return table;
    }

    [[nodiscard]] Selection select(ProcessIndex process) const {
        return select_link(table(), process, [&](LinkIndex i) { return fitness[i.value]; });
    }

    /// The rule written the other way round: all rows that may be had, sorted, and the first of them.
    [[nodiscard]] Selection model(ProcessIndex process) const {
        std::vector<std::tuple<std::uint32_t, std::uint32_t>> ranked;
        for (std::uint32_t i = 0; i < config.links.size(); ++i) {
            const auto& link = config.links[i];
            if (link.dedicated() && link.process != config.processes[process.value].name) continue;
            if (holders[i] && *holders[i] != process) continue;
            if (fitness[i] != Fitness::unfit) ranked.emplace_back(link.priority, i);
        }
        if (ranked.empty()) return {};
        std::ranges::sort(ranked);
        const auto best = std::get<1>(ranked.front());
        return {fitness[best], {best}};
    }
};

ProcessIndex any_process() {
    return {*rc::gen::inRange<std::uint32_t>(0, Situation::processes)};
}

RC_GTEST_PROP(SelectLinkProperty, is_the_first_of_all_rows_sorted, ()) {
    const auto situation = Situation::any();
    const auto process = any_process();
    RC_ASSERT(situation.select(process) == situation.model(process));
}

RC_GTEST_PROP(SelectLinkProperty, depends_on_nothing_but_its_arguments, ()) {
    const auto situation = Situation::any();
    const auto process = any_process();
    const auto table = situation.table();
    const auto fitness = [&](LinkIndex i) { return situation.fitness[i.value]; };
    const auto first = select_link(table, process, fitness);
    for (std::uint32_t other = 0; other < Situation::processes; ++other)
        static_cast<void>(select_link(table, {other}, fitness));
    RC_ASSERT(select_link(table, process, fitness) == first);
}

// What a total order means: which of two rows is better is not changed by a third.
RC_GTEST_PROP(SelectLinkProperty, is_not_changed_by_taking_away_a_row_that_was_not_chosen, ()) {
    const auto situation = Situation::any();
    const auto process = any_process();
    const auto chosen = situation.select(process);
    for (std::size_t removed = 0; removed < situation.config.links.size(); ++removed) {
        if (chosen.fitness != Fitness::unfit && removed == chosen.link.value) continue;
        auto smaller = situation;
        smaller.remove_row(removed);
        const auto again = smaller.select(process);
        RC_ASSERT(again.fitness == chosen.fitness);
        if (again.fitness != Fitness::unfit)
            RC_ASSERT(smaller.config.links[again.link.value].name ==
                      situation.config.links[chosen.link.value].name);
    }
}

RC_GTEST_PROP(SelectLinkProperty, never_takes_a_row_from_another_nor_another_s_dedicated_row, ()) {
    const auto situation = Situation::any();
    const auto process = any_process();
    const auto chosen = situation.select(process);
    if (chosen.fitness == Fitness::unfit) return;
    const auto table = situation.table();
    const auto& row = table.row(chosen.link);
    RC_ASSERT(!row.holder || row.holder == process);
    RC_ASSERT(!row.dedicated_to || row.dedicated_to == process);
}

}  // namespace
}  // namespace warmspare::core
