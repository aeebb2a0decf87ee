// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <algorithm>
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

    void add(Duration sample) noexcept {
        sample = std::max(sample, Duration::zero());
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
};

}  // namespace warmspare::core
