// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// One byte stream: its two directions, and what the other node has to be told of it. All that is told is
// absolute, so that a move to another link is nothing but telling it again.

#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/ids.hpp"
#include "core/receiving_half.hpp"
#include "core/sending_half.hpp"
#include "wire/encoder.hpp"

namespace warmspare::core {

/// For people: the reason, and what the one who reset had to say about it.
[[nodiscard]] std::string describe(wire::ResetReason reason, const std::string& text);

struct StreamResources {
    BlockPool& pool;
    Allowance sending;
    Allowance receiving;
    std::uint64_t max_memory;
    bool digest;
};

class Stream {
  public:
    Stream(StreamId id, ProcessIndex process, bool opened_here, StreamResources resources);

    [[nodiscard]] StreamId id() const noexcept { return id_; }
    [[nodiscard]] ProcessIndex process() const noexcept { return process_; }
    [[nodiscard]] bool opened_here() const noexcept { return opened_here_; }
    /// Reset here, and kept only until the other node confirms that.
    [[nodiscard]] bool is_reset() const noexcept { return reset_.has_value(); }
    /// Only while not reset.
    [[nodiscard]] SendingHalf& out() { return *out_; }
    [[nodiscard]] ReceivingHalf& in() { return *in_; }
    [[nodiscard]] const SendingHalf& out() const { return *out_; }
    [[nodiscard]] const ReceivingHalf& in() const { return *in_; }

    /// Throws away what is buffered.
    void reset(wire::ResetReason reason, std::string text);
    /// The other node has answered: it knows the stream.
    void confirm_open() noexcept { confirmed_ = true; }
    /// It was opened here and the other node has not said anything of it.
    [[nodiscard]] bool unanswered() const noexcept { return opened_here_ && !confirmed_; }

    /// Whether the other node may have heard of it.
    [[nodiscard]] bool known_to_peer() const noexcept { return known_; }

    /// Something other than data is to be told, and whether now or when there is occasion.
    [[nodiscard]] bool control_due() const noexcept;
    [[nodiscard]] bool control_urgent() const noexcept;
    void encode_control(wire::Buffer& buffer, const std::string& process_name);
    [[nodiscard]] bool data_due() const noexcept { return out_ && out_->data_due(); }
    /// Sent, and the answer still out: the link is to be watched.
    [[nodiscard]] bool outstanding() const noexcept;
    /// The process goes on over another link: everything that may be unknown to the other node is due again.
    /// Returns the bytes of data among it.
    std::uint64_t rewind();
    /// The same without the data, which is on its way where it was.
    void retell();
    /// Both directions have ended, and the other node was told.
    [[nodiscard]] bool complete() const noexcept;

    [[nodiscard]] std::uint64_t memory_held() const noexcept;

  private:
    StreamId id_;
    ProcessIndex process_;
    bool opened_here_;
    /// Open was sent on the current link.
    bool open_sent_ = false;
    bool confirmed_ = false;
    bool known_;
    std::optional<SendingHalf> out_;
    std::optional<ReceivingHalf> in_;
    std::optional<wire::Reset> reset_;
    bool reset_sent_ = false;

    friend class Traffic;
    // Where it stands in the queues of its process.
    bool queued_control_ = false;
    bool queued_data_ = false;
    bool queued_delayed_ = false;
    bool counted_outstanding_ = false;
};

}  // namespace warmspare::core
