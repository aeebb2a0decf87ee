// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// The byte streams of all processes of one peer: from applications to links and back. Which link a process
// uses is none of its business; it is told when a process moved, and asked for what to send.

#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/applications.hpp"
#include "core/config.hpp"
#include "core/event_queue.hpp"
#include "core/finished_ids.hpp"
#include "core/memory_budget.hpp"
#include "core/outbox.hpp"
#include "core/stream.hpp"
#include "core/time.hpp"
#include "wire/decoder.hpp"

namespace warmspare::core {

/// What the other node did against the rules; its connection is closed for it.
using FrameResult = std::expected<void, std::string_view>;

class Traffic {
  public:
    struct Surroundings {
        PeerIndex peer;
        const PeerConfig& config;
        std::uint64_t max_stream_memory;
        PeerBudget& budget;
        BlockPool& pool;
        Applications& applications;
        EventQueue& events;
    };

    explicit Traffic(const Surroundings& surroundings);

    // --- applications ---

    /// Empty if the stream's certain memory cannot be had.
    [[nodiscard]] std::optional<StreamId> open(ProcessIndex process, Time now);
    /// It was opened and has neither ended nor been reset.
    [[nodiscard]] bool live(StreamId id) { return find_live(id) != nullptr; }
    [[nodiscard]] std::span<std::byte> room(StreamId id);
    void commit(StreamId id, std::size_t size, Time now);
    [[nodiscard]] std::optional<std::size_t> pipe_room(StreamId id);
    void commit_piped(StreamId id, const std::shared_ptr<Pipe>& pipe, std::size_t size, Time now);
    void finish(StreamId id, Time now);
    /// The application reset it.
    void reset(StreamId id, Time now);
    void handle_writable(StreamId id, Time now);
    void handle_target_failed(StreamId id, const std::string& cause, Time now);

    // --- frames; an error ends the connection ---

    [[nodiscard]] FrameResult handle(const wire::Open& open, wire::Buffer& answers, Time now);
    [[nodiscard]] FrameResult handle(const wire::Data& data, Time now);
    [[nodiscard]] FrameResult handle(const wire::Ack& ack, Time now);
    [[nodiscard]] FrameResult handle(const wire::Finish& finish, wire::Buffer& answers, Time now);
    [[nodiscard]] FrameResult handle(const wire::Reset& reset, wire::Buffer& answers, Time now);
    [[nodiscard]] FrameResult handle(const wire::Closed& closed, Time now);
    /// Whether a payload may go to its application without being seen; and so much of it did.
    [[nodiscard]] bool passable(const wire::Decoder::Payload& payload);
    void handle_passed(StreamId id, std::size_t size, Time now);
    /// Data was gathered for one write to each application: now do it. To be called when no more frames are
    /// at hand; the payloads must still be there.
    void deliver(Time now);

    // --- links ---

    /// The process goes on over another link: all state of its streams is due there. Returns how many bytes
    /// of data are sent again.
    std::uint64_t rewind(ProcessIndex process, Time now);
    /// The same without the data: the process stays where it is, but the other node may come from elsewhere.
    void retell(ProcessIndex process, Time now);
    /// While a process takes a detour, the other node may never hear what is said there, and will not know
    /// that it missed something. So no stream is forgotten meanwhile.
    void set_detour(ProcessIndex process, bool detour) { flows_[process.value].detour = detour; }
    /// Sends no data of the process before `until`, but all else: the other node may be about to say what it
    /// has of that. Ends any earlier such wait.
    void hold_data(ProcessIndex process, Time until);
    void release_data(ProcessIndex process);
    [[nodiscard]] bool output_due(ProcessIndex process) const;
    /// Adds what the process has to say to the next batch, and then its data to the batch that has begun.
    void fill_control(ProcessIndex process, Outbox& outbox, Time now);
    void fill_data(ProcessIndex process, Outbox& outbox, Time now);

    /// Ends all streams of the process, telling the other node.
    void reset_all(ProcessIndex process, wire::ResetReason reason, const std::string& text, Time now);
    /// The other node's life is over: ends all streams that it may have known, without telling it.
    void abandon(const std::string& cause, Time now);

    // --- what follows from it ---

    /// Fills in the processes for which wanted(), outstanding() or output_due() may have changed since it was
    /// asked last.
    void take_changed(std::vector<ProcessIndex>& processes);
    /// Whether the process has streams, those that are reset and not confirmed included.
    [[nodiscard]] bool wanted(ProcessIndex process) const { return flows_[process.value].kept > 0; }
    [[nodiscard]] bool outstanding(ProcessIndex process) const {
        const auto& flow = flows_[process.value];
        return flow.outstanding > 0 || flow.held_until != never;
    }
    /// Streams that the applications still have.
    [[nodiscard]] std::size_t streams(ProcessIndex process) const { return flows_[process.value].live; }
    [[nodiscard]] std::size_t streams() const;
    [[nodiscard]] std::uint64_t memory_held() const;
    /// Empty if the stream is over.
    [[nodiscard]] std::optional<StreamStatus> status(StreamId id);

    [[nodiscard]] Time next_deadline() const noexcept { return std::min(delayed_until_, held_until_); }
    void handle_deadline(Time now);

  private:
    /// Most streams of one peer, live or reset and not confirmed.
    static constexpr std::size_t most_streams = 65536;

    /// The streams of one process.
    struct Flow {
        std::size_t kept = 0;
        std::size_t live = 0;
        std::size_t outstanding = 0;
        /// Streams with something to tell at once; with an acknowledgement that can wait; with data.
        std::vector<StreamId> control;
        std::vector<StreamId> delayed;
        std::deque<StreamId> data;
        Time held_until = never;
        bool detour = false;
        bool changed = false;
    };

    [[nodiscard]] Stream* find(StreamId id);
    [[nodiscard]] Stream* find_live(StreamId id);
    Stream* add(StreamId id, ProcessIndex process, bool opened_here, Time now);
    void tell_shortage(ProcessIndex process, Time now);
    [[nodiscard]] bool finished(StreamId id) const;
    [[nodiscard]] bool of_other_node(StreamId id) const noexcept { return id.value % 2 != own_parity_; }
    [[nodiscard]] StreamKey key(const Stream& stream) const { return {env_.peer, stream.id()}; }
    [[nodiscard]] const std::string& name(ProcessIndex process) const;

    [[nodiscard]] std::vector<Stream*> streams_of(ProcessIndex process) const;
    void note(Stream& stream, Time now);
    void send_delayed();
    void note_changed(ProcessIndex process);
    void end(Stream& stream, wire::ResetReason reason, const std::string& text, Time now);
    void remove(Stream& stream);
    void drop(Stream& stream, std::string cause, Time now);
    void close_if_complete(Stream& stream, Time now);
    void write_kept(Stream& stream, Time now);
    void pass_end_if_due(Stream& stream, Time now);
    void emit(EventKind kind, const Stream& stream, std::string cause, Time now);

    Surroundings env_;
    std::uint64_t own_parity_;
    std::uint64_t next_id_;
    std::unordered_map<StreamId, std::unique_ptr<Stream>> streams_;
    FinishedIds finished_own_;
    FinishedIds finished_other_;
    std::vector<Flow> flows_;
    std::vector<ProcessIndex> changed_;
    /// A queue on its way out, kept for its memory.
    std::vector<StreamId> scratch_;
    /// A stream of the other node was refused, and none was accepted since.
    bool shortage_told_ = false;
    /// When acknowledgements that wait are sent after all.
    Time delayed_until_ = never;
    /// When the first of the processes whose data waits has waited enough; or earlier.
    Time held_until_ = never;
    /// Data on its way to one application in one write.
    StreamId gathered_for_{};
    std::size_t gathered_ = 0;
    std::array<std::span<const std::byte>, 32> gather_;
};

}  // namespace warmspare::core
