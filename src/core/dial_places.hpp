// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/config.hpp"
#include "core/ids.hpp"

namespace warmspare::core {

/// How many links of a circuit are dialled at a time. The other node has few places for connections that it
/// does not know yet, and whoever finds none comes back an interval later: with some hundred links that
/// would take minutes, while those that wait for their turn here follow each other within a round trip.
class DialPlaces {
  public:
    /// Half of what the other node grants to an address, because a place may be given on here before it has
    /// seen there that it is free.
    static constexpr std::size_t places = 4;

    explicit DialPlaces(const std::vector<LinkConfig>& links) {
        for (const auto& link : links) circuits_.push_back(&by_name_[link.circuit]);
    }
    DialPlaces(DialPlaces&&) = delete;

    /// Whether there is a place for this link. If not, it waits, and must not ask again before leave() has
    /// named it.
    [[nodiscard]] bool take(LinkIndex link) {
        auto& circuit = *circuits_[link.value];
        const bool free = circuit.taken < places;
        if (free)
            ++circuit.taken;
        else
            circuit.waiting.push_back(link);
        return free;
    }
    /// The link that took a place needs it no more. Returns the one that has waited longest: it may try now.
    [[nodiscard]] std::optional<LinkIndex> leave(LinkIndex link) {
        auto& circuit = *circuits_[link.value];
        --circuit.taken;
        if (circuit.waiting.empty()) return std::nullopt;
        const auto next = circuit.waiting.front();
        circuit.waiting.pop_front();
        return next;
    }

  private:
    struct Circuit {
        std::size_t taken = 0;
        std::deque<LinkIndex> waiting;
    };

    std::map<std::string, Circuit> by_name_;
    /// By link.
    std::vector<Circuit*> circuits_;
};

}  // namespace warmspare::core
