// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "core/sending_half.hpp"

#include <algorithm>
#include <utility>

#include "core/check.hpp"

namespace warmspare::core {

namespace {

/// So much is read to a pipe at once where memory allows, in bytes.
constexpr std::size_t large_read = 4 * block_size;
/// Less room than this in a pipe is none: little pieces fill it up as much as large ones.
constexpr std::size_t least_read = block_size / 4;

}  // namespace

SendingHalf::SendingHalf(BlockPool& pool, Allowance allowance, std::uint64_t max_memory, bool with_digest)
    : buffer_{pool}, allowance_{std::move(allowance)}, max_memory_{max_memory} {
    if (with_digest) digest_.emplace();
}

std::span<std::byte> SendingHalf::room() {
    if (finished_) return {};
    room_ = buffer_.room(allowance_.held());
    if (room_.empty() && allowance_.grow_by(block_size, max_memory_)) room_ = buffer_.room(allowance_.held());
    wants_room_ = room_.empty();
    return room_;
}

void SendingHalf::commit(std::size_t size) {
    if (digest_) digest_->update(room_.first(size));
    buffer_.commit(size);
    room_ = {};
}

std::optional<std::size_t> SendingHalf::pipe_room() {
    if (finished_ || digest_) return std::nullopt;
    const auto used = std::min(buffer_.end() - buffer_.begin(), allowance_.held());
    while (allowance_.held() - used < large_read && allowance_.grow_by(block_size, max_memory_)) {
    }
    const auto room = static_cast<std::size_t>(allowance_.held() - used);
    wants_room_ = room < least_read;
    return wants_room_ ? 0 : room;
}

void SendingHalf::commit_piped(const std::shared_ptr<Pipe>& pipe, std::size_t size) {
    buffer_.commit_piped(pipe, size);
}

void SendingHalf::finish() {
    finished_ = true;
    wants_room_ = false;
}

bool SendingHalf::take_resume() {
    if (!wants_room_) return false;
    if (buffer_.piped()) return pipe_room().value_or(0) > 0;
    if (room().empty()) return false;
    commit(0);
    return true;
}

bool SendingHalf::data_due() const noexcept {
    return sent_ < std::min(buffer_.end(), limit_) && !buffer_.stuck();
}

SendingHalf::Piece SendingHalf::next_data(std::size_t max) {
    const auto allowed = std::min<std::uint64_t>(max, std::min(buffer_.end(), limit_) - sent_);
    Piece piece{sent_, buffer_.next(sent_, static_cast<std::size_t>(allowed))};
    sent_ += piece.bytes.size;
    most_sent_ = std::max(most_sent_, sent_);
    return piece;
}

std::optional<wire::Finish> SendingHalf::next_finish(std::uint64_t stream) {
    if (!finish_due()) return std::nullopt;
    finish_sent_ = finish_was_sent_ = true;
    wire::Finish finish{.stream = stream, .final_offset = buffer_.end()};
    if (digest_) finish.digest = digest_->value();
    return finish;
}

/// Bytes that wait for the other node's leave count: what is outstanding is that leave.
bool SendingHalf::outstanding() const noexcept {
    return acknowledged_ < sent_ || buffer_.end() > limit_ || (finish_sent_ && !end_received_);
}

std::uint64_t SendingHalf::rewind() {
#ifdef WARMSPARE_MUTANT_NO_REPLAY
    return 0;
#endif
#ifndef WARMSPARE_MUTANT_LEAVE_IN_PIPE
    buffer_.take_back();
#endif
    const auto again = sent_ - acknowledged_;
    sent_ = acknowledged_;
    repeat_finish();
    return again;
}

std::expected<void, std::string_view> SendingHalf::handle_ack(const wire::Ack& ack) {
    if (ack.received > sent_with_end()) return std::unexpected("acknowledges bytes that were never sent");
    if (ack.written > ack.received) return std::unexpected("says that more was written than received");
    const auto end = buffer_.end();
    end_received_ = end_received_ || (finished_ && ack.received > end);
    end_written_ = end_written_ || (finished_ && ack.written > end);
    acknowledged_ = std::max(acknowledged_, std::min(ack.received, end));
    sent_ = std::max(sent_, acknowledged_);
    limit_ = std::max(limit_, ack.limit);
    buffer_.forget(std::min(ack.written, end));
#ifdef WARMSPARE_MUTANT_FORGET_EARLY
    buffer_.forget(sent_);
#endif
#ifdef WARMSPARE_MUTANT_FORGET_RECEIVED
    buffer_.forget(acknowledged_);
#endif
    // What others need more is given back as it drains.
    if (const auto excess = allowance_.excess(); excess > 0)
        allowance_.shrink_to(std::max<std::uint64_t>(buffer_.bytes_held(), allowance_.held() - excess));
    return {};
}

bool SendingHalf::close() noexcept {
    if (!finished_ || !finish_was_sent_ || most_sent_ != buffer_.end()) return false;
    buffer_.forget(buffer_.end());
    end_written_ = end_received_ = true;
    acknowledged_ = sent_ = buffer_.end();
    return true;
}

}  // namespace warmspare::core
