// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// What a connection is to send, made up in batches: tests first, then frames that steer, then data. A batch
// is a list of pieces for one gathered write; payload is never copied, and its blocks stay alive until it is
// written. What is in a pipe of the kernel comes last in its batch, after all pieces.

#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "core/block_chain.hpp"
#include "core/pipe.hpp"
#include "wire/encoder.hpp"

namespace warmspare::core {

class Outbox {
  public:
    /// Tests and replies: at the head of the next batch.
    [[nodiscard]] wire::Buffer& urgent() noexcept { return urgent_; }
    /// Other frames that are not data.
    [[nodiscard]] wire::Buffer& control() noexcept { return control_; }
    [[nodiscard]] bool queued() const noexcept { return queued_bytes() > 0; }
    /// What waits for the next batch.
    [[nodiscard]] std::size_t queued_bytes() const noexcept { return urgent_.size() + control_.size(); }

    /// Whether a batch is not written completely yet.
    [[nodiscard]] bool in_batch() const noexcept { return first_piece_ < pieces_.size() || piped_ > 0; }
    /// Starts a batch with what is queued; only while not in_batch().
    void begin_batch();
    /// Whether the batch has room for another frame of data.
    [[nodiscard]] bool has_room() const noexcept;
    /// How many bytes of payload it should have at most.
    [[nodiscard]] std::size_t room() const noexcept { return most_data - data_; }
    void add_data(const wire::DataHeader& header, Slice slice);
    /// The next `size` bytes of the pipe, which are staged. Afterwards there is no more room.
    void add_data(const wire::DataHeader& header, std::shared_ptr<Pipe> pipe, std::size_t size);

    /// The pieces of the batch that are not written yet.
    [[nodiscard]] std::span<const std::span<const std::byte>> pieces() const noexcept {
        return std::span{pieces_}.subspan(first_piece_);
    }
    /// Where so many bytes come from that are to be written after the pieces.
    [[nodiscard]] Pipe* pipe() const noexcept { return pipe_.get(); }
    [[nodiscard]] std::size_t piped() const noexcept { return piped_; }
    void handle_written(std::size_t size);
    [[nodiscard]] std::uint64_t bytes_written() const noexcept { return bytes_written_; }

  private:
    /// A test waits behind the batch that is on its way, so a batch must not be long.
    static constexpr std::size_t most_data = std::size_t{128} << 10;
    static constexpr std::size_t most_frames = 32;

    void add_header(const wire::DataHeader& header);
    void end_batch();

    wire::Buffer urgent_;
    wire::Buffer control_;
    /// The frames at the head of the batch.
    wire::Buffer head_;
    std::vector<wire::DataHeader> headers_;
    std::vector<BlockRef> blocks_;
    std::vector<std::span<const std::byte>> pieces_;
    std::size_t first_piece_ = 0;
    std::size_t data_ = 0;
    std::shared_ptr<Pipe> pipe_;
    std::size_t piped_ = 0;
    std::uint64_t bytes_written_ = 0;
};

}  // namespace warmspare::core
