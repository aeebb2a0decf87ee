// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Whether a connection loses so much that another link would serve better (S13). TCP repairs what is lost, so
// a link that loses a third of its segments answers its tests, late at times, and everything on it crawls:
// worse than a dead link for everybody who only looks for silence.
//
// The kernel's own count is used and not late replies, because those cannot tell loss from a queue: a full
// line answers late for as long as it is full, and there is nothing wrong with it. A queue that overflows
// loses much for a moment; so the loss must go on, over several short windows in a row.

#pragma once

#include <cstdint>

#include "core/evidence.hpp"
#include "core/time.hpp"

namespace warmspare::core {

class LossMeter {
  public:
    /// A new connection: all counts begin at 0.
    void restart() noexcept { *this = {}; }

    void observe(const Evidence& counts, Time now) noexcept {
        if (window_began_ == Time{}) return begin_window(counts, now);
        // A quiet time before says nothing of the line.
        if (counts.segments == before_.segments) window_began_ = now;
        if (now - window_began_ < window) return;
        const auto sent = counts.segments - before_.segments;
        if (sent >= fewest_segments) {
            judge(sent, counts.segments_lost - before_.segments_lost, now - window_began_);
        } else if (now - window_began_ < longest_window) {
            return;
        }
        // Too few say nothing, neither good nor bad.
        begin_window(counts, now);
    }

    /// The last window that says something was bad.
    [[nodiscard]] bool losing() const noexcept { return bad_windows_ > 0; }
    [[nodiscard]] bool lossy() const noexcept {
        return bad_windows_ > 1 && bad_for_ >= longest_bad && lost_ >= most_lost;
    }
    /// Of the last window that says something.
    [[nodiscard]] std::uint32_t percent() const noexcept { return percent_; }

  private:
    static constexpr Duration window = std::chrono::milliseconds{250};
    static constexpr Duration longest_window = std::chrono::seconds{1};
    static constexpr std::uint64_t fewest_segments = 8;
    static constexpr std::uint64_t bad_percent = 10;
    static constexpr Duration longest_bad = std::chrono::seconds{1};
    /// One of so few segments may be lost by chance, and the same in the next window.
    static constexpr std::uint64_t most_lost = 4;

    void judge(std::uint64_t sent, std::uint64_t lost, Duration time) noexcept {
        percent_ = static_cast<std::uint32_t>(100 * lost / sent);
        const bool bad = percent_ >= bad_percent;
        bad_windows_ = bad ? bad_windows_ + 1 : 0;
        bad_for_ = bad ? bad_for_ + time : Duration::zero();
        lost_ = bad ? lost_ + lost : 0;
    }
    void begin_window(const Evidence& counts, Time now) noexcept {
        before_ = counts;
        window_began_ = now;
    }

    Evidence before_;
    Time window_began_{};
    /// Those in a row, how long they were together, and what was lost in them.
    std::uint32_t bad_windows_ = 0;
    Duration bad_for_{};
    std::uint64_t lost_ = 0;
    std::uint32_t percent_ = 0;
};

}  // namespace warmspare::core
