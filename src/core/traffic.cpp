// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "core/traffic.hpp"

#include <algorithm>
#include <utility>

namespace warmspare::core {

namespace {

/// How long an acknowledgement of little waits for a frame that it can go along with.
constexpr Duration ack_delay = std::chrono::milliseconds{1};

}  // namespace

Traffic::Traffic(const Surroundings& surroundings)
    : env_{surroundings},
      own_parity_{surroundings.config.dial ? 0U : 1U},
      next_id_{own_parity_ == 0 ? 2U : 1U},
      finished_own_{StreamId{next_id_}},
      finished_other_{StreamId{own_parity_ == 0 ? 1U : 2U}},
      flows_(surroundings.config.processes.size()) {
}

// --- the set of streams ---

Stream* Traffic::find(StreamId id) {
    const auto found = streams_.find(id);
    return found == streams_.end() ? nullptr : found->second.get();
}

Stream* Traffic::find_live(StreamId id) {
    auto* stream = find(id);
    return stream && !stream->is_reset() ? stream : nullptr;
}

bool Traffic::finished(StreamId id) const {
    return of_other_node(id) ? finished_other_.finished(id) : finished_own_.finished(id);
}

const std::string& Traffic::name(ProcessIndex process) const {
    return env_.config.processes[process.value].name;
}

Stream* Traffic::add(StreamId id, ProcessIndex process, bool opened_here, Time now) {
    if (streams_.size() >= most_streams) return nullptr;
    auto sending = Allowance::reserve(env_.budget);
    auto receiving = Allowance::reserve(env_.budget);
    if (!sending || !receiving) return nullptr;
    StreamResources resources{env_.pool, std::move(*sending), std::move(*receiving), env_.max_stream_memory,
                              env_.config.processes[process.value].digest};
    auto stream = std::make_unique<Stream>(id, process, opened_here, std::move(resources));
    auto* added = streams_.emplace(id, std::move(stream)).first->second.get();
    auto& flow = flows_[process.value];
    ++flow.kept;
    ++flow.live;
    note_changed(process);
    emit(EventKind::stream_open, *added, {}, now);
    note(*added, now);
    return added;
}

void Traffic::remove(Stream& stream) {
    auto& flow = flows_[stream.process().value];
    --flow.kept;
    if (!stream.is_reset()) --flow.live;
    if (stream.counted_outstanding_) --flow.outstanding;
    note_changed(stream.process());
    (of_other_node(stream.id()) ? finished_other_ : finished_own_).finish(stream.id());
    streams_.erase(stream.id());
}

void Traffic::emit(EventKind kind, const Stream& stream, std::string cause, Time now) {
    env_.events.emit({.kind = kind,
                      .at = now,
                      .peer = env_.config.name,
                      .process = name(stream.process()),
                      .cause = std::move(cause),
                      .stream = stream.id().value});
}

/// Brings the queues and counts of the stream's process up to date with the stream.
void Traffic::note(Stream& stream, Time now) {
    auto& flow = flows_[stream.process().value];
    if (stream.control_urgent()) {
        if (!std::exchange(stream.queued_control_, true)) flow.control.push_back(stream.id());
    } else if (stream.control_due() && !std::exchange(stream.queued_delayed_, true)) {
        flow.delayed.push_back(stream.id());
        delayed_until_ = std::min(delayed_until_, now + ack_delay);
    }
    if (stream.data_due() && !std::exchange(stream.queued_data_, true)) flow.data.push_back(stream.id());
    const bool outstanding = stream.outstanding();
    if (std::exchange(stream.counted_outstanding_, outstanding) != outstanding)
        outstanding ? ++flow.outstanding : --flow.outstanding;
    note_changed(stream.process());
}

void Traffic::note_changed(ProcessIndex process) {
    if (!std::exchange(flows_[process.value].changed, true)) changed_.push_back(process);
}

void Traffic::take_changed(std::vector<ProcessIndex>& processes) {
    for (const auto process : changed_) flows_[process.value].changed = false;
    processes.clear();
    std::swap(processes, changed_);
}

std::size_t Traffic::streams() const {
    std::size_t count = 0;
    for (const auto& flow : flows_) count += flow.live;
    return count;
}

std::optional<StreamStatus> Traffic::status(StreamId id) {
    const auto* stream = find_live(id);
    if (!stream) return std::nullopt;
    return StreamStatus{stream->out().status(), stream->in().status()};
}

std::uint64_t Traffic::memory_held() const {
    std::uint64_t bytes = 0;
    for (const auto& [id, stream] : streams_) bytes += stream->memory_held();
    return bytes;
}

// --- applications ---

std::optional<StreamId> Traffic::open(ProcessIndex process, Time now) {
    const auto* stream = add({next_id_}, process, true, now);
    if (!stream) return std::nullopt;
    next_id_ += 2;
    return stream->id();
}

std::span<std::byte> Traffic::room(StreamId id) {
    auto* stream = find_live(id);
    return stream ? stream->out().room() : std::span<std::byte>{};
}

void Traffic::commit(StreamId id, std::size_t size, Time now) {
    auto* stream = find_live(id);
    if (!stream) return;
    stream->out().commit(size);
    if (size > 0) note(*stream, now);
}

std::optional<std::size_t> Traffic::pipe_room(StreamId id) {
    auto* stream = find_live(id);
    return stream ? stream->out().pipe_room() : std::nullopt;
}

void Traffic::commit_piped(StreamId id, const std::shared_ptr<Pipe>& pipe, std::size_t size, Time now) {
    auto* stream = find_live(id);
    if (!stream) return;
    stream->out().commit_piped(pipe, size);
    note(*stream, now);
}

void Traffic::finish(StreamId id, Time now) {
    auto* stream = find_live(id);
    if (!stream) return;
    stream->out().finish();
    note(*stream, now);
}

void Traffic::reset(StreamId id, Time now) {
    if (auto* stream = find_live(id)) end(*stream, wire::ResetReason::application, {}, now);
}

void Traffic::handle_target_failed(StreamId id, const std::string& cause, Time now) {
    if (auto* stream = find_live(id)) end(*stream, wire::ResetReason::target_unreachable, cause, now);
}

void Traffic::handle_writable(StreamId id, Time now) {
    auto* stream = find_live(id);
    if (!stream) return;
    write_kept(*stream, now);
    pass_end_if_due(*stream, now);
}

/// Ends a stream from here, in the application and at the other node.
void Traffic::end(Stream& stream, wire::ResetReason reason, const std::string& text, Time now) {
    auto cause = describe(reason, text);
    if (gathered_for_ == stream.id()) gathered_ = 0;
    env_.applications.reset(key(stream));
    emit(EventKind::stream_close, stream, cause, now);
    const auto process = stream.process();
    --flows_[process.value].live;
    stream.reset(reason, text);
    note(stream, now);
    if (reason == wire::ResetReason::target_unreachable || reason == wire::ResetReason::digest_mismatch ||
        reason == wire::ResetReason::protocol)
        emit(EventKind::error, stream, std::move(cause), now);
}

/// Ends a stream that the other node is done with.
void Traffic::drop(Stream& stream, std::string cause, Time now) {
    if (!stream.is_reset()) {
        env_.applications.reset(key(stream));
        emit(EventKind::stream_close, stream, std::move(cause), now);
    }
    remove(stream);
}

void Traffic::reset_all(ProcessIndex process, wire::ResetReason reason, const std::string& text, Time now) {
    for (auto* stream : streams_of(process))
        if (!stream->is_reset()) end(*stream, reason, text, now);
}

/// In the order of their ids: the same in each run.
std::vector<Stream*> Traffic::streams_of(ProcessIndex process) const {
    std::vector<Stream*> streams;
    for (const auto& [id, stream] : streams_)
        if (stream->process() == process) streams.push_back(stream.get());
    std::ranges::sort(streams, {}, &Stream::id);
    return streams;
}

void Traffic::abandon(const std::string& cause, Time now) {
    gathered_ = 0;
    std::vector<Stream*> streams;
    for (const auto& [id, stream] : streams_)
        if (stream->known_to_peer()) streams.push_back(stream.get());
    std::ranges::sort(streams, {}, &Stream::id);
    for (auto* stream : streams) drop(*stream, cause, now);
    // The next life may use their ids for streams of other processes.
    const auto gone = [&](StreamId id) { return !streams_.contains(id); };
    for (auto& flow : flows_) {
        std::erase_if(flow.control, gone);
        std::erase_if(flow.delayed, gone);
        std::erase_if(flow.data, gone);
    }
    // What the other node never heard of goes on, and wants a link of the next life.
    for (std::uint32_t i = 0; i < flows_.size(); ++i) note_changed({i});
    // The next life of the other node counts from the beginning.
    finished_other_ = FinishedIds{StreamId{own_parity_ == 0 ? 1U : 2U}};
}

void Traffic::close_if_complete(Stream& stream, Time now) {
    if (!stream.complete() || flows_[stream.process().value].detour) return;
    env_.applications.close(key(stream));
    emit(EventKind::stream_close, stream, {}, now);
    remove(stream);
}

}  // namespace warmspare::core
