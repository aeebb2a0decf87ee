// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <algorithm>

#include "core/time.hpp"

namespace warmspare::core {

/// How late this node wakes up: what it notices by a deadline, it notices so much later (S13).
class Lateness {
  public:
    void note(Duration late, Time now) noexcept {
        if (now - began_ >= window) {
            former_ = now - began_ < 2 * window ? worst_ : Duration::zero();
            worst_ = Duration::zero();
            began_ = now;
        }
        worst_ = std::max(worst_, late);
    }
    /// The worst of one to two windows before the last note.
    [[nodiscard]] Duration worst() const noexcept { return std::max(worst_, former_); }

  private:
    static constexpr Duration window = std::chrono::minutes{1};

    Time began_{};
    Duration worst_{};
    Duration former_{};
};

}  // namespace warmspare::core
