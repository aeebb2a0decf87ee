// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Two whole nodes on virtual time, and what both of them say of the same thing.

#pragma once

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <utility>

#include "sim/journal.hpp"
#include "sim/pair.hpp"

namespace warmspare::test {

/// The columns of the table but the last: tests are in flight at any time, at each node its own.
[[nodiscard]] inline std::string table_of(const core::PeerStatus& peer) {
    std::string text = "\n";
    for (const auto& link : peer.links) {
        text += "| " + std::to_string(link.endpoints.own_port) + " | " + std::to_string(link.priority) +
                " | " + std::to_string(link.endpoints.peer_port) + " | " +
                std::string{core::to_string(link.condition)} + " | " + (link.in_use ? "Y" : "N") + " | " +
                link.process.value_or("") + (link.process ? " |\n" : "|\n");
    }
    return text;
}

/// What processes are told.
[[nodiscard]] inline bool is_notice(core::EventKind kind) {
    using enum core::EventKind;
    return kind == assign || kind == switch_ || kind == recovery || kind == restore || kind == release ||
           kind == no_link;
}

/// Fails the test if a byte was lost, doubled or changed.
class PairFixture : public testing::Test {
  protected:
    explicit PairFixture(sim::Setup setup) : net_{std::move(setup)} {
        net_.world().hook([this](std::uint32_t host, const core::Event& event) {
            if (is_notice(event.kind)) notices_[host] += "    " + sim::describe(event) + '\n';
        });
        EXPECT_TRUE(net_.run_until_up());
    }
    ~PairFixture() override {
        const auto& failure = net_.world().journal().failure();
        EXPECT_FALSE(failure) << failure->checker << ": " << failure->text;
    }

    /// What this node told its processes since it was asked last, after an empty line.
    std::string notices(sim::Side side) { return '\n' + std::exchange(notices_[sim::index(side)], {}); }
    /// The same at both.
    std::string notices() {
        const auto told = notices(sim::Side::dialer);
        EXPECT_EQ(notices(sim::Side::acceptor), told);
        return told;
    }
    /// The table, at rest the same at both nodes.
    std::string table() {
        const auto text = table_of(net_.status(sim::Side::dialer));
        EXPECT_EQ(table_of(net_.status(sim::Side::acceptor)), text);
        return text;
    }

    sim::Pair net_;

  private:
    std::array<std::string, 2> notices_;
};

}  // namespace warmspare::test
