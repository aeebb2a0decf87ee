// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// One direction of a stream at the node whose application reads it. Bytes are accepted by offset, whatever
// link brings them: those that came before are dropped. They go to the application at once; what its socket
// does not take is kept, within the limit that the other node was told.
//
// A link is in order, and a sender that moves to another starts there at what it knows to be received. So
// bytes beyond the next one expected never come, and there is nothing to keep out of order.
//
// What is kept is in memory or in a pipe of the kernel, in runs of the one and of the other.

#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/digest.hpp"
#include "core/memory_budget.hpp"
#include "core/receive_buffer.hpp"
#include "core/status.hpp"
#include "wire/frames.hpp"

namespace warmspare::core {

class ReceivingHalf {
  public:
    ReceivingHalf(BlockPool& pool, Allowance allowance, std::uint64_t max_memory, bool with_digest);

    /// The part of the payload that is new; it counts as received, and must be written or kept.
    [[nodiscard]] std::expected<std::span<const std::byte>, std::string_view> accept(const wire::Data& data);
    [[nodiscard]] std::expected<void, std::string_view> handle_finish(const wire::Finish& finish);

    /// Whether a payload of `size` bytes at `offset` can go to the application through a pipe: nobody has to
    /// see it, and all of it is new and welcome.
    [[nodiscard]] bool passable(std::uint64_t offset, std::uint64_t size) const noexcept;
    /// So many bytes of one are in the pipe.
    void passed(std::size_t size);
    /// The application's socket did not take these bytes that accept() returned.
    void keep(std::span<const std::byte> bytes);
    [[nodiscard]] bool keeps_any() const noexcept { return !runs_.empty(); }
    /// How many bytes that are kept are in the pipe, before any that are in memory.
    [[nodiscard]] std::size_t pipe_due() const noexcept {
        return keeps_any() && runs_.front().in_pipe ? runs_.front().size : 0;
    }
    /// None are: fills `out` with pieces of those in memory, and returns how many pieces that are.
    [[nodiscard]] std::size_t kept(std::span<std::span<const std::byte>> out) const noexcept;
    /// The application's socket took so many bytes straight from accept(), or the first of those kept.
    void wrote_through(std::size_t size) noexcept { written_ += size; }
    void wrote_kept(std::size_t size);

    /// Everything was written and the end can be passed on. The digest was right.
    [[nodiscard]] bool end_due() const noexcept { return final_ == written_ && !end_passed_; }
    /// All bytes are here and their digest is not the sender's.
    [[nodiscard]] bool corrupt() const noexcept;
    void passed_end() noexcept { end_passed_ = true; }
    [[nodiscard]] bool done() const noexcept { return end_passed_; }

    /// Whether the other node does not know the state yet, and whether it should soon.
    [[nodiscard]] bool ack_due() const noexcept;
    [[nodiscard]] bool ack_urgent() const noexcept;
    /// The state to send now. Extends the limit.
    [[nodiscard]] wire::Ack next_ack(std::uint64_t stream);
    /// The process moved: the state is due again.
    void repeat_ack() noexcept { told_ = {}; }

    [[nodiscard]] StreamStatus::Receiving status() const noexcept {
        return {written_, received_, limit_, final_};
    }
    [[nodiscard]] std::size_t bytes_held() const noexcept;

  private:
    /// What an acknowledgement would say now.
    [[nodiscard]] std::uint64_t received_with_end() const noexcept {
        return received_ + (final_ == received_ ? 1 : 0);
    }
    [[nodiscard]] std::uint64_t written_with_end() const noexcept { return written_ + (end_passed_ ? 1 : 0); }
    [[nodiscard]] bool window_half_used() const noexcept {
        return limit_ - received_ < allowance_.held() / 2;
    }
    /// Whether the limit would rise if it were told now.
    [[nodiscard]] bool extendable() const noexcept { return limit_ < written_ + allowance_.held(); }
    void extend_limit();

    /// Bytes that follow each other, all in the pipe or all in memory.
    struct Run {
        bool in_pipe;
        std::size_t size;
    };

    void add_run(bool in_pipe, std::size_t size);

    ReceiveBuffer kept_;
    /// In the order of the stream; the first one has at least one byte.
    std::vector<Run> runs_;
    Allowance allowance_;
    std::uint64_t max_memory_;
    std::optional<Digest> digest_;
    /// Contiguous bytes that came.
    std::uint64_t received_ = 0;
    /// Bytes that the application's socket took; received_ - written_ are kept.
    std::uint64_t written_ = 0;
    /// Bytes before this one are welcome, and there is memory for them.
    std::uint64_t limit_;
    std::optional<std::uint64_t> final_;
    std::optional<std::uint64_t> expected_digest_;
    bool end_passed_ = false;
    /// The last acknowledgement sent on the current link.
    std::optional<wire::Ack> told_;
};

}  // namespace warmspare::core
