// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace warmspare::sim {

/// A queue in one piece of memory, which it keeps.
template <class T>
class Fifo {
  public:
    [[nodiscard]] bool empty() const noexcept { return first_ == items_.size(); }
    [[nodiscard]] std::size_t size() const noexcept { return items_.size() - first_; }
    [[nodiscard]] T& front() noexcept { return items_[first_]; }
    [[nodiscard]] const T& front() const noexcept { return items_[first_]; }
    [[nodiscard]] T& back() noexcept { return items_.back(); }
    [[nodiscard]] const T& back() const noexcept { return items_.back(); }
    [[nodiscard]] T* begin() noexcept { return items_.data() + first_; }
    [[nodiscard]] T* end() noexcept { return items_.data() + items_.size(); }
    [[nodiscard]] const T* begin() const noexcept { return items_.data() + first_; }
    [[nodiscard]] const T* end() const noexcept { return items_.data() + items_.size(); }

    void push_back(T item) {
        make_room(1);
        items_.push_back(std::move(item));
    }
    void append(std::span<const T> more) {
        make_room(more.size());
        items_.insert(items_.end(), more.begin(), more.end());
    }
    void pop_front(std::size_t count = 1) {
        first_ += count;
        if (empty()) clear();
    }
    void pop_back(std::size_t count = 1) {
        items_.erase(items_.end() - static_cast<std::ptrdiff_t>(count), items_.end());
        if (empty()) clear();
    }
    void clear() noexcept {
        items_.clear();
        first_ = 0;
    }
    /// Gives the memory back too.
    void release() {
        items_ = {};
        first_ = 0;
    }

  private:
    /// Rather moves what is left to the beginning than grows, if that frees at least half.
    void make_room(std::size_t count) {
        if (items_.size() + count <= items_.capacity() || first_ < items_.size() - first_) return;
        items_.erase(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(first_));
        first_ = 0;
    }

    std::vector<T> items_;
    std::size_t first_ = 0;
};

}  // namespace warmspare::sim
