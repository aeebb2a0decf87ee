// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "core/stream.hpp"

#include <utility>

namespace warmspare::core {

namespace {

std::string_view phrase(wire::ResetReason reason) {
    switch (reason) {
        case wire::ResetReason::application:
            return "reset by the application";
        case wire::ResetReason::target_unreachable:
            return "target unreachable";
        case wire::ResetReason::no_memory:
            return "no memory for another stream";
        case wire::ResetReason::no_link:
            return "no link";
        case wire::ResetReason::gave_up:
            return "gave up waiting for a link";
        case wire::ResetReason::digest_mismatch:
            return "digest mismatch";
        case wire::ResetReason::unknown_process:
            return "unknown process";
        case wire::ResetReason::shutting_down:
            return "shutting down";
        case wire::ResetReason::protocol:
            return "protocol error";
    }
    return "reset";
}

}  // namespace

std::string describe(wire::ResetReason reason, const std::string& text) {
    std::string cause{phrase(reason)};
    if (!text.empty()) cause += ": " + text;
    return cause;
}

Stream::Stream(StreamId id, ProcessIndex process, bool opened_here, StreamResources resources)
    : id_{id}, process_{process}, opened_here_{opened_here}, known_{!opened_here} {
    out_.emplace(resources.pool, std::move(resources.sending), resources.max_memory, resources.digest);
    in_.emplace(resources.pool, std::move(resources.receiving), resources.max_memory, resources.digest);
}

void Stream::reset(wire::ResetReason reason, std::string text) {
    reset_ = wire::Reset{.stream = id_.value, .reason = reason, .text = std::move(text)};
    out_.reset();
    in_.reset();
}

bool Stream::control_urgent() const noexcept {
    if (reset_) return !reset_sent_;
    if (unanswered() && !open_sent_) return true;
    return out_->finish_due() || in_->ack_urgent();
}

bool Stream::control_due() const noexcept {
    return control_urgent() || (in_ && in_->ack_due());
}

void Stream::encode_control(wire::Buffer& buffer, const std::string& process_name) {
    if (reset_) {
        // Without an open before it, if none was sent: the other node need not connect a target for this.
        if (!reset_sent_) encode(buffer, *reset_);
        reset_sent_ = known_ = true;
        return;
    }
    if (unanswered() && !open_sent_) {
        encode(buffer, wire::Open{.stream = id_.value, .process = process_name});
        open_sent_ = known_ = true;
    }
    if (in_->ack_due()) encode(buffer, in_->next_ack(id_.value));
    if (const auto finish = out_->next_finish(id_.value)) encode(buffer, *finish);
}

bool Stream::outstanding() const noexcept {
    if (unanswered() && open_sent_) return true;
    return reset_ ? reset_sent_ : out_->outstanding();
}

std::uint64_t Stream::rewind() {
    retell();
    return reset_ ? 0 : out_->rewind();
}

void Stream::retell() {
#ifndef WARMSPARE_MUTANT_RESET_ONCE
    reset_sent_ = false;
#endif
#ifndef WARMSPARE_MUTANT_LOSE_OPEN
    open_sent_ = false;
#endif
    if (reset_) return;
#ifndef WARMSPARE_MUTANT_LOSE_ACK
    in_->repeat_ack();
#endif
    out_->repeat_finish();
}

bool Stream::complete() const noexcept {
    return !reset_ && out_->done() && in_->done() && !in_->ack_due();
}

std::uint64_t Stream::memory_held() const noexcept {
    return reset_ ? 0 : out_->bytes_held() + in_->bytes_held();
}

}  // namespace warmspare::core
