// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <optional>

#include "core/config.hpp"
#include "core/time.hpp"

namespace warmspare::core {

/// The start timer: when all links of all peers are tested. Every interval while any link is in use or any
/// process waits (S4), otherwise every idle interval or not at all (S7).
class StartTimer {
  public:
    StartTimer(const HealthConfig& config, Time now) : config_{config} { arm(now); }

    [[nodiscard]] Time next_deadline() const noexcept { return deadline_; }
    /// How long until the next time, once it has fired.
    [[nodiscard]] Duration period() const {
        return busy_ ? config_.interval : config_.idle_interval.value_or(Duration{});
    }

    void set_busy(bool busy, Time now) {
        if (busy_ == busy) return;
        busy_ = busy;
        arm(now);
    }
    /// Whether it fires.
    [[nodiscard]] bool handle_deadline(Time now) {
        if (now < deadline_) return false;
        arm(now);
        return true;
    }

  private:
    void arm(Time now) {
        if (busy_)
            deadline_ = now + config_.interval;
        else
            deadline_ = config_.idle_interval ? now + *config_.idle_interval : never;
    }

    HealthConfig config_;
    bool busy_ = false;
    Time deadline_ = never;
};

}  // namespace warmspare::core
