// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "core/handshake.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/nonce.hpp"
#include "rules_bench.hpp"

namespace warmspare::core {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using enum wire::RefuseReason;

/// The table of osaka, which is dialled, as far as tokyo is concerned.
PeerConfig tokyo_seen_from_osaka() {
    auto peer = peer_with({dedicated("20", "redis", "fiber"), spare("161", 2, "lte")});
    peer.name = "tokyo";
    peer.dial = false;
    return peer;
}

wire::Hello hello_from_tokyo() {
    return {.node = "tokyo",
            .peer = "osaka",
            .link = "20",
            .circuit = "fiber",
            .priority = 1,
            .process = "redis"};
}

std::optional<wire::Refuse> judged(const wire::Hello& hello) {
    return judge(hello, "osaka", tokyo_seen_from_osaka());
}

TEST(Judge, accepts_a_link_that_both_files_have) {
    EXPECT_EQ(judged(hello_from_tokyo()), std::nullopt);
    auto hello = hello_from_tokyo();
    hello.link = "161";
    hello.circuit = "lte";
    hello.priority = 2;
    hello.process = "";
    EXPECT_EQ(judged(hello), std::nullopt);
}

TEST(Judge, spares_may_differ_in_their_priority_because_the_node_that_dials_decides) {
    auto hello = hello_from_tokyo();
    hello.link = "161";
    hello.circuit = "lte";
    hello.priority = 7;
    hello.process = "";
    EXPECT_EQ(judged(hello), std::nullopt);
}

TEST(Judge, refuses_versions_that_it_does_not_speak) {
    auto hello = hello_from_tokyo();
    hello.version_min = 2;
    hello.version_max = 3;
    EXPECT_EQ(judged(hello), (wire::Refuse{version, "osaka speaks protocol version 1, tokyo speaks 2 to 3"}));
    hello.version_min = 0;
    hello.version_max = 0;
    EXPECT_EQ(judged(hello)->reason, version);
    hello.version_max = 9;
    EXPECT_EQ(judged(hello), std::nullopt);
}

TEST(Judge, refuses_a_node_that_it_dials_itself) {
    auto peer = tokyo_seen_from_osaka();
    peer.dial = true;
    EXPECT_EQ(
        judge(hello_from_tokyo(), "osaka", peer),
        (wire::Refuse{wrong_role, "osaka and tokyo both have dial = true; exactly one side must dial"}));
}

TEST(Judge, refuses_a_link_that_its_file_does_not_have) {
    auto hello = hello_from_tokyo();
    hello.link = "22";
    EXPECT_EQ(judged(hello),
              (wire::Refuse{unknown_link, "link 22 is in the file of tokyo and not in the file of osaka"}));
}

TEST(Judge, refuses_a_link_of_another_use_or_circuit_and_names_both_sides) {
    auto hello = hello_from_tokyo();
    hello.process = "psql";
    EXPECT_EQ(judged(hello)->reason, mismatch);
    EXPECT_EQ(judged(hello)->text,
              "link 20 is dedicated to redis on circuit fiber at osaka and dedicated to psql on circuit "
              "fiber at tokyo");
    hello = hello_from_tokyo();
    hello.priority = 2;
    hello.process = "";
    EXPECT_EQ(judged(hello)->text,
              "link 20 is dedicated to redis on circuit fiber at osaka and a spare on circuit fiber at "
              "tokyo");
    hello = hello_from_tokyo();
    hello.circuit = "lte";
    EXPECT_EQ(judged(hello)->reason, mismatch);
}

/// The same table as tokyo, which dials, has it.
PeerConfig osaka_seen_from_tokyo() {
    auto peer = tokyo_seen_from_osaka();
    peer.name = "osaka";
    peer.dial = true;
    return peer;
}

std::vector<std::string> compared(const PeerConfig& here, const PeerConfig& there, std::uint32_t misses = 3) {
    return differences(describe_table(here, 3), describe_table(there, misses), "osaka", "tokyo");
}

TEST(Differences, are_none_if_both_files_say_the_same) {
    EXPECT_THAT(compared(tokyo_seen_from_osaka(), osaka_seen_from_tokyo()), IsEmpty());
}

TEST(Differences, own_and_peer_port_are_the_same_ports_seen_from_the_other_side) {
    auto here = tokyo_seen_from_osaka();
    auto there = osaka_seen_from_tokyo();
    here.links[0].own_port = 7440;
    here.links[0].peer_port = 5000;
    there.links[0].own_port = 5000;
    there.links[0].peer_port = 7440;
    EXPECT_THAT(compared(here, there), IsEmpty());
    there.links[0].peer_port = 7441;
    EXPECT_THAT(compared(here, there),
                ElementsAre("link 20: the listening port is 7440 at osaka and 7441 at tokyo"));
}

TEST(Differences, a_port_that_may_be_any_differs_from_none) {
    auto here = tokyo_seen_from_osaka();
    here.links[0].peer_port = 0;
    EXPECT_THAT(compared(here, osaka_seen_from_tokyo()), IsEmpty());
}

TEST(Differences, name_links_and_processes_that_only_one_side_has) {
    auto here = tokyo_seen_from_osaka();
    auto there = osaka_seen_from_tokyo();
    here.processes.push_back({.name = "psql"});
    there.links.push_back(spare("162", 3, "lte"));
    EXPECT_THAT(compared(here, there),
                ElementsAre("process psql is in the file of osaka and not in the file of tokyo",
                            "link 162 is in the file of tokyo and not in the file of osaka"));
}

TEST(Differences, name_both_sides_values) {
    auto there = osaka_seen_from_tokyo();
    there.links[1].priority = 3;
    there.links[1].circuit = "fiber";
    there.processes[0].revertive = false;
    there.processes[0].wait_to_restore = 60s;
    EXPECT_THAT(
        compared(tokyo_seen_from_osaka(), there, 1),
        ElementsAre(
            "health.misses is 3 at osaka and 1 at tokyo; each node judges by its own",
            "process redis: revertive is true at osaka and false at tokyo; the node that dials decides",
            "process redis: wait_to_restore is 5000 ms at osaka and 60000 ms at tokyo; the node that dials "
            "decides",
            "link 161: circuit is lte at osaka and fiber at tokyo",
            "link 161: priority is 2 at osaka and 3 at tokyo"));
}

TEST(Nonce, differs_for_every_connection_and_every_incarnation) {
    EXPECT_NE(make_nonce(1, ConnectionId{1}), make_nonce(1, ConnectionId{2}));
    EXPECT_NE(make_nonce(1, ConnectionId{1}), make_nonce(2, ConnectionId{1}));
    static_assert(make_nonce(7, ConnectionId{3}) == make_nonce(7, ConnectionId{3}));
}

}  // namespace
}  // namespace warmspare::core
