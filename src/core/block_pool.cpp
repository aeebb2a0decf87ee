// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "core/block_pool.hpp"

#include "core/check.hpp"

#if __has_include(<sanitizer/asan_interface.h>)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#endif

namespace warmspare::core {

void BlockRef::give_back() noexcept {
    block_->pool->give_back(block_);
}

BlockPool::~BlockPool() {
    require(in_use_ == 0, "a pool outlives the shares in its blocks");
    while (free_) {
        auto* block = std::exchange(free_, free_->next);
        ASAN_UNPOISON_MEMORY_REGION(block->bytes.data(), block_size);
        delete block;
    }
}

BlockRef BlockPool::take() {
    auto* block = free_;
    if (block) {
        free_ = block->next;
        --free_count_;
        ASAN_UNPOISON_MEMORY_REGION(block->bytes.data(), block_size);
    } else {
        block = new detail::Block;
        block->pool = this;
    }
    ++in_use_;
    return BlockRef{block};
}

void BlockPool::give_back(detail::Block* block) noexcept {
    --in_use_;
    if (free_count_ == max_free_) {
        delete block;
        return;
    }
    // To use a free block is an error that a sanitizer finds only if it is told.
    ASAN_POISON_MEMORY_REGION(block->bytes.data(), block_size);
    block->next = std::exchange(free_, block);
    ++free_count_;
}

}  // namespace warmspare::core
