// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/event.hpp"
#include "sim/scheduler.hpp"

namespace warmspare::sim {

/// What went wrong: the first violation of an invariant in a run.
struct Failure {
    std::string checker;
    std::string text;
    core::Duration at{};
};

/// What a run leaves behind: its trace if wanted, a hash over everything that the nodes put out, and the
/// first violation.
class Journal {
  public:
    /// What is printed: nothing; what happens; that, and each frame that arrives.
    enum class Level { silent, events, frames };

    Journal(const Scheduler& scheduler, Level level) : scheduler_{scheduler}, level_{level} {}

    [[nodiscard]] bool verbose() const noexcept { return level_ != Level::silent; }
    [[nodiscard]] Level level() const noexcept { return level_; }
    void note(std::string_view who, std::string_view what) const;

    void hash(std::uint64_t value) noexcept;
    void hash(std::string_view text) noexcept;
    void hash(std::span<const std::byte> bytes) noexcept;
    void hash(const core::Event& event) noexcept;
    [[nodiscard]] std::uint64_t hash() const noexcept { return hash_; }

    void fail(std::string_view checker, std::string_view text);
    [[nodiscard]] const std::optional<Failure>& failure() const noexcept { return failure_; }

  private:
    const Scheduler& scheduler_;
    Level level_;
    std::uint64_t hash_ = 0;
    std::optional<Failure> failure_;
};

/// "   12.345678", seconds.
[[nodiscard]] std::string format_time(core::Duration time);
/// "switch C 23 -> 162 (watchdog expired)": what a reader of a trace wants to know of an event.
[[nodiscard]] std::string describe(const core::Event& event);

}  // namespace warmspare::sim
