// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "core/time.hpp"

namespace warmspare::core {

/// One deadline for each of a fixed number of things, and the earliest of them all. Setting costs O(log n),
/// asking nothing.
class Deadlines {
  public:
    explicit Deadlines(std::size_t count) : at_(count, never) {}

    [[nodiscard]] Time earliest() const { return order_.empty() ? never : order_.begin()->first; }

    /// `never` takes the deadline away.
    void set(std::uint32_t thing, Time at) {
        if (at_[thing] == at) return;
        if (at_[thing] != never) order_.erase({at_[thing], thing});
        at_[thing] = at;
        if (at != never) order_.emplace(at, thing);
    }

    /// All whose deadline has come, in order of their deadlines.
    [[nodiscard]] std::vector<std::uint32_t> due(Time now) const {
        std::vector<std::uint32_t> things;
        for (auto it = order_.begin(); it != order_.end() && it->first <= now; ++it)
            things.push_back(it->second);
        return things;
    }

  private:
    std::vector<Time> at_;
    std::set<std::pair<Time, std::uint32_t>> order_;
};

}  // namespace warmspare::core
