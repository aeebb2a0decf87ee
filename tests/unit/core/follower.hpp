// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// The node that is dialled, as far as it follows what it is told of the assignments (S9): processes A and B
// with a link each, and two spares.

#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/following.hpp"
#include "rules_bench.hpp"

namespace warmspare::core {

inline constexpr std::uint32_t link_20 = 0;
inline constexpr std::uint32_t link_21 = 1;
inline constexpr std::uint32_t link_161 = 2;
inline constexpr std::uint32_t link_162 = 3;

inline PeerConfig followed_peer() {
    auto peer = peer_with({dedicated("20", "A"), dedicated("21", "B"), spare("161", 2), spare("162", 3)});
    peer.dial = false;
    return peer;
}

class Follower {
  public:
    explicit Follower(const PeerConfig& config)
        : config_{config}, table_{config_}, assignments_{config_, table_}, following_{assignments_} {}

    void hear(const wire::Assign& assign) {
        following_.handle_assign(
            assign,
            [&](std::uint32_t id) {
                return id < table_.rows().size() ? std::optional{LinkIndex{id}} : std::nullopt;
            },
            Time{std::chrono::hours{1}});
    }

    void hear(std::uint64_t epoch, std::vector<wire::Assignment> list) { hear({epoch, std::move(list)}); }

    std::string decisions() {
        std::string text;
        while (const auto decision = assignments_.poll_decision()) text += describe(*decision) + "; ";
        return text;
    }

    /// Who has which row: "A 20, B waits 161".
    [[nodiscard]] std::string holdings() const {
        std::string text;
        for (const auto& process : assignments_.processes()) {
            if (process.holding == Holding::none) continue;
            if (!text.empty()) text += ", ";
            text += process.config.name + (process.holding == Holding::waiting ? " waits" : "");
            if (process.link) text += ' ' + config_.links[process.link->value].name;
        }
        return text;
    }

    [[nodiscard]] const LinkTable& table() const { return table_; }
    [[nodiscard]] const Assignments& assignments() const { return assignments_; }
    Following& following() { return following_; }

  private:
    [[nodiscard]] std::string name(std::optional<LinkIndex> link) const {
        return link ? config_.links[link->value].name : "-";
    }

    [[nodiscard]] std::string describe(const Decision& decision) const {
        static constexpr std::array kinds{"assign", "switch", "restore", "recovery", "release", "no_link"};
        return std::string{kinds[static_cast<std::size_t>(decision.kind)]} + ' ' +
               config_.processes[decision.process.value].name + ' ' + name(decision.from) + ' ' +
               name(decision.to);
    }

    PeerConfig config_;
    LinkTable table_;
    Assignments assignments_;
    Following following_;
};

}  // namespace warmspare::core
