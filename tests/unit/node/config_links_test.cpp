// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// The table that follows from circuits and processes (S20).

#include "node/config_links.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config_text.hpp"
#include "node/config.hpp"

namespace warmspare::node::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view three_circuits = R"(node = "tokyo"
[peer.osaka]
dial = true
security = "plain"
port = 7500
circuits = [
  { name = "fiber", remote = "10.0.1.2" },
  { name = "lte", remote = "10.0.2.2", port = 7600 },
  { name = "sat", remote = "10.0.3.2" },
]
[process.web]
peer = "osaka"
listen = "127.0.0.1:8080"
[process.redis]
peer = "osaka"
listen = "127.0.0.1:6380"
)";

TEST(ConfigLinks, TwoCircuitsAndOneProcess) {
    EXPECT_THAT(rows_of(config_of(right).peers.at(0)),
                ElementsAre("fiber/redis fiber 1 0 7440 redis", "lte/1 lte 2 0 7440 -"));
}

TEST(ConfigLinks, ThreeCircuitsAndTwoProcesses) {
    EXPECT_THAT(rows_of(config_of(three_circuits).peers.at(0)),
                ElementsAre("fiber/redis fiber 1 0 7500 redis", "fiber/web fiber 1 0 7500 web",
                            "lte/1 lte 2 0 7600 -", "lte/2 lte 3 0 7600 -", "sat/1 sat 4 0 7500 -",
                            "sat/2 sat 5 0 7500 -"));
}

TEST(ConfigLinks, TheSideThatIsDialledListensOnThePort) {
    EXPECT_THAT(rows_of(config_of(with_line(3, "dial = false")).peers.at(0)),
                ElementsAre("fiber/redis fiber 1 7440 0 redis", "lte/1 lte 2 7440 0 -"));
}

TEST(ConfigLinks, OneCircuitGivesNoSpares) {
    const auto config = config_of(with_line(5, "circuits = [ { name = \"fiber\", remote = \"10.0.1.2\" } ]"));
    EXPECT_THAT(rows_of(config.peers.at(0)), ElementsAre("fiber/redis fiber 1 0 7440 redis"));
}

TEST(ConfigLinks, ThePrioritiesFollowTheFormula) {
    const std::vector<CircuitDraft> circuits(4, CircuitDraft{});
    const std::vector<core::ProcessConfig> processes(5, core::ProcessConfig{});
    const auto links = derive_links(circuits, processes, true);
    ASSERT_EQ(links.size(), 20U);
    for (std::uint32_t circuit = 2; circuit <= 4; ++circuit) {
        for (std::uint32_t n = 1; n <= 5; ++n) {
            EXPECT_EQ(links.at(5 * (circuit - 1) + n - 1).link.priority, 2 + (circuit - 2) * 5 + (n - 1));
        }
    }
}

TEST(ConfigLinks, APeerWithoutProcessesHasNone) {
    const auto config = config_of(
        "node = \"tokyo\"\n[peer.osaka]\nsecurity = \"plain\"\n"
        "circuits = [ { name = \"fiber\", remote = \"10.0.1.2\" } ]\n");
    EXPECT_THAT(config.peers.at(0).table.links, IsEmpty());
    ASSERT_EQ(config.warnings.size(), 1U);
    EXPECT_EQ(to_string(config.warnings[0], "w.toml"),
              "w.toml:2: peer.osaka has no process, so it gets no links");
}

TEST(ConfigLinks, IndicesLeadToTheRulesOfEachProcess) {
    const auto config = config_of(three_circuits);
    ASSERT_EQ(config.processes.size(), 2U);
    EXPECT_EQ(config.processes[0].name, "web");
    EXPECT_EQ(config.processes[0].process, core::ProcessIndex{1});
    EXPECT_EQ(config.processes[1].process, core::ProcessIndex{0});
    for (const Process& process : config.processes) {
        const Peer& peer = config.peers.at(process.peer.value);
        EXPECT_EQ(peer.table.processes.at(process.process.value).name, process.name);
    }
}

TEST(ConfigLinks, DefaultNames) {
    EXPECT_EQ(default_link_name("fiber", 23, 24), "fiber:23-24");
}

}  // namespace
}  // namespace warmspare::node::test
