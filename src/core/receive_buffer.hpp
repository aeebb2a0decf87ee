// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// The receiver's store for one direction of a stream: bytes that came in order and that the application's
// socket did not take yet. Nearly always empty, and then it holds no block.

#pragma once

#include "core/block_chain.hpp"

namespace warmspare::core {

class ReceiveBuffer {
  public:
    /// Enough pieces for one gathered write.
    static constexpr std::size_t max_pieces = 16;

    /// The pool must outlive the buffer.
    explicit ReceiveBuffer(BlockPool& pool) noexcept : chain_{pool} {}

    [[nodiscard]] std::size_t size() const noexcept { return chain_.end() - chain_.begin(); }
    [[nodiscard]] bool empty() const noexcept { return chain_.empty(); }
    /// Memory in use, in bytes: whole blocks, at most one more than size() fills.
    [[nodiscard]] std::size_t bytes_held() const noexcept { return chain_.blocks() * block_size; }

    /// Copies the bytes. How many there may be is the caller's business: the limit that it told the sender.
    void append(std::span<const std::byte> bytes);
    /// Fills `out` with the bytes from the first on, in order, and returns how many pieces that are. They
    /// stay valid until the next append() or consume().
    [[nodiscard]] std::size_t pieces(std::span<std::span<const std::byte>> out) const noexcept {
        return chain_.pieces(out);
    }
    /// The first `size` bytes were taken, of at most size().
    void consume(std::size_t size);

  private:
    BlockChain chain_;
};

}  // namespace warmspare::core
