// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <algorithm>

#include "core/time.hpp"

namespace warmspare::core {

/// When a link is dialled: at once, and after that never sooner than an interval after the last time, for
/// ever. A connection that is not made within the interval, or not accepted within another, is given up,
/// because the kernel's own retries come later and later while the path may long be back.
class Dialer {
  public:
    explicit Dialer(Duration interval) noexcept : interval_{interval} {}

    enum class Action { none, dial, give_up };

    [[nodiscard]] Time next_deadline() const noexcept { return deadline_; }
    /// What is to be done now: after a `dial` handle_dialled() is to be called, after a `give_up`
    /// handle_down().
    [[nodiscard]] Action wanted(Time now) const noexcept {
        if (now < deadline_) return Action::none;
        return dialling_ ? Action::give_up : Action::dial;
    }
    void handle_dialled(Time now) noexcept {
        dialling_ = true;
        dialled_at_ = now;
        deadline_ = now + interval_;
    }
    /// The connection is made, which took a round trip; the greeting takes another.
    void handle_connected(Time now) noexcept { deadline_ = now + interval_; }
    void handle_up() noexcept {
        dialling_ = false;
        deadline_ = never;
    }
    /// The connection ended, or could not be made.
    void handle_down(Time now) noexcept {
        dialling_ = false;
        deadline_ = std::max(now, dialled_at_ + interval_);
    }
    /// The other node is about to find out that its former connections are gone.
    void retry_soon(Time now) noexcept { deadline_ = std::min(deadline_, now + interval_ / 10); }
    void stop() noexcept { deadline_ = never; }
    void start(Time now) noexcept {
        dialled_at_ = now - interval_;
        deadline_ = now;
    }

  private:
    Duration interval_;
    bool dialling_ = false;
    Time dialled_at_{};
    Time deadline_ = never;
};

}  // namespace warmspare::core
