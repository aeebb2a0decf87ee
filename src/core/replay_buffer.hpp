// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// The sender's store for one direction of a stream: what the application wrote and the other node has not
// yet written to its own application. Offsets are absolute, so that sending again after a link failed is only
// a matter of slicing from an earlier offset.
//
// Bytes are in memory, or behind those in a pipe of the kernel, from which they can only be sent once and in
// order: before anything else is done with them they are taken back to memory.
//
//     begin() | in memory | in the pipe, sent | in the pipe, not sent | end()

#pragma once

#include <memory>

#include "core/block_chain.hpp"
#include "core/pipe.hpp"

namespace warmspare::core {

class ReplayBuffer {
  public:
    /// The next bytes to send, in memory or in a pipe.
    struct Piece {
        Slice slice;
        std::shared_ptr<Pipe> pipe;
        std::size_t size = 0;
    };

    /// The pool must outlive the buffer.
    explicit ReplayBuffer(BlockPool& pool) noexcept : chain_{pool} {}

    /// The first byte still kept.
    [[nodiscard]] std::uint64_t begin() const noexcept { return chain_.begin(); }
    /// Past the last byte that the application wrote.
    [[nodiscard]] std::uint64_t end() const noexcept { return chain_.end() + piped_; }
    [[nodiscard]] bool empty() const noexcept { return begin() == end(); }
    /// Memory in use, in bytes: whole blocks, and what is in the pipe.
    [[nodiscard]] std::size_t bytes_held() const noexcept { return chain_.blocks() * block_size + piped_; }

    /// Where the application's next bytes may be put; empty: no room within `cap`. No more blocks are held
    /// than `cap` bytes fill, the last one perhaps in part, but always one. Stays valid until commit() or
    /// another room(), whatever is forgotten meanwhile. Nothing is left in a pipe then.
    [[nodiscard]] std::span<std::byte> room(std::size_t cap);
    /// `size` bytes were put at the beginning of the last room(). 0: the room is given back.
    void commit(std::size_t size);
    /// The application's next `size` bytes are in `pipe`: the one that was used before, if piped().
    void commit_piped(const std::shared_ptr<Pipe>& pipe, std::size_t size);
    [[nodiscard]] bool piped() const noexcept { return piped_ > 0; }
    /// What is in the pipe comes to memory, and can be sent again.
    void take_back();

    /// Drops all bytes before `offset`; one at or before begin() changes nothing. It must not lie beyond
    /// end(): the caller checks what a peer said.
    void forget(std::uint64_t offset);

    /// The piece that begins at `offset`, in [begin(), end()]: at most `max` bytes, fewer where a block ends
    /// or the pipe can keep no more. What is in the pipe must be asked for in order, and not twice.
    [[nodiscard]] Piece next(std::uint64_t offset, std::size_t max);
    /// next() had nothing, and will not have until something is forgotten.
    [[nodiscard]] bool stuck() const noexcept { return stuck_; }

    /// The piece in memory that begins at `offset`. Going on where the last slice ended is O(1); going back
    /// to begin() at any time is cheap too.
    [[nodiscard]] Slice slice(std::uint64_t offset, std::size_t max) const {
        return chain_.slice(offset, max);
    }

  private:
    BlockChain chain_;
    /// The caller may be writing to the last block: it has a room() that was not committed.
    bool lent_ = false;

    std::shared_ptr<Pipe> pipe_;
    /// Bytes in the pipe, behind those of the chain; and of them, from the first on, those that were staged.
    std::size_t piped_ = 0;
    std::size_t staged_ = 0;
    bool stuck_ = false;
};

}  // namespace warmspare::core
