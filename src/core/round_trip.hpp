// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

#include "core/time.hpp"

namespace warmspare::core {

/// Round-trip estimate of one link: the smoothed mean and mean deviation of RFC 6298, sections 2.2 and 2.3.
/// Each test carries its own time stamp, so repeated tests are measured without Karn's ambiguity.
class RoundTrip {
  public:
    [[nodiscard]] std::optional<Duration> smoothed() const noexcept { return smoothed_; }

    /// How long a reply can be expected to take: SRTT + max(G, 4 RTTVAR), the retransmission timeout of RFC
    /// 6298 without its floor of one second. Zero before the first sample. The granularity G matters where
    /// round trips hardly vary: without it, one that takes a little longer than usual would come too late.
    [[nodiscard]] Duration expected(Duration granularity = {}) const noexcept {
        return smoothed_ ? *smoothed_ + std::max(granularity, 4 * deviation_) : Duration::zero();
    }

    /// How long most replies take: the median of the last ones, and as much again as that is above the
    /// fastest of them, but at least `granularity`. A few that had to be sent again do not stretch it, as
    /// they do the estimate above; one that is late by this has probably been lost. Zero before the first
    /// sample.
    [[nodiscard]] Duration usual(Duration granularity) const noexcept {
        if (count_ == 0) return Duration::zero();
        auto sorted = latest_;
        const auto used = sorted.begin() + static_cast<std::ptrdiff_t>(std::min(count_, sorted.size()));
        std::sort(sorted.begin(), used);
        const auto median = sorted[static_cast<std::size_t>(used - sorted.begin()) / 2];
        return median + std::max(granularity, median - sorted.front());
    }

    void add(Duration sample) noexcept {
        sample = std::max(sample, Duration::zero());
        latest_[count_++ % latest_.size()] = sample;
        if (!smoothed_) {
            smoothed_ = sample;
            deviation_ = sample / 2;
            return;
        }
        const auto error = sample > *smoothed_ ? sample - *smoothed_ : *smoothed_ - sample;
        deviation_ += (error - deviation_) / 4;
        *smoothed_ += (sample - *smoothed_) / 8;
    }

  private:
    std::optional<Duration> smoothed_;
    Duration deviation_{};
    /// The last samples, in a ring.
    std::array<Duration, 15> latest_{};
    std::size_t count_ = 0;
};

}  // namespace warmspare::core
