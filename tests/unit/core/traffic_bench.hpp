// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// The streams of two nodes with nothing between them but a link of bytes, which can be cut, and with
// applications that are strings. What the applications are told is written down.

#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/traffic.hpp"
#include "sim/splice_pipe.hpp"
#include "stream_text.hpp"
#include "wire/decoder.hpp"

namespace warmspare::core {

/// The frames of a batch in words: "ack 1 0/0; finish 1 at 5; ".
[[nodiscard]] std::string in_words(std::span<const std::byte> batch);

/// The sockets of one node's applications.
class FakeApplications : public Applications {
  public:
    void open(StreamKey stream, ProcessIndex) override { note("open", stream); }
    std::size_t write(StreamKey stream, std::span<const std::span<const std::byte>> bytes) override;
    std::size_t write_piped(StreamKey stream, std::size_t size) override;
    void finish(StreamKey stream) override { note("finish", stream); }
    void resume_reading(StreamKey stream) override { note("resume", stream); }
    void close(StreamKey stream) override { end("close", stream); }
    void reset(StreamKey stream) override { end("reset", stream); }

    /// Bytes that go into the pipe of the stream.
    void take_in(std::uint64_t stream, std::span<const std::byte> bytes);

    /// How many bytes the next writes of each stream take at most, each; the last one goes on.
    void take_only(std::uint64_t stream, std::vector<std::size_t> sizes) {
        takes_[stream] = std::move(sizes);
    }
    [[nodiscard]] const std::string& read(std::uint64_t stream) { return read_[stream]; }
    /// "open 1; finish 1; ", since it was asked last.
    [[nodiscard]] std::string calls() { return std::exchange(calls_, {}); }
    /// Calls that name a stream after its end.
    [[nodiscard]] bool disturbed() const noexcept { return disturbed_; }

  private:
    [[nodiscard]] std::size_t space(StreamKey stream);
    void note(const char* what, StreamKey stream);
    void end(const char* what, StreamKey stream);

    std::map<std::uint64_t, std::string> read_;
    std::map<std::uint64_t, std::string> piped_;
    std::map<std::uint64_t, std::vector<std::size_t>> takes_;
    std::map<std::uint64_t, bool> over_;
    std::string calls_;
    bool disturbed_ = false;
};

struct TrafficSettings {
    std::uint64_t memory = std::uint64_t{64} << 20;
    bool digest = true;
};

/// One node's end: a process "A" and a process "B".
class TrafficEnd {
  public:
    TrafficEnd(bool dials, const TrafficSettings& settings);

    std::uint64_t open(std::uint32_t process = 0);
    /// How much of it there was room for.
    std::size_t write(std::uint64_t stream, std::string_view text);
    /// The same through the kernel.
    void splice(std::uint64_t stream, std::string_view text);
    void finish(std::uint64_t stream) { traffic.finish({stream}, now); }
    void reset(std::uint64_t stream) { traffic.reset({stream}, now); }

    /// One batch of a process, or what was answered; empty: nothing is due.
    [[nodiscard]] wire::Buffer batch();
    /// Bytes of the other node; an error is what it did wrong.
    [[nodiscard]] FrameResult receive(std::span<const std::byte> bytes);
    /// The same with a single frame.
    template <class Frame>
    [[nodiscard]] FrameResult hear(const Frame& frame) {
        wire::Buffer bytes;
        encode(bytes, frame);
        return receive(bytes);
    }
    /// The frames of all batches that are due, in words.
    [[nodiscard]] std::string says();
    /// The causes of all events of this kind since it was asked last; others are forgotten.
    [[nodiscard]] std::vector<std::string> causes(EventKind kind);
    /// A new link: what was on its way on the former one is lost.
    void move_to_new_link();

    static constexpr Time begin{std::chrono::hours{1}};
    Time now = begin;
    PeerConfig config;
    FakeApplications applications;
    EventQueue events;
    PeerBudget budget;
    BlockPool pool;
    Traffic traffic;
    /// Payload goes to applications unread where it may.
    bool passes = false;
    /// What the pipe of a stream holds, in bytes, and of copies.
    std::size_t pipe_capacity = std::size_t{1} << 20;
    [[nodiscard]] sim::SplicePipe& pipe(std::uint64_t stream) { return *pipes_.at(stream); }

  private:
    [[nodiscard]] FrameResult take(const wire::Frame& frame);
    [[nodiscard]] bool pass(std::span<const std::byte>& bytes);

    std::map<std::uint64_t, std::shared_ptr<sim::SplicePipe>> pipes_;

    Outbox outbox_;
    wire::Decoder decoder_;
};

class TrafficBench {
  public:
    explicit TrafficBench(const TrafficSettings& settings = {})
        : dialling{true, settings}, dialled{false, settings} {}

    /// Carries batches to and fro, acknowledgements that wait included, until nothing is due.
    void exchange();
    /// The link and all that is on it is lost; both nodes go on with another.
    void cut();

    TrafficEnd dialling;
    TrafficEnd dialled;
};

}  // namespace warmspare::core
