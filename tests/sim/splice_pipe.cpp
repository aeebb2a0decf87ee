// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "sim/splice_pipe.hpp"

#include <algorithm>
#include <utility>

#include "core/check.hpp"

namespace warmspare::sim {

namespace {

void move_front(Fifo<std::byte>& from, std::span<std::byte> to) {
    core::require(to.size() <= from.size(), "no more is taken back than was put in");
    std::copy_n(from.begin(), to.size(), to.begin());
    from.pop_front(to.size());
}

}  // namespace

std::span<const std::byte> SplicePipe::staged() const {
    if (spent_) return rest_;
    return {ahead_.begin(), staged_};
}

void SplicePipe::handle_written(std::size_t size) {
    if (spent_) {
        rest_.erase(rest_.begin(), rest_.begin() + static_cast<std::ptrdiff_t>(size));
        return;
    }
    ahead_.pop_front(size);
    staged_ -= size;
}

std::size_t SplicePipe::stage(std::size_t max) {
    core::require(staged_ == 0 && !spent_, "what is staged is written before more is");
    staged_ = std::min({max, ahead_.size(), static_cast<std::size_t>(capacity_ - copies_.size())});
    copies_.append({ahead_.begin(), staged_});
    return staged_;
}

void SplicePipe::forget(std::size_t size) {
    core::require(size <= copies_.size() && !spent_, "only copies are forgotten");
    copies_.pop_front(size);
}

void SplicePipe::take_back(std::span<std::byte> out) {
    if (!std::exchange(spent_, true)) {
        rest_.resize(std::exchange(staged_, 0));
        move_front(ahead_, rest_);
    }
    const auto sent = out.first(std::min(out.size(), copies_.size()));
    move_front(copies_, sent);
    move_front(ahead_, out.subspan(sent.size()));
}

}  // namespace warmspare::sim
