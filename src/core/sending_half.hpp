// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// One direction of a stream at the node whose application writes it. Bytes stay here until the other node has
// written them to its application; until then they can be sent again on any link, from any offset.
//
//     forgotten | written | received | sent | not sent yet | (room)
//          begin()   acknowledged_   sent_             end()
//
// The end of the stream counts as one byte more, here and in acknowledgements.

#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "core/digest.hpp"
#include "core/memory_budget.hpp"
#include "core/replay_buffer.hpp"
#include "core/status.hpp"
#include "wire/frames.hpp"

namespace warmspare::core {

/// Bytes of each new stream that are welcome before the first acknowledgement said so.
inline constexpr std::uint64_t initial_limit = certain_bytes;

class SendingHalf {
  public:
    struct Piece {
        std::uint64_t offset;
        ReplayBuffer::Piece bytes;
    };

    SendingHalf(BlockPool& pool, Allowance allowance, std::uint64_t max_memory, bool with_digest);

    // --- from the application ---

    /// Where its next bytes go; empty: no room, and wants_room() until there is.
    [[nodiscard]] std::span<std::byte> room();
    void commit(std::size_t size);
    /// How many of its next bytes may stay in a pipe; 0: there is no room, and wants_room() until there is.
    /// Empty where the digest has to see them.
    [[nodiscard]] std::optional<std::size_t> pipe_room();
    void commit_piped(const std::shared_ptr<Pipe>& pipe, std::size_t size);
    void finish();
    /// True once after room() was empty and there is some again.
    [[nodiscard]] bool take_resume();

    // --- to the link ---

    [[nodiscard]] bool data_due() const noexcept;
    /// Empty if a pipe can keep no more.
    [[nodiscard]] Piece next_data(std::size_t max);
    [[nodiscard]] bool finish_due() const noexcept {
        return finished_ && !finish_sent_ && sent_ == buffer_.end();
    }
    [[nodiscard]] std::optional<wire::Finish> next_finish(std::uint64_t stream);
    /// Something is to come from the other node: word of what was sent, or leave to send more.
    [[nodiscard]] bool outstanding() const noexcept;
    /// The process goes on over another link: everything not known to be received is due again. Returns how
    /// many bytes that are.
    std::uint64_t rewind();
    /// The end is said again until it was written there: if the other node is done with the stream, this is
    /// what makes it say so once more.
    void repeat_finish() noexcept { finish_sent_ = finish_sent_ && end_written_; }

    // --- from the link ---

    [[nodiscard]] std::expected<void, std::string_view> handle_ack(const wire::Ack& ack);
    /// Everything, the end included, was written to the application.
    [[nodiscard]] bool done() const noexcept { return end_written_; }
    /// The other node is done with this direction, whatever acknowledgements were lost. False if it cannot
    /// be.
    [[nodiscard]] bool close() noexcept;

    [[nodiscard]] std::uint64_t begin() const noexcept { return buffer_.begin(); }
    [[nodiscard]] StreamStatus::Sending status() const noexcept {
        return {buffer_.begin(), acknowledged_, sent_, buffer_.end(), limit_, finished_};
    }
    [[nodiscard]] std::size_t bytes_held() const noexcept { return buffer_.bytes_held(); }

  private:
    [[nodiscard]] std::uint64_t sent_with_end() const noexcept {
        return most_sent_ + (finish_was_sent_ ? 1 : 0);
    }

    ReplayBuffer buffer_;
    Allowance allowance_;
    std::uint64_t max_memory_;
    std::optional<Digest> digest_;
    /// The last room(), until it is committed.
    std::span<std::byte> room_;
    bool wants_room_ = false;
    /// The next byte to send on the current link.
    std::uint64_t sent_ = 0;
    /// The most that was ever sent on any link; an acknowledgement beyond it is a lie.
    std::uint64_t most_sent_ = 0;
    /// The other node has all bytes before this one.
    std::uint64_t acknowledged_ = 0;
    /// The other node welcomes bytes before this one.
    std::uint64_t limit_ = initial_limit;
    /// The application ended this direction at end().
    bool finished_ = false;
    bool finish_sent_ = false;
    bool finish_was_sent_ = false;
    bool end_received_ = false;
    bool end_written_ = false;
};

}  // namespace warmspare::core
