// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// How long a repaired link must stay fit before traffic returns to it (S14). A link that keeps failing is
// trusted later each time: a failure adds one to its penalty, which fades by half in twelve times the
// configured wait while the link is fit, and every one above the first doubles the wait. So a link that
// failed once waits as configured, one that fails every few seconds waits sixteen times as long, and after a
// quiet spell all is as before.
//
// This is route flap damping (RFC 2439) with a wait instead of a threshold: there is no state in which a link
// is suppressed for good, and nothing to configure beyond the wait itself. There too a penalty fades more
// slowly while a route is unreachable: a link that is down proves nothing.

#pragma once

#include <algorithm>
#include <cmath>

#include "core/time.hpp"

namespace warmspare::core {

class WaitToRestore {
  public:
    explicit WaitToRestore(Duration configured) noexcept : configured_{configured} {}

    /// Since when the link has been fit; never: it is not. To be told after it may have changed.
    void observe(Time fit_since, Time now) noexcept {
        if (fit_since == fit_since_) return;
        // It may have failed and come back since it was looked at last.
        if (fit_since_ != never) penalty_ = std::min(faded(now) + 1, highest_penalty);
        fit_since_ = fit_since;
        if (fit_since != never) wait_ = stretched();
    }

    /// When traffic may return; never: the link is not fit.
    [[nodiscard]] Time due() const noexcept {
        return fit_since_ == never || wait_ > never - fit_since_ ? never : fit_since_ + wait_;
    }

  private:
    static constexpr double highest_penalty = 5;
    static constexpr int half_life_in_waits = 12;

    [[nodiscard]] double faded(Time now) const noexcept {
        if (penalty_ == 0 || configured_ == Duration::zero()) return 0;
        const auto half_lives = static_cast<double>((now - fit_since_).count()) /
                                static_cast<double>((half_life_in_waits * configured_).count());
        return penalty_ * std::exp2(-half_lives);
    }
    [[nodiscard]] Duration stretched() const noexcept {
        const auto doublings = std::max(penalty_ - 1, 0.0);
        if (doublings == 0) return configured_;
        const Duration wait{
            static_cast<Duration::rep>(static_cast<double>(configured_.count()) * std::exp2(doublings))};
        return std::chrono::floor<std::chrono::milliseconds>(wait);
    }

    Duration configured_;
    Time fit_since_ = never;
    Duration wait_{};
    /// As it was at the last failure.
    double penalty_ = 0;
};

}  // namespace warmspare::core
