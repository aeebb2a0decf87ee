// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// The side of Traffic that faces the links: frames in, batches out.

#include <algorithm>
#include <utility>

#include "core/traffic.hpp"

namespace warmspare::core {

// --- frames in ---

FrameResult Traffic::handle(const wire::Open& open, wire::Buffer& answers, Time now) {
    const StreamId id{open.stream};
    if (!of_other_node(id)) return std::unexpected("opens a stream with an id that is not its own");
#ifndef WARMSPARE_MUTANT_OPEN_AGAIN
    if (finished(id)) {
        encode(answers, wire::Closed{open.stream});
        return {};
    }
#endif
    if (auto* known = find(id)) {
        // The other node does not know that its open arrived.
        if (!known->is_reset()) known->in().repeat_ack();
        note(*known, now);
        return {};
    }
    // Streams in between that are still to come are few; who leaves out more makes this node remember too
    // much.
    if (finished_other_.ranges() >= most_streams)
        return std::unexpected("opens streams and leaves out others");
    const auto process = std::ranges::find(env_.config.processes, open.process, &ProcessConfig::name);
    if (process == env_.config.processes.end()) {
        encode(answers, wire::Reset{open.stream, wire::ResetReason::unknown_process, open.process});
        return {};
    }
    const ProcessIndex index{static_cast<std::uint32_t>(process - env_.config.processes.begin())};
    if (!add(id, index, false, now)) {
        // Refused for good: a copy of the open may come when there is memory, and then the reset behind it.
        finished_other_.finish(id);
        encode(answers, wire::Reset{open.stream, wire::ResetReason::no_memory, {}});
        tell_shortage(index, now);
        return {};
    }
    shortage_told_ = false;
    env_.applications.open({env_.peer, id}, index);
    return {};
}

/// Once, however many are refused.
void Traffic::tell_shortage(ProcessIndex process, Time now) {
    if (std::exchange(shortage_told_, true)) return;
    env_.events.emit({.kind = EventKind::error,
                      .at = now,
                      .peer = env_.config.name,
                      .process = name(process),
                      .cause = "streams refused for now: no memory for another stream"});
}

FrameResult Traffic::handle(const wire::Data& data, Time now) {
    const StreamId id{data.stream};
    // Before anything is kept: what is gathered comes first.
    if (gathered_ > 0 && (gathered_for_ != id || gathered_ == gather_.size())) deliver(now);
    auto* stream = find_live(id);
    // Of a stream that is over here, or whose open was refused: the other node will hear of it, or has.
    if (!stream) return {};
    stream->confirm_open();
    const auto fresh = stream->in().accept(data);
    if (!fresh) return std::unexpected(fresh.error());
    if (fresh->empty()) return {};
    if (stream->in().keeps_any()) {
        stream->in().keep(*fresh);
        note(*stream, now);
        return {};
    }
    gathered_for_ = id;
    gather_[gathered_++] = *fresh;
    return {};
}

bool Traffic::passable(const wire::Decoder::Payload& payload) {
    const auto* stream = find_live({payload.stream});
    return stream && stream->in().passable(payload.offset, payload.size);
}

void Traffic::handle_passed(StreamId id, std::size_t size, Time now) {
    auto* stream = find_live(id);
    if (!stream) return;
    stream->confirm_open();
    const bool first = !stream->in().keeps_any();
    stream->in().passed(size);
    if (first) write_kept(*stream, now);
    pass_end_if_due(*stream, now);
}

void Traffic::deliver(Time now) {
    if (gathered_ == 0) return;
    const std::span pieces{gather_.data(), std::exchange(gathered_, 0)};
    auto* stream = find_live(gathered_for_);
    if (!stream) return;
    std::size_t taken = env_.applications.write(key(*stream), pieces);
    stream->in().wrote_through(taken);
#ifdef WARMSPARE_MUTANT_DOUBLE_BYTE
    if (taken > 0) --taken;
#endif
    for (const auto& piece : pieces) {
        const auto skipped = std::min(taken, piece.size());
        taken -= skipped;
        if (skipped < piece.size()) stream->in().keep(piece.subspan(skipped));
    }
    pass_end_if_due(*stream, now);
}

void Traffic::write_kept(Stream& stream, Time now) {
    auto& in = stream.in();
    std::array<std::span<const std::byte>, ReceiveBuffer::max_pieces> pieces;
    while (in.keeps_any()) {
        const std::span offered{pieces.data(), in.kept(pieces)};
        auto size = in.pipe_due();
        for (const auto& piece : offered) size += piece.size();
        const auto taken = offered.empty() ? env_.applications.write_piped(key(stream), size)
                                           : env_.applications.write(key(stream), offered);
        in.wrote_kept(taken);
        if (taken < size) break;
    }
    note(stream, now);
}

/// Passes the end of the stream on once everything before it was written and found right.
void Traffic::pass_end_if_due(Stream& stream, Time now) {
    if (stream.in().corrupt()) {
        end(stream, wire::ResetReason::digest_mismatch, "what arrived is not what was sent", now);
        return;
    }
    if (stream.in().end_due()) {
        env_.applications.finish(key(stream));
        stream.in().passed_end();
    }
    note(stream, now);
}

FrameResult Traffic::handle(const wire::Ack& ack, Time now) {
    deliver(now);
    auto* stream = find_live({ack.stream});
    if (!stream) return {};
    stream->confirm_open();
    if (const auto result = stream->out().handle_ack(ack); !result) return result;
    if (stream->out().take_resume()) env_.applications.resume_reading(key(*stream));
    note(*stream, now);
    close_if_complete(*stream, now);
    return {};
}

FrameResult Traffic::handle(const wire::Finish& finish, wire::Buffer& answers, Time now) {
    deliver(now);
    auto* stream = find_live({finish.stream});
    if (!stream) {
        if (finished({finish.stream})) encode(answers, wire::Closed{finish.stream});
        return {};
    }
    stream->confirm_open();
    if (const auto result = stream->in().handle_finish(finish); !result) return result;
    pass_end_if_due(*stream, now);
    return {};
}

FrameResult Traffic::handle(const wire::Reset& reset, wire::Buffer& answers, Time now) {
    deliver(now);
    encode(answers, wire::Closed{reset.stream});
    auto* stream = find({reset.stream});
    if (!stream) {
        // Its open may still come, on another link: it is over all the same.
        if (!of_other_node({reset.stream})) return {};
        if (finished_other_.ranges() >= most_streams)
            return std::unexpected("resets streams that it never opened");
        finished_other_.finish({reset.stream});
        return {};
    }
    drop(*stream, "reset by the other node: " + describe(reset.reason, reset.text), now);
    return {};
}

FrameResult Traffic::handle(const wire::Closed& closed, Time now) {
    deliver(now);
    auto* stream = find({closed.stream});
    if (!stream) return {};
    // If nothing else ever came for it, it was refused, and the reset that said so was lost.
    if (stream->is_reset() || stream->unanswered()) {
        drop(*stream, "refused by the other node", now);
        return {};
    }
    if (!stream->in().done() || !stream->out().close())
        return std::unexpected("closes a stream that has not ended");
    env_.applications.close(key(*stream));
    emit(EventKind::stream_close, *stream, {}, now);
    remove(*stream);
    return {};
}

// --- batches out ---

std::uint64_t Traffic::rewind(ProcessIndex process, Time now) {
    std::uint64_t again = 0;
    for (auto* stream : streams_of(process)) {
        again += stream->rewind();
        note(*stream, now);
    }
    note_changed(process);
    return again;
}

void Traffic::retell(ProcessIndex process, Time now) {
    for (auto* stream : streams_of(process)) {
        stream->retell();
        note(*stream, now);
    }
    note_changed(process);
}

bool Traffic::output_due(ProcessIndex process) const {
    const auto& flow = flows_[process.value];
    return !flow.control.empty() || (!flow.data.empty() && flow.held_until == never);
}

void Traffic::hold_data(ProcessIndex process, Time until) {
    flows_[process.value].held_until = until;
    held_until_ = std::min(held_until_, until);
    note_changed(process);
}

void Traffic::release_data(ProcessIndex process) {
    if (std::exchange(flows_[process.value].held_until, never) != never) note_changed(process);
}

/// Whatever is sent takes the acknowledgements along that were waiting for company.
void Traffic::fill_control(ProcessIndex process, Outbox& outbox, Time now) {
    auto& flow = flows_[process.value];
    const auto tell = [&](StreamId id) {
        auto* stream = find(id);
        if (!stream) return;
        stream->queued_control_ = stream->queued_delayed_ = false;
        stream->encode_control(outbox.control(), name(process));
        note(*stream, now);
        close_if_complete(*stream, now);
    };
    for (auto* queue : {&flow.control, &flow.delayed}) {
        std::swap(scratch_, *queue);
        for (const auto id : scratch_) tell(id);
        scratch_.clear();
    }
}

/// One frame of each stream in turn, so that streams share the link evenly.
void Traffic::fill_data(ProcessIndex process, Outbox& outbox, Time now) {
    auto& flow = flows_[process.value];
    if (flow.held_until != never) return;
    while (!flow.data.empty() && outbox.has_room()) {
        const auto id = flow.data.front();
        flow.data.pop_front();
        auto* stream = find_live(id);
        if (!stream) continue;
        stream->queued_data_ = false;
        if (stream->data_due()) {
            auto piece = stream->out().next_data(std::min(outbox.room(), wire::max_payload));
            auto& [slice, pipe, size] = piece.bytes;
            if (size > 0) {
                const auto header = wire::encode_data_header(id.value, piece.offset, size);
                pipe ? outbox.add_data(header, std::move(pipe), size)
                     : outbox.add_data(header, std::move(slice));
            }
        }
        note(*stream, now);
    }
}

void Traffic::handle_deadline(Time now) {
    if (delayed_until_ <= now) send_delayed();
    if (held_until_ > now) return;
    held_until_ = never;
    for (std::uint32_t i = 0; i < flows_.size(); ++i) {
        if (flows_[i].held_until <= now) release_data({i});
        held_until_ = std::min(held_until_, flows_[i].held_until);
    }
}

void Traffic::send_delayed() {
    delayed_until_ = never;
    for (std::uint32_t i = 0; i < flows_.size(); ++i) {
        auto& flow = flows_[i];
        if (flow.delayed.empty()) continue;
        for (const auto id : flow.delayed) {
            auto* stream = find(id);
            if (!stream) continue;
            stream->queued_delayed_ = false;
            if (!std::exchange(stream->queued_control_, true)) flow.control.push_back(id);
        }
        flow.delayed.clear();
        note_changed({i});
    }
}

}  // namespace warmspare::core
