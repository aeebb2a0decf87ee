// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// A run of bytes with absolute 64-bit offsets, held in pooled blocks: appended at the end, forgotten at the
// beginning, readable anywhere between.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/block_pool.hpp"

namespace warmspare::core {

/// A contiguous piece of a chain. The bytes stay as they are while `block` is held, forgotten or not.
struct Slice {
    BlockRef block;
    std::span<const std::byte> bytes;
};

/// One that was moved from can only be destroyed or assigned to.
class BlockChain {
  public:
    /// The pool must outlive the chain.
    explicit BlockChain(BlockPool& pool) noexcept : pool_{&pool} {}
    BlockChain(const BlockChain&) = delete;
    BlockChain(BlockChain&&) noexcept = default;
    BlockChain& operator=(BlockChain&&) noexcept = default;

    [[nodiscard]] std::uint64_t begin() const noexcept { return begin_; }
    [[nodiscard]] std::uint64_t end() const noexcept { return end_; }
    [[nodiscard]] bool empty() const noexcept { return begin_ == end_; }
    [[nodiscard]] std::size_t blocks() const noexcept { return segments_.size() - first_; }

    /// The rest of the last block. Empty if that is full or there is none.
    [[nodiscard]] std::span<std::byte> tail() const noexcept;
    void add_block();
    /// Of an empty chain: makes the whole of its last block writable again, or lets go of it if somebody
    /// else still shares it.
    void restart();
    /// The first `size` bytes of tail() now belong to the chain.
    void commit(std::size_t size);
    /// Lets go of a last block that has no byte that is still kept.
    void trim();
    /// Of an empty chain: `size` bytes were kept elsewhere, and go on from behind them.
    void skip(std::size_t size);

    enum class LastBlock { drop, keep };
    /// Drops all bytes before `offset`, which is at most end(), and every block that has no byte left. The
    /// last block, if it has none, goes as well or is kept.
    void forget(std::uint64_t offset, LastBlock last = LastBlock::drop);

    /// At most `max` bytes from `offset` on, fewer at the end of a block. `offset` lies in [begin(), end());
    /// at end() the slice is empty. O(1) where the previous slice was or ended, O(log blocks) elsewhere.
    [[nodiscard]] Slice slice(std::uint64_t offset, std::size_t max) const;
    /// Fills `out` with the pieces from begin() on, in order, and returns how many there are.
    [[nodiscard]] std::size_t pieces(std::span<std::span<const std::byte>> out) const noexcept;

  private:
    /// What the chain has in one block.
    struct Segment {
        BlockRef block;
        /// Of the first byte: where the previous segment ends. Bytes before begin_ are already forgotten.
        std::uint64_t offset;
        std::size_t size;

        [[nodiscard]] std::uint64_t end() const noexcept { return offset + size; }
    };

    [[nodiscard]] const Segment& find(std::uint64_t offset) const;
    void drop_first();
    void move_up();

    BlockPool* pool_;
    /// In order of their offsets from `first_` on, without gaps; those before `first_` are empty shells.
    std::vector<Segment> segments_;
    /// Never more than half of the segments, so that moving up costs O(1) a block.
    std::size_t first_ = 0;
    /// Where the last slice was found. A guess: checked before use.
    mutable std::size_t cursor_ = 0;
    /// The first byte still kept; begin_ <= end_.
    std::uint64_t begin_ = 0;
    /// Past the last byte committed: the end of the last segment.
    std::uint64_t end_ = 0;
};

}  // namespace warmspare::core
