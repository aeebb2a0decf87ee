// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "core/replay_buffer.hpp"

#include <algorithm>

namespace warmspare::core {

namespace {

/// A rest of a block smaller than this is left unused: reading so little costs a system call all the same.
constexpr std::size_t least_room = std::size_t{4} << 10;

constexpr std::size_t blocks_for(std::size_t bytes) {
    return std::max<std::size_t>(bytes / block_size + (bytes % block_size != 0 ? 1 : 0), 1);
}

}  // namespace

std::span<std::byte> ReplayBuffer::room(std::size_t cap) {
    if (chain_.empty()) chain_.restart();
    if (chain_.tail().size() < least_room && chain_.blocks() < blocks_for(cap)) chain_.add_block();
    const auto room = chain_.tail();
    lent_ = !room.empty();
    return room;
}

void ReplayBuffer::commit(std::size_t size) {
    lent_ = false;
    chain_.commit(size);
    chain_.trim();
}

void ReplayBuffer::forget(std::uint64_t offset) {
    using enum BlockChain::LastBlock;
    chain_.forget(offset, lent_ ? keep : drop);
}

}  // namespace warmspare::core
