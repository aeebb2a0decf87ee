// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <algorithm>

#include "core/time.hpp"

namespace warmspare::core {

/// The largest of the values of the last one to two spans.
class RecentMaximum {
  public:
    explicit RecentMaximum(Duration span) noexcept : span_{span} {}

    void add(Duration value, Time now) noexcept {
        if (now - began_ >= span_) {
            former_ = now - began_ < 2 * span_ ? current_ : Duration::zero();
            current_ = {};
            began_ = now;
        }
        current_ = std::max(current_, value);
    }

    /// Zero if there was none.
    [[nodiscard]] Duration value(Time now) const noexcept {
        if (now - began_ >= 2 * span_) return Duration::zero();
        return now - began_ >= span_ ? current_ : std::max(former_, current_);
    }

  private:
    Duration span_;
    Time began_{};
    Duration current_{};
    Duration former_{};
};

}  // namespace warmspare::core
