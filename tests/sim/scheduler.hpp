// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/time.hpp"
#include "sim/fifo.hpp"

namespace warmspare::sim {

/// Something to do later. It is kept in place and copied as bytes, because a run makes millions of them: what
/// it captures are pointers, references and numbers.
class Task {
  public:
    template <class F>
        requires(!std::same_as<std::remove_cvref_t<F>, Task>)
    Task(F what) noexcept {
        static_assert(sizeof(F) <= sizeof what_ && alignof(F) <= alignof(std::max_align_t));
        static_assert(std::is_trivially_copyable_v<F> && std::is_trivially_destructible_v<F>);
        ::new (static_cast<void*>(what_)) F{what};
        call_ = [](void* kept) { (*std::launder(static_cast<F*>(kept)))(); };
    }
    void operator()() { call_(what_); }

  private:
    alignas(std::max_align_t) std::byte what_[48];
    void (*call_)(void*);
};

/// Virtual time: what is to happen when. What was scheduled first happens first at the same instant.
class Scheduler {
  public:
    /// Far from zero, so that nothing that means "no time" is mistaken for one.
    static constexpr core::Time start{std::chrono::hours{1}};

    [[nodiscard]] core::Time now() const noexcept { return now_; }
    [[nodiscard]] core::Duration elapsed() const noexcept { return now_ - start; }
    [[nodiscard]] std::uint64_t steps() const noexcept { return steps_; }

    void at(core::Time when, const Task& task) {
        // Whatever else is due at this instant was scheduled before it began, and so comes first.
        if (when <= now_) return present_.push_back(task);
        const auto place = keep(task);
        heap_.push_back({when, ++sequence_, place});
        std::push_heap(heap_.begin(), heap_.end(), later);
    }
    void after(core::Duration delay, const Task& task) { at(now_ + delay, task); }

    [[nodiscard]] core::Time next() const noexcept {
        if (!present_.empty()) return now_;
        return heap_.empty() ? core::never : heap_.front().at;
    }

    /// Does the next thing; false if there is none.
    bool step() {
        if (heap_.empty() && present_.empty()) return false;
        ++steps_;
        if (!present_.empty() && (heap_.empty() || heap_.front().at > now_)) {
            auto task = present_.front();
            present_.pop_front();
            task();
            return true;
        }
        std::pop_heap(heap_.begin(), heap_.end(), later);
        const auto due = heap_.back();
        heap_.pop_back();
        now_ = due.at;
        free_.push_back(due.place);
        auto task = tasks_[due.place];
        task();
        return true;
    }

    void run_until(core::Time when) {
        while (next() <= when) step();
        now_ = std::max(now_, when);
    }

  private:
    /// The heap moves these about and not the tasks.
    struct Due {
        core::Time at;
        std::uint64_t sequence;
        std::uint32_t place;
    };
    static bool later(const Due& a, const Due& b) noexcept {
        return a.at != b.at ? a.at > b.at : a.sequence > b.sequence;
    }

    std::uint32_t keep(const Task& task) {
        if (free_.empty()) {
            tasks_.push_back(task);
            return static_cast<std::uint32_t>(tasks_.size() - 1);
        }
        const auto place = free_.back();
        free_.pop_back();
        tasks_[place] = task;
        return place;
    }

    core::Time now_ = start;
    std::uint64_t sequence_ = 0;
    std::uint64_t steps_ = 0;
    std::vector<Due> heap_;
    std::vector<Task> tasks_;
    std::vector<std::uint32_t> free_;
    /// Of this instant, in order.
    Fifo<Task> present_;
};

}  // namespace warmspare::sim
