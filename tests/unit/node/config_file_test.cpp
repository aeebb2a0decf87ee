// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Whole files: the examples of the documentation, defaults, and a file with many mistakes.

#include "node/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <set>
#include <string>
#include <tuple>

#include "config_text.hpp"

namespace warmspare::node::test {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::filesystem::path examples() {
    return std::filesystem::path{__FILE__}.parent_path() / ".." / ".." / ".." / "docs" / "examples";
}

Config example(std::string_view name) {
    const auto config = load_config(examples() / name);
    if (config) return *config;
    for (const Mistake& mistake : config.error()) ADD_FAILURE() << to_string(mistake, name);
    return {};
}

/// Name, circuit, priority, process, port of the side that dials, port of the side that is dialled.
using Row = std::tuple<std::string, std::string, std::uint32_t, std::string, std::uint16_t, std::uint16_t>;

std::set<Row> rows_as_agreed(const core::PeerConfig& peer) {
    std::set<Row> rows;
    for (const core::LinkConfig& link : peer.links) {
        rows.emplace(link.name, link.circuit, link.priority, link.process,
                     peer.dial ? link.own_port : link.peer_port, peer.dial ? link.peer_port : link.own_port);
    }
    return rows;
}

TEST(Config, EveryExampleIsRight) {
    int count = 0;
    for (const auto& file : std::filesystem::directory_iterator{examples()}) {
        if (file.path().extension() != ".toml") continue;
        example(file.path().filename().string());
        ++count;
    }
    EXPECT_GE(count, 5);
}

TEST(Config, TheTwoSidesOfAnExampleAgree) {
    for (const auto& [one, other] :
         {std::pair{"tokyo.toml", "osaka.toml"}, {"rows-client.toml", "rows-server.toml"}}) {
        const core::NodeConfig here = core_config(example(one));
        const core::NodeConfig there = core_config(example(other));
        ASSERT_EQ(here.peers.size(), 1U);
        ASSERT_EQ(there.peers.size(), 1U);
        EXPECT_EQ(here.peers[0].name, there.name);
        EXPECT_EQ(there.peers[0].name, here.name);
        EXPECT_NE(here.peers[0].dial, there.peers[0].dial);
        EXPECT_EQ(rows_as_agreed(here.peers[0]), rows_as_agreed(there.peers[0]));
    }
}

TEST(Config, WhatIsNotWrittenHasItsDefault) {
    const Config config = config_of(right);
    EXPECT_EQ(config.health, core::HealthConfig{});
    EXPECT_EQ(config.memory, core::MemoryConfig{});
    EXPECT_EQ(config.drain, core::Duration{5s});
    EXPECT_TRUE(config.realtime);
    EXPECT_EQ(config.busy_poll, core::Duration{});
    EXPECT_THAT(config.warnings, IsEmpty());
    EXPECT_EQ(config.peers.at(0).circuits.at(0), (Circuit{.name = "fiber",
                                                          .local = std::nullopt,
                                                          .remote = "10.0.1.2",
                                                          .device = std::nullopt,
                                                          .port = 7440}));
    EXPECT_THAT(config.peers[0].table.processes,
                ElementsAre(core::ProcessConfig{.name = "redis", .give_up = std::nullopt}));
    EXPECT_EQ(config.processes.at(0).listen, Endpoint{(TcpEndpoint{.host = "127.0.0.1", .port = 6380})});
    EXPECT_EQ(config.processes[0].target, std::nullopt);
    EXPECT_FALSE(config_of(with_line(3, "")).peers.at(0).table.dial);
}

TEST(Config, HowTheNodeRunsIsReadToo) {
    EXPECT_FALSE(config_of(with_line(1, "node = \"tokyo\"\nrealtime = false")).realtime);
    const auto polling = [](const std::string& text) {
        return config_of(with_line(1, "node = \"tokyo\"\nbusy_poll = \"" + text + '"')).busy_poll;
    };
    EXPECT_EQ(polling("50us"), core::Duration{50us});
    EXPECT_EQ(polling("off"), core::Duration{});
}

TEST(Config, WhatIsWrittenIsRead) {
    const Config config = example("branch.toml");
    EXPECT_EQ(config.node, "center");
    EXPECT_EQ(config.drain, core::Duration{10s});
    EXPECT_EQ(
        config.health,
        (core::HealthConfig{.interval = 1s, .idle_interval = std::nullopt, .watchdog = 20ms, .misses = 3}));
    EXPECT_EQ(config.memory, (core::MemoryConfig{.stream = 1U << 20, .node = 512U << 20}));
    ASSERT_EQ(config.peers.size(), 2U);
    EXPECT_EQ(config.peers[0].circuits.at(1),
              (Circuit{.name = "wireless", .local = {}, .remote = {}, .device = "wwan0", .port = 7500}));
    EXPECT_THAT(config.peers[1].table.processes,
                ElementsAre(core::ProcessConfig{.name = "backup",
                                                .wait_to_restore = 30s,
                                                .linger = 10s,
                                                .on_no_link = core::OnNoLink::reset,
                                                .give_up = std::nullopt,
                                                .digest = false}));
}

TEST(Config, AProcessMayDifferFromWhatHoldsForAll) {
    const Config config = config_of(right +
                                    "give_up = \"never\"\nrevertive = true\n"
                                    "[process.web]\npeer = \"osaka\"\ntarget = \"h:1\"\n"
                                    "[health]\ngive_up = \"5min\"\nrevertive = false\nlinger = \"0s\"\n"
                                    "on_no_link = \"reset\"\n");
    const auto& processes = config.peers.at(0).table.processes;
    ASSERT_EQ(processes.size(), 2U);
    EXPECT_EQ(processes[0].give_up, std::nullopt);
    EXPECT_TRUE(processes[0].revertive);
    EXPECT_EQ(processes[1].give_up, core::Duration{5min});
    EXPECT_FALSE(processes[1].revertive);
    for (const core::ProcessConfig& process : processes) {
        EXPECT_EQ(process.linger, core::Duration::zero());
        EXPECT_EQ(process.on_no_link, core::OnNoLink::reset);
    }
}

TEST(Config, AnyRemoteIsWarnedOfWhilePlain) {
    const Config config = example("branch.toml");
    ASSERT_EQ(config.warnings.size(), 1U);
    EXPECT_EQ(
        to_string(config.warnings[0], "branch.toml"),
        "branch.toml:21: peer.north, circuit wireless: remote is \"any\" and security is \"plain\"; whoever "
        "reaches port 7500 can pass for north");
}

TEST(Config, WithoutAPeerThereIsNothingToDo) {
    const Config config = config_of("node = \"tokyo\"");
    ASSERT_EQ(config.warnings.size(), 1U);
    EXPECT_EQ(to_string(config.warnings[0], "w.toml"),
              "w.toml: there is no peer, so nothing to do; write [peer.NAME]");
}

TEST(Config, AllMistakesOfAFileInTheOrderOfItsLines) {
    EXPECT_THAT(
        mistakes_of(R"(node = "to kyo"

[peer.osaka]
dail = true
circuits = [
  { name = "fiber", local = "10.0.1.1", remote = "10.0.1.2:7440" },
  { name = "fiber", remote = "10.0.2.2" },
]

[process.redis]
listen = "127.0.0.1:6380"
linger = 1

[process.web]
peer = "osako"
target = "8080"

[health]
watchdog = "10"
misses = 0
)"),
        ElementsAre(
            "1: node = \"to kyo\" is not a name; write 1 to 63 of A-Z a-z 0-9 . _ -",
            "3: peer.osaka.security is missing; write security = \"plain\"",
            "4: unknown key peer.osaka.dail; did you mean dial?",
            "6: peer.osaka.circuits.remote = \"10.0.1.2:7440\" must be without a port; write that as port = "
            "...",
            "7: peer.osaka has the circuit \"fiber\" at line 6 already; write another name",
            "10: process.redis.peer is missing; write peer = \"NAME\", as in [peer.NAME]",
            "12: process.redis.linger = 1 has no unit; write for example \"1s\"",
            "15: process.web.peer = \"osako\" names no peer; did you mean \"osaka\"?",
            "16: process.web.target = \"8080\" is no ADDRESS:PORT; write for example \"127.0.0.1:6379\"",
            "19: health.watchdog = \"10\" has no unit; write for example \"10ms\"",
            "20: health.misses = 0 is out of range; write 1 to 100"));
}

}  // namespace
}  // namespace warmspare::node::test
