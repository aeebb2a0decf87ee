// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Every list that a node which follows can be told, in every state of a process (S9): the notice that it is
// given, and what it has then. What no honest node would tell is in it too. As in protection_table_test, all
// pairs are tried, and what follows is a state of the table again.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "follower.hpp"

namespace warmspare::core {
namespace {

using namespace std::chrono_literals;
using enum wire::Holding;

constexpr std::uint64_t before = 5;
constexpr std::uint64_t later = 6;
constexpr std::uint32_t nowhere = wire::no_link_id;
constexpr std::uint32_t unknown_link = 77;

wire::Assign list_of(std::uint64_t epoch, std::vector<wire::Assignment> assignments) {
    return {epoch, std::move(assignments)};
}
wire::Assign one(std::uint64_t epoch, std::uint32_t link, std::uint64_t moved, wire::Holding holding) {
    return list_of(epoch, {{"A", link, 1, moved, holding, ""}});
}

struct State {
    const char* name;
    /// What is heard on the way there.
    std::vector<wire::Assign> heard;
};

const std::vector<State> states{
    {"none", {}},
    {"on 20", {one(before, link_20, before, assigned)}},
    {"on 161", {one(before, link_161, before, assigned)}},
    {"waits with 20", {one(before, link_20, before, waiting)}},
    {"waits with 161", {one(before, link_161, before, waiting)}},
    {"waits", {one(before, nowhere, before, waiting)}},
};

struct Message {
    const char* name;
    void (*hear)(Follower&);
};

/// The list tells of A only.
template <std::uint32_t Link, std::uint64_t Moved, wire::Holding HoldingOfA>
void told(Follower& node) {
    node.hear(one(later, Link, Moved, HoldingOfA));
}

const std::vector<Message> messages{
    {"is not listed", [](Follower& node) { node.hear(later, {}); }},
    {"moved to 20", told<link_20, later, assigned>},
    {"on 20 as before", told<link_20, before, assigned>},
    {"returned to 20", told<link_20, later, restored>},
    {"moved to 161", told<link_161, later, assigned>},
    {"on 161 as before", told<link_161, before, assigned>},
    {"moved to 162", told<link_162, later, assigned>},
    {"waits with 20", told<link_20, before, waiting>},
    {"waits with 161", told<link_161, before, waiting>},
    {"waits with 162", told<link_162, before, waiting>},
    {"waits with none", told<nowhere, before, waiting>},
    {"moved to a link not in this file", told<unknown_link, later, assigned>},
    {"moved to a link of B's own", told<link_21, later, assigned>},
    {"moved to what B has in the same list",
     [](Follower& node) {
         node.hear(later, {{"B", link_161, 1, later, assigned, ""}, {"A", link_161, 1, later, assigned, ""}});
     }},
    {"moved to 162, in an older list",
     [](Follower& node) { node.hear(one(before - 1, link_162, later, assigned)); }},
    {"no link is up", [](Follower& node) { node.following().wait_without_links({0}, Time{1h}); }},
    {"another life", [](Follower& node) { node.following().clear(); }},
};

/// What A has, as State::name has it; and that the table says the same.
std::string holding(const Follower& node) {
    const auto& process = node.assignments().process({0});
    const auto rows = node.table().rows();
    for (std::uint32_t i = 0; i < rows.size(); ++i)
        EXPECT_EQ(rows[i].holder == ProcessIndex{0}, process.link == LinkIndex{i}) << rows[i].config.name;
    const auto link = process.link ? rows[process.link->value].config.name : std::string{};
    switch (process.holding) {
        case Holding::none:
            return "none";
        case Holding::in_use:
            return "on " + link;
        case Holding::waiting:
            return link.empty() ? "waits" : "waits with " + link;
    }
    return "?";
}

/// The notices of A, without those of B.
std::string notices(Follower& node) {
    const auto all = node.decisions();
    std::string own;
    for (std::size_t begin = 0, end = 0; (end = all.find("; ", begin)) != std::string::npos; begin = end + 2)
        if (const auto notice = all.substr(begin, end - begin); notice.find(" A ") != std::string::npos)
            own += notice + ' ';
    return own;
}

TEST(FollowingTable, S9_every_list_in_every_state) {
    std::string table = "\n";
    for (const auto& state : states) {
        table += fmt::format("{}\n", state.name);
        for (const auto& message : messages) {
            Follower node{followed_peer()};
            for (const auto& list : state.heard) node.hear(list);
            static_cast<void>(node.decisions());
            ASSERT_EQ(holding(node), state.name);
            message.hear(node);
            auto outcome = notices(node);
            if (const auto after = holding(node); after != state.name) outcome += "-> " + after;
            table += fmt::format("    {:<38}{}\n", message.name, outcome.empty() ? "nothing" : outcome);
        }
    }
    EXPECT_EQ(table, R"(
none
    is not listed                         nothing
    moved to 20                           assign A - 20 -> on 20
    on 20 as before                       assign A - 20 -> on 20
    returned to 20                        assign A - 20 -> on 20
    moved to 161                          assign A - 161 -> on 161
    on 161 as before                      assign A - 161 -> on 161
    moved to 162                          assign A - 162 -> on 162
    waits with 20                         no_link A - - -> waits with 20
    waits with 161                        no_link A - - -> waits with 161
    waits with 162                        no_link A - - -> waits with 162
    waits with none                       no_link A - - -> waits
    moved to a link not in this file      no_link A - - -> waits
    moved to a link of B's own            no_link A - - -> waits
    moved to what B has in the same list  no_link A - - -> waits
    moved to 162, in an older list        assign A - 162 -> on 162
    no link is up                         no_link A - - -> waits
    another life                          nothing
on 20
    is not listed                         release A 20 - -> none
    moved to 20                           switch A 20 20 
    on 20 as before                       nothing
    returned to 20                        restore A 20 20 
    moved to 161                          switch A 20 161 -> on 161
    on 161 as before                      switch A 20 161 -> on 161
    moved to 162                          switch A 20 162 -> on 162
    waits with 20                         no_link A 20 - -> waits with 20
    waits with 161                        no_link A 20 - -> waits with 161
    waits with 162                        no_link A 20 - -> waits with 162
    waits with none                       no_link A 20 - -> waits
    moved to a link not in this file      no_link A 20 - -> waits
    moved to a link of B's own            no_link A 20 - -> waits
    moved to what B has in the same list  no_link A 20 - -> waits
    moved to 162, in an older list        nothing
    no link is up                         no_link A 20 - -> waits with 20
    another life                          -> none
on 161
    is not listed                         release A 161 - -> none
    moved to 20                           switch A 161 20 -> on 20
    on 20 as before                       switch A 161 20 -> on 20
    returned to 20                        restore A 161 20 -> on 20
    moved to 161                          switch A 161 161 
    on 161 as before                      nothing
    moved to 162                          switch A 161 162 -> on 162
    waits with 20                         no_link A 161 - -> waits with 20
    waits with 161                        no_link A 161 - -> waits with 161
    waits with 162                        no_link A 161 - -> waits with 162
    waits with none                       no_link A 161 - -> waits
    moved to a link not in this file      no_link A 161 - -> waits
    moved to a link of B's own            no_link A 161 - -> waits
    moved to what B has in the same list  switch A 161 161 
    moved to 162, in an older list        nothing
    no link is up                         no_link A 161 - -> waits with 161
    another life                          -> none
waits with 20
    is not listed                         release A 20 - -> none
    moved to 20                           switch A 20 20 -> on 20
    on 20 as before                       switch A 20 20 -> on 20
    returned to 20                        restore A 20 20 -> on 20
    moved to 161                          switch A 20 161 -> on 161
    on 161 as before                      switch A 20 161 -> on 161
    moved to 162                          switch A 20 162 -> on 162
    waits with 20                         nothing
    waits with 161                        -> waits with 161
    waits with 162                        -> waits with 162
    waits with none                       -> waits
    moved to a link not in this file      -> waits
    moved to a link of B's own            -> waits
    moved to what B has in the same list  -> waits
    moved to 162, in an older list        nothing
    no link is up                         nothing
    another life                          -> none
waits with 161
    is not listed                         release A 161 - -> none
    moved to 20                           switch A 161 20 -> on 20
    on 20 as before                       switch A 161 20 -> on 20
    returned to 20                        restore A 161 20 -> on 20
    moved to 161                          switch A 161 161 -> on 161
    on 161 as before                      switch A 161 161 -> on 161
    moved to 162                          switch A 161 162 -> on 162
    waits with 20                         -> waits with 20
    waits with 161                        nothing
    waits with 162                        -> waits with 162
    waits with none                       -> waits
    moved to a link not in this file      -> waits
    moved to a link of B's own            -> waits
    moved to what B has in the same list  switch A 161 161 -> on 161
    moved to 162, in an older list        nothing
    no link is up                         nothing
    another life                          -> none
waits
    is not listed                         release A - - -> none
    moved to 20                           assign A - 20 -> on 20
    on 20 as before                       assign A - 20 -> on 20
    returned to 20                        assign A - 20 -> on 20
    moved to 161                          assign A - 161 -> on 161
    on 161 as before                      assign A - 161 -> on 161
    moved to 162                          assign A - 162 -> on 162
    waits with 20                         -> waits with 20
    waits with 161                        -> waits with 161
    waits with 162                        -> waits with 162
    waits with none                       nothing
    moved to a link not in this file      nothing
    moved to a link of B's own            nothing
    moved to what B has in the same list  nothing
    moved to 162, in an older list        nothing
    no link is up                         nothing
    another life                          -> none
)");
}

}  // namespace
}  // namespace warmspare::core
