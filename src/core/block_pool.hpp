// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Memory for bytes in flight: blocks of one size, so that any stream can use what any other gave back. The
// block freed last is handed out first: a stream that is drained as fast as it fills works within a few
// blocks that stay in the cache, which one large ring a stream would not do.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace warmspare::core {

class BlockPool;

inline constexpr std::size_t block_size = std::size_t{64} << 10;

namespace detail {

struct Block {
    BlockPool* pool;
    /// The next free block while this one is free; without meaning while it is in use.
    Block* next;
    /// How many BlockRefs there are; 0 while free.
    std::uint32_t references;
    alignas(64) std::array<std::byte, block_size> bytes;
};

}  // namespace detail

/// A share in a block, which goes back to its pool with the last share. Not atomic: all shares belong to the
/// thread of the pool, and none may outlive the pool.
class BlockRef {
  public:
    BlockRef() noexcept = default;
    BlockRef(const BlockRef& other) noexcept : block_{other.block_} {
        if (block_) ++block_->references;
    }
    BlockRef(BlockRef&& other) noexcept : block_{std::exchange(other.block_, nullptr)} {}
    BlockRef& operator=(BlockRef other) noexcept {
        std::swap(block_, other.block_);
        return *this;
    }
    ~BlockRef() {
        if (block_ && --block_->references == 0) give_back();
    }

    explicit operator bool() const noexcept { return block_ != nullptr; }
    /// All bytes of the block, uninitialised at first. Only for a BlockRef that is not empty.
    [[nodiscard]] std::span<std::byte, block_size> bytes() const noexcept { return block_->bytes; }
    /// Whether nobody else shares the block.
    [[nodiscard]] bool unique() const noexcept { return block_ && block_->references == 1; }

  private:
    friend class BlockPool;
    explicit BlockRef(detail::Block* block) noexcept : block_{block} { block->references = 1; }
    void give_back() noexcept;

    detail::Block* block_ = nullptr;
};

class BlockPool {
  public:
    /// Keeps up to `max_free` blocks for later use and gives what is above to the allocator.
    explicit BlockPool(std::size_t max_free = 256) noexcept : max_free_{max_free} {}
    /// Every BlockRef must be gone.
    ~BlockPool();
    BlockPool(BlockPool&&) = delete;

    /// Throws std::bad_alloc. How much may be held is MemoryBudget's business.
    [[nodiscard]] BlockRef take();

    [[nodiscard]] std::size_t in_use() const noexcept { return in_use_; }
    [[nodiscard]] std::size_t free() const noexcept { return free_count_; }

  private:
    friend class BlockRef;
    void give_back(detail::Block* block) noexcept;

    std::size_t max_free_;
    std::size_t in_use_ = 0;
    /// Length of the list at `free_`; never above `max_free_`.
    std::size_t free_count_ = 0;
    detail::Block* free_ = nullptr;
};

}  // namespace warmspare::core
