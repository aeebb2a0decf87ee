// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// The core owns no clock. Whoever drives it passes `now` with every event; all times below are points on
// that caller's monotonic time line, whatever its origin.

#pragma once

#include <chrono>
#include <cstdint>

namespace warmspare::core {

struct Clock {
    using rep = std::int64_t;
    using period = std::nano;
    using duration = std::chrono::duration<rep, period>;
    using time_point = std::chrono::time_point<Clock>;
    static constexpr bool is_steady = true;
};

using Duration = Clock::duration;
using Time = Clock::time_point;

/// "No deadline": later than every time that occurs.
inline constexpr Time never = Time::max();

}  // namespace warmspare::core
