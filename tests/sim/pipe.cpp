// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "sim/pipe.hpp"

#include <algorithm>
#include <utility>

namespace warmspare::sim {

using namespace std::chrono_literals;

namespace {

/// Of headers, on the line.
constexpr std::uint64_t overhead = 60;
/// How long after a repair TCP's own back-off may keep silent.
constexpr core::Duration longest_backoff = 1s;
/// Two full segments are acknowledged at once, less with a delay.
constexpr std::uint64_t prompt_ack_size = 2896;
/// A lone segment that was lost is sent again after this, and after twice that the next time.
constexpr core::Duration retransmission_timeout = 200ms;
/// The same for the first segments of a connection.
constexpr core::Duration handshake_timeout = 1s;
/// What a kernel waits, beyond the round trip, before it takes a hole for a loss.
constexpr core::Duration reordering_window = 4ms;
/// What a box on the way takes in while it relays nothing.
constexpr std::uint64_t box_buffer = 256 * 1024;

bool of_handshake(Segment::Kind kind) {
    return kind == Segment::Kind::syn || kind == Segment::Kind::syn_ack;
}

}  // namespace

// --- the sending end ---------------------------------------------------------------------------------------

std::uint64_t Pipe::space() {
    const auto now = kernel_.scheduler.now();
    std::uint64_t unsent = 0;
    for (auto* it = segments_.end(); it != segments_.begin() && (it - 1)->departs > now; --it)
        unsent += (it - 1)->size;
    const auto outstanding = written_ - acknowledged();
    if (unsent >= kernel_.tcp.unsent_limit || outstanding >= kernel_.tcp.send_buffer) return 0;
    return kernel_.tcp.send_buffer - outstanding;
}

core::Time Pipe::more_space_at() {
    const auto now = kernel_.scheduler.now();
    auto when = now;
    // A writer is woken when half of what may be unsent has left.
    std::uint64_t behind = 0;
    for (auto* it = segments_.end(); it != segments_.begin() && behind < kernel_.tcp.unsent_limit / 2; --it) {
        behind += (it - 1)->size;
        if (behind >= kernel_.tcp.unsent_limit / 2) when = std::max(when, (it - 1)->departs);
    }
    if (written_ - acknowledged() < kernel_.tcp.send_buffer) return when;
    const auto& circuit = *path_.circuit;
    auto ack = acks_.empty() ? core::never : acks_.front().at;
    if (delayed_ack_at_ != core::never) ack = std::min(ack, delayed_ack_at_ + circuit.delay());
    if (circuit.setup().box && !path_.cut(from_)) {
        const auto* next = std::ranges::find_if(
            segments_, [&](const Segment& segment) { return segment.departs + circuit.delay() > now; });
        if (next != segments_.end()) ack = std::min(ack, next->departs + circuit.delay());
    }
    return std::max(when, ack);
}

void Pipe::send(Segment::Kind kind, std::uint64_t size, std::uint64_t ack, bool of_box) {
    const auto now = kernel_.scheduler.now();
    auto& circuit = *path_.circuit;
    Segment segment{.kind = kind, .of_box = of_box, .size = size, .ack = ack};
    written_ += size;
    ++sent_;
    bool lost = circuit.full(from_, now) || circuit.loses(from_, kernel_.random);
    if (lost && kind == Segment::Kind::reset) return;
    segment.lost = lost;
    segment.departs = circuit.serialize(from_, size + overhead, now);
    segment.arrives = segment.departs + circuit.transit(kernel_.random);
    if (lost_ > 0 && !lost) repair_lost(segment);
    auto timeout = of_handshake(kind) ? handshake_timeout : retransmission_timeout;
    for (int tries = 0; lost && tries < 5; ++tries, timeout *= 2) {
        segment.arrives += timeout;
        count_repetition();
        lost = circuit.loses(from_, kernel_.random);
    }
    if (segment.lost) ++lost_;
    segments_.push_back(segment);
}

void Pipe::count_repetition() {
    ++sent_;
    ++sent_again_;
}

/// What arrives behind a hole tells the sender of it.
void Pipe::repair_lost(const Segment& behind) {
    const auto now = kernel_.scheduler.now();
    const auto& circuit = *path_.circuit;
    const auto queued = circuit.queued(from_, now) + circuit.queued(other(from_), now);
    const auto repaired = behind.arrives + queued + 2 * circuit.delay() + reordering_window;
    for (auto& segment : segments_)
        if (segment.lost && segment.arrives != core::never)
            segment.arrives = std::min(segment.arrives, repaired);
}

core::Evidence Pipe::evidence() {
    take_sacks();
    return {.bytes_acked = acknowledged(),
            .segments_delivered = sacked_,
            .some_unsent = !segments_.empty() && (segments_.end() - 1)->departs > kernel_.scheduler.now(),
            .waits_for_reader = receiver_full() && acked_ == arrived_,
            .segments = sent_,
            .segments_lost = sent_again_};
}

std::uint64_t Pipe::acknowledged() {
    take_acks();
    return acked_;
}

void Pipe::take_acks() {
    const auto now = kernel_.scheduler.now();
    if (delayed_ack_at_ <= now) send_ack(delayed_ack_at_);
    for (; !acks_.empty() && acks_.front().at <= now; acks_.pop_front())
        acked_ = std::max(acked_, acks_.front().upto);
    if (path_.circuit->setup().box) take_acks_of_box(now);
}

/// What is behind a hole is reported all the same.
void Pipe::take_sacks() {
    const auto now = kernel_.scheduler.now();
    if (path_.circuit->setup().box || path_.cut(from_) || path_.cut(other(from_))) return;
    const auto back = path_.circuit->queued(other(from_), now) + path_.circuit->delay();
    bool hole = false;
    for (auto& segment : segments_) {
        const bool there = !segment.lost && segment.arrives != core::never && segment.arrives + back <= now &&
                           !path_.swallows(from_, segment.size);
        if (hole && there && !std::exchange(segment.reported, true)) ++sacked_;
        hole = hole || segment.lost || segment.arrives == core::never;
    }
}

/// Whoever ends TCP on the way acknowledges what it has, whether or not that gets any further.
void Pipe::take_acks_of_box(core::Time now) {
    if (path_.cut(from_) || path_.cut(other(from_))) return;
    auto taken = arrived_;
    for (const auto& segment : segments_) {
        if (segment.lost || segment.departs + path_.circuit->delay() > now) break;
        taken += segment.size;
    }
    acked_ = std::max(acked_, std::min(taken, arrived_ + box_buffer));
}

void Pipe::forget() {
    const auto now = kernel_.scheduler.now();
    auto* it = segments_.begin();
    while (it != segments_.end() && !it->lost && it->arrives != core::never && it->departs <= now) ++it;
    std::uint64_t bytes = 0;
    for (const auto* gone = it; gone != segments_.end(); ++gone) {
        bytes += gone->size;
        if (gone->lost) --lost_;
    }
    segments_.pop_back(static_cast<std::size_t>(segments_.end() - it));
    bytes_.pop_back(static_cast<std::size_t>(bytes));
    written_ -= bytes;
}

// --- the receiving end -------------------------------------------------------------------------------------

core::Time Pipe::next_arrival() const noexcept {
    return segments_.empty() ? core::never : segments_.front().arrives;
}

const Segment* Pipe::arriving() {
    while (!segments_.empty()) {
        auto& first = segments_.front();
        if (first.arrives > kernel_.scheduler.now()) return nullptr;
        const bool swallowed =
            path_.cut(from_) || (path_.held(from_) && !first.of_box) || path_.swallows(from_, first.size);
        if (!swallowed) return &first;
        if (first.kind != Segment::Kind::reset) {
            first.arrives = core::never;
            count_repetition();
            return nullptr;
        }
        // A reset is sent once. Everything else is sent again until it comes through.
        segments_.pop_front();
    }
    return nullptr;
}

void Pipe::take() {
    if (delayed_ack_at_ <= kernel_.scheduler.now()) send_ack(delayed_ack_at_);
    const auto segment = segments_.front();
    segments_.pop_front();
    if (segment.lost) --lost_;
    arrived_ += segment.size;
    ended_ = ended_ || segment.kind == Segment::Kind::end;
    if (unread_) stop_reading();
}

void Pipe::acknowledge() {
    const auto now = kernel_.scheduler.now();
    if (path_.circuit->setup().box) return;
    if (arrived_ - ack_sent_ >= prompt_ack_size || kernel_.tcp.delayed_ack == 0s)
        send_ack(now);
    else if (delayed_ack_at_ == core::never)
        delayed_ack_at_ = now + kernel_.tcp.delayed_ack;
}

/// The network may lose it.
void Pipe::send_ack(core::Time when) {
    delayed_ack_at_ = core::never;
    if (ack_sent_ == arrived_) return;
    ack_sent_ = arrived_;
    if (path_.cut(other(from_))) return;
    acks_.push_back({when + path_.circuit->queued(other(from_), when) + path_.circuit->delay(), arrived_});
}

std::size_t Pipe::read(std::span<std::byte> into) {
    const auto size = std::min(into.size(), readable());
    std::copy_n(bytes_.begin(), size, into.begin());
    bytes_.pop_front(size);
    read_ += size;
    return size;
}

void Pipe::stop_reading() {
    unread_ = true;
    bytes_.pop_front(readable());
    read_ = arrived_;
}

// --- the way between
// -----------------------------------------------------------------------------------------

void Pipe::handle_path_changed() {
    const auto now = kernel_.scheduler.now();
    const auto delay = path_.circuit->delay();
    if (!segments_.empty() && segments_.front().arrives == core::never && !path_.cut(from_) &&
        !path_.held(from_) && !path_.swallows(from_, segments_.front().size))
        segments_.front().arrives = now + delay + kernel_.random.duration(0s, longest_backoff);
    if (acked_ < arrived_ && acks_.empty() && !path_.circuit->setup().box && !path_.cut(other(from_)))
        acks_.push_back({now + delay + kernel_.random.duration(0s, longest_backoff), arrived_});
}

void Pipe::clear() {
    segments_.release();
    bytes_.release();
    acks_.release();
    written_ = arrived_ = read_;
    lost_ = 0;
}

}  // namespace warmspare::sim
