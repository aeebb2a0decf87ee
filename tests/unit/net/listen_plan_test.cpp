// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "net/listen_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace warmspare::net {
namespace {

using testing::ElementsAre;

node::Circuit circuit(std::string name, std::optional<std::string> local, std::optional<std::string> remote) {
    node::Circuit made;
    made.name = std::move(name);
    made.local = std::move(local);
    made.remote = std::move(remote);
    return made;
}

node::Peer peer(std::string name, std::vector<node::Circuit> circuits, std::uint16_t port = 7440) {
    node::Peer made;
    made.table.name = std::move(name);
    for (const node::Circuit& each : circuits) {
        core::LinkConfig link;
        link.name = each.name + "/1";
        link.circuit = each.name;
        link.own_port = port;
        made.table.links.push_back(link);
    }
    made.circuits = std::move(circuits);
    return made;
}

std::vector<std::string> texts(const std::vector<ListenPoint>& points) {
    std::vector<std::string> all;
    for (const ListenPoint& point : points) all.push_back(to_text(point));
    return all;
}

std::vector<core::Candidate> candidates(const ListenPoint& point) {
    std::vector<core::Candidate> all;
    for (const ListenCircuit& each : point.circuits) all.push_back(each.candidate);
    return all;
}

TEST(ListenPlanTest, EveryCircuitListensOnItsOwnAddress) {
    const auto points = plan_listeners(
        {peer("a", {circuit("x", "10.0.1.1", "10.0.1.2"), circuit("y", "10.0.2.1", "10.0.2.2")})});
    EXPECT_THAT(texts(points), ElementsAre("10.0.1.1:7440", "10.0.2.1:7440"));
}

TEST(ListenPlanTest, TheSideThatDialsListensOnlyToRefuse) {
    auto dialling = peer("a", {circuit("x", "10.0.1.1", "10.0.1.2"), circuit("y", std::nullopt, "10.0.2.2")});
    dialling.table.dial = true;
    EXPECT_TRUE(plan_listeners({dialling}).empty()) << "its own ports are what it dials from";
    for (core::LinkConfig& link : dialling.table.links) {
        link.peer_port = 7441;
        link.own_port = 0;
    }
    const auto points = plan_listeners({dialling});
    ASSERT_THAT(texts(points), ElementsAre("10.0.1.1:7441"));
    EXPECT_TRUE(points[0].only_to_refuse);
}

TEST(ListenPlanTest, AListenerThatOnePeerNeedsIsNotOnlyToRefuseAnother) {
    auto dialling = peer("a", {circuit("x", "10.0.1.1", "10.0.1.2")});
    dialling.table.dial = true;
    dialling.table.links[0].peer_port = 7440;
    dialling.table.links[0].own_port = 0;
    const auto points = plan_listeners({dialling, peer("b", {circuit("z", "10.0.1.1", "10.0.1.3")})});
    ASSERT_EQ(points.size(), 1U);
    EXPECT_FALSE(points[0].only_to_refuse);
}

TEST(ListenPlanTest, PeersShareAListener) {
    const auto points = plan_listeners({peer("a", {circuit("x", "10.0.1.1", "10.0.1.2")}),
                                        peer("b", {circuit("z", "10.0.1.1", "10.0.1.3")})});
    ASSERT_EQ(points.size(), 1U);
    EXPECT_THAT(candidates(points[0]), ElementsAre(core::Candidate{core::PeerIndex{0}, "x"},
                                                   core::Candidate{core::PeerIndex{1}, "z"}));
}

TEST(ListenPlanTest, RowsOfOnePortAreOneListenerAndOthersAreTheirOwn) {
    auto one = peer("a", {circuit("x", "10.0.1.1", "10.0.1.2")}, 20);
    one.table.links.push_back(one.table.links[0]);
    one.table.links.push_back(one.table.links[0]);
    one.table.links[2].own_port = 21;
    EXPECT_THAT(texts(plan_listeners({one})), ElementsAre("10.0.1.1:20", "10.0.1.1:21"));
}

TEST(ListenPlanTest, WhoTakesAnyAddressTakesThePortFromAllOthers) {
    const auto points =
        plan_listeners({peer("a", {circuit("x", "10.0.1.1", "10.0.1.2"), circuit("y", "10.0.2.1", "10.0.2.2"),
                                   circuit("any", std::nullopt, std::nullopt)})});
    ASSERT_THAT(texts(points), ElementsAre("0.0.0.0:7440"));
    EXPECT_EQ(points[0].circuits.size(), 3U);
}

TEST(ListenPlanTest, AnyAddressIsOfBothFamiliesOnlyIfTheRemoteMayBeIpv6) {
    const auto any_for = [](std::optional<std::string> remote) {
        return texts(plan_listeners({peer("a", {circuit("x", std::nullopt, std::move(remote))})})).at(0);
    };
    EXPECT_EQ(any_for("10.0.0.2"), "0.0.0.0:7440");
    EXPECT_EQ(any_for(std::nullopt), "0.0.0.0:7440");
    EXPECT_EQ(any_for("fd00::2"), "[::]:7440");
    EXPECT_EQ(any_for("osaka.example"), "[::]:7440");
}

TEST(ListenPlanTest, AnyAddressOfBothFamiliesTakesInTheOther) {
    const auto points = plan_listeners(
        {peer("a", {circuit("x", std::nullopt, "10.0.0.2"), circuit("y", std::nullopt, "fd00::2")})});
    EXPECT_THAT(texts(points), ElementsAre("[::]:7440"));
}

TEST(ListenPlanTest, DevicesHaveListenersOfTheirOwn) {
    auto on_device = circuit("x", std::nullopt, "10.0.1.2");
    on_device.device = "eth0";
    auto on_other = circuit("y", std::nullopt, "10.0.2.2");
    on_other.device = "eth1";
    EXPECT_THAT(texts(plan_listeners({peer("a", {on_device, on_other})})),
                ElementsAre("0.0.0.0:7440 on eth0", "0.0.0.0:7440 on eth1"));
}

}  // namespace
}  // namespace warmspare::net
