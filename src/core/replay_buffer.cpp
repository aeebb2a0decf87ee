// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "core/replay_buffer.hpp"

#include <algorithm>
#include <utility>

#include "core/check.hpp"

namespace warmspare::core {

namespace {

/// A rest of a block smaller than this is left unused: reading so little costs a system call all the same.
constexpr std::size_t least_room = std::size_t{4} << 10;

constexpr std::size_t blocks_for(std::size_t bytes) {
    return std::max<std::size_t>(bytes / block_size + (bytes % block_size != 0 ? 1 : 0), 1);
}

}  // namespace

std::span<std::byte> ReplayBuffer::room(std::size_t cap) {
    take_back();
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

void ReplayBuffer::commit_piped(const std::shared_ptr<Pipe>& pipe, std::size_t size) {
    require(!piped() || pipe == pipe_, "bytes go on in the pipe where the last ones are");
    pipe_ = pipe;
    piped_ += size;
}

void ReplayBuffer::take_back() {
    while (piped_ > 0) {
        if (chain_.tail().empty()) chain_.add_block();
        const auto room = chain_.tail();
        const auto piece = room.first(std::min(room.size(), piped_));
        pipe_->take_back(piece);
        chain_.commit(piece.size());
        piped_ -= piece.size();
    }
    pipe_ = nullptr;
    staged_ = 0;
    stuck_ = false;
}

void ReplayBuffer::forget(std::uint64_t offset) {
    using enum BlockChain::LastBlock;
    const auto in_memory = std::min(offset, chain_.end());
    chain_.forget(in_memory, lent_ ? keep : drop);
    if (offset == in_memory) return;
    const auto size = static_cast<std::size_t>(offset - in_memory);
    require(size <= staged_, "nothing is forgotten before it was sent");
    pipe_->forget(size);
    chain_.skip(size);
    piped_ -= size;
    staged_ -= size;
    stuck_ = false;
}

ReplayBuffer::Piece ReplayBuffer::next(std::uint64_t offset, std::size_t max) {
    if (offset == chain_.end() + staged_ && offset < end() && max > 0) {
        if (const auto size = pipe_->stage(max); size > 0) {
            staged_ += size;
            return {{}, pipe_, size};
        }
        stuck_ = staged_ > 0;
        if (stuck_) return {};
        take_back();
    }
    require(offset < chain_.end() || !piped(), "what is in a pipe is sent in order, and once");
    auto slice = chain_.slice(offset, max);
    const auto size = slice.bytes.size();
    return {std::move(slice), nullptr, size};
}

}  // namespace warmspare::core
