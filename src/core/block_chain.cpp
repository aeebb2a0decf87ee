// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "core/block_chain.hpp"

#include <algorithm>
#include <iterator>

#include "core/check.hpp"

namespace warmspare::core {

std::span<std::byte> BlockChain::tail() const noexcept {
    if (blocks() == 0) return {};
    return segments_.back().block.bytes().subspan(segments_.back().size);
}

void BlockChain::add_block() {
    segments_.emplace_back(pool_->take(), end_, 0);
}

void BlockChain::restart() {
    require(empty(), "only an empty chain starts again");
    if (blocks() == 0) return;
    auto& last = segments_.back();
    if (!last.block.unique()) return trim();
    last.offset = end_;
    last.size = 0;
}

void BlockChain::commit(std::size_t size) {
    require(size <= tail().size(), "no more is committed than there was room for");
    if (size == 0) return;
    segments_.back().size += size;
    end_ += size;
}

void BlockChain::trim() {
    if (blocks() == 0 || (!empty() && segments_.back().size > 0)) return;
    segments_.pop_back();
    move_up();
}

void BlockChain::skip(std::size_t size) {
    require(empty(), "only an empty chain leaves out bytes");
    trim();
    begin_ = end_ += size;
}

void BlockChain::forget(std::uint64_t offset, LastBlock last) {
    require(offset <= end_, "nothing is forgotten before it was there");
    begin_ = std::max(begin_, offset);
    const std::size_t kept = last == LastBlock::keep ? 1 : 0;
    while (blocks() > kept && segments_[first_].end() <= begin_) drop_first();
}

void BlockChain::drop_first() {
    segments_[first_].block = {};
    ++first_;
    move_up();
}

void BlockChain::move_up() {
    if (2 * first_ < segments_.size()) return;
    segments_.erase(segments_.begin(), std::next(segments_.begin(), static_cast<std::ptrdiff_t>(first_)));
    cursor_ -= std::min(cursor_, first_);
    first_ = 0;
}

const BlockChain::Segment& BlockChain::find(std::uint64_t offset) const {
    const auto has = [&](std::size_t index) {
        return index >= first_ && index < segments_.size() && segments_[index].offset <= offset &&
               offset < segments_[index].end();
    };
    if (has(cursor_)) return segments_[cursor_];
    if (has(cursor_ + 1)) return segments_[++cursor_];
    const auto first = std::next(segments_.begin(), static_cast<std::ptrdiff_t>(first_));
    const auto after = std::ranges::upper_bound(first, segments_.end(), offset, {}, &Segment::offset);
    cursor_ = static_cast<std::size_t>(std::distance(segments_.begin(), after)) - 1;
    return segments_[cursor_];
}

Slice BlockChain::slice(std::uint64_t offset, std::size_t max) const {
    require(begin_ <= offset && offset <= end_, "only bytes that are kept are sliced");
    if (offset == end_ || max == 0) return {};
    const auto& segment = find(offset);
    const std::size_t skipped = offset - segment.offset;
    const auto size = std::min(max, segment.size - skipped);
    return {segment.block, segment.block.bytes().subspan(skipped, size)};
}

std::size_t BlockChain::pieces(std::span<std::span<const std::byte>> out) const noexcept {
    std::size_t count = 0;
    for (auto index = first_; index < segments_.size() && count < out.size(); ++index) {
        const auto& segment = segments_[index];
        const std::size_t skipped = std::max(begin_, segment.offset) - segment.offset;
        if (skipped < segment.size)
            out[count++] = segment.block.bytes().subspan(skipped, segment.size - skipped);
    }
    return count;
}

}  // namespace warmspare::core
