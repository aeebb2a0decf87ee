// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <algorithm>

#include "core/time.hpp"

namespace warmspare::core {

/// The largest of the values of the last half second to second.
class RecentMaximum {
  public:
    void add(Duration value, Time now) noexcept {
        if (now - began_ >= span) {
            former_ = now - began_ < 2 * span ? current_ : Duration::zero();
            current_ = {};
            began_ = now;
        }
        current_ = std::max(current_, value);
    }

    /// Zero if there was none.
    [[nodiscard]] Duration value(Time now) const noexcept {
        if (now - began_ >= 2 * span) return Duration::zero();
        return now - began_ >= span ? current_ : std::max(former_, current_);
    }

  private:
    static constexpr Duration span = std::chrono::milliseconds{500};

    Time began_{};
    Duration current_{};
    Duration former_{};
};

}  // namespace warmspare::core
