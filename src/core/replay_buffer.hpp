// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// The sender's store for one direction of a stream: what the application wrote and the other node has not
// yet written to its own application. Offsets are absolute, so that sending again after a link failed is only
// a matter of slicing from an earlier offset.

#pragma once

#include "core/block_chain.hpp"

namespace warmspare::core {

class ReplayBuffer {
  public:
    /// The pool must outlive the buffer.
    explicit ReplayBuffer(BlockPool& pool) noexcept : chain_{pool} {}

    /// The first byte still kept.
    [[nodiscard]] std::uint64_t begin() const noexcept { return chain_.begin(); }
    /// Past the last byte that the application wrote.
    [[nodiscard]] std::uint64_t end() const noexcept { return chain_.end(); }
    [[nodiscard]] bool empty() const noexcept { return chain_.empty(); }
    /// Memory in use, in bytes: whole blocks.
    [[nodiscard]] std::size_t bytes_held() const noexcept { return chain_.blocks() * block_size; }

    /// Where the application's next bytes may be put; empty: no room within `cap`. No more blocks are held
    /// than `cap` bytes fill, the last one perhaps in part, but always one. Stays valid until commit() or
    /// another room(), whatever is forgotten meanwhile.
    [[nodiscard]] std::span<std::byte> room(std::size_t cap);
    /// `size` bytes were put at the beginning of the last room(). 0: the room is given back.
    void commit(std::size_t size);

    /// Drops all bytes before `offset`; one at or before begin() changes nothing. It must not lie beyond
    /// end(): the caller checks what a peer said.
    void forget(std::uint64_t offset);

    /// The piece that begins at `offset`, in [begin(), end()]: at most `max` bytes, fewer where a block ends.
    /// Going on where the last slice ended is O(1); going back to begin() at any time is cheap too.
    [[nodiscard]] Slice slice(std::uint64_t offset, std::size_t max) const {
        return chain_.slice(offset, max);
    }

  private:
    BlockChain chain_;
    /// The caller may be writing to the last block: it has a room() that was not committed.
    bool lent_ = false;
};

}  // namespace warmspare::core
