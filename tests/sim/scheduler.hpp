// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "core/time.hpp"

namespace warmspare::sim {

/// Virtual time: what is to happen when. What was scheduled first happens first at the same instant.
class Scheduler {
  public:
    using Task = std::function<void()>;

    /// Far from zero, so that nothing that means "no time" is mistaken for one.
    static constexpr core::Time start{std::chrono::hours{1}};

    [[nodiscard]] core::Time now() const noexcept { return now_; }
    [[nodiscard]] core::Duration elapsed() const noexcept { return now_ - start; }
    [[nodiscard]] std::uint64_t steps() const noexcept { return steps_; }

    void at(core::Time when, Task task) {
        items_.push_back({std::max(when, now_), ++sequence_, std::move(task)});
        std::push_heap(items_.begin(), items_.end(), later);
    }
    void after(core::Duration delay, Task task) { at(now_ + delay, std::move(task)); }

    [[nodiscard]] core::Time next() const noexcept {
        return items_.empty() ? core::never : items_.front().at;
    }

    /// Does the next thing; false if there is none.
    bool step() {
        if (items_.empty()) return false;
        std::pop_heap(items_.begin(), items_.end(), later);
        auto item = std::move(items_.back());
        items_.pop_back();
        now_ = item.at;
        ++steps_;
        item.task();
        return true;
    }

    void run_until(core::Time when) {
        while (next() <= when) step();
        now_ = std::max(now_, when);
    }

  private:
    struct Item {
        core::Time at;
        std::uint64_t sequence;
        Task task;
    };
    static bool later(const Item& a, const Item& b) noexcept {
        return std::pair{a.at, a.sequence} > std::pair{b.at, b.sequence};
    }

    core::Time now_ = start;
    std::uint64_t sequence_ = 0;
    std::uint64_t steps_ = 0;
    std::vector<Item> items_;
};

}  // namespace warmspare::sim
