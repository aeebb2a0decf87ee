// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "traffic_bench.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace warmspare::core {

namespace {

PeerConfig config_of(bool dials, bool digest) {
    PeerConfig config{.name = dials ? "dialled" : "dialling", .dial = dials};
    for (const auto* name : {"A", "B"}) config.processes.push_back({.name = name, .digest = digest});
    return config;
}

/// A frame in words.
struct Words {
    std::string operator()(const wire::Open& f) const {
        return fmt::format("open {} {}", f.stream, f.process);
    }
    std::string operator()(const wire::Data& f) const {
        return fmt::format("data {} {}+{}", f.stream, f.offset, f.payload.size());
    }
    std::string operator()(const wire::Ack& f) const {
        return fmt::format("ack {} {}/{}", f.stream, f.received, f.written);
    }
    std::string operator()(const wire::Finish& f) const {
        return fmt::format("finish {} at {}", f.stream, f.final_offset);
    }
    std::string operator()(const wire::Reset& f) const {
        return fmt::format("reset {} for {}", f.stream, describe(f.reason, f.text));
    }
    std::string operator()(const wire::Closed& f) const { return fmt::format("closed {}", f.stream); }
    std::string operator()(const wire::Reply& f) const {
        return fmt::format("reply {} {}", f.number, f.stamp);
    }
    template <class Other>
    std::string operator()(const Other&) const {
        return "something else";
    }
};

}  // namespace

std::string in_words(std::span<const std::byte> batch) {
    wire::Decoder decoder;
    decoder.accept();
    std::string words;
    for (auto frame = decoder.next(batch); frame && *frame; frame = decoder.next(batch))
        words += std::visit(Words{}, **frame) + "; ";
    return words;
}

// --- FakeApplications ---

std::size_t FakeApplications::write(StreamKey stream, std::span<const std::span<const std::byte>> bytes) {
    const auto most = space(stream);
    std::size_t taken = 0;
    for (const auto piece : bytes) {
        const auto size = std::min(piece.size(), most - taken);
        read_[stream.stream.value] += text_of(piece.first(size));
        taken += size;
    }
    return taken;
}

std::size_t FakeApplications::write_piped(StreamKey stream, std::size_t size) {
    auto& piped = piped_[stream.stream.value];
    EXPECT_LE(size, piped.size());
    const auto taken = std::min(size, space(stream));
    read_[stream.stream.value] += piped.substr(0, taken);
    piped.erase(0, taken);
    return taken;
}

void FakeApplications::take_in(std::uint64_t stream, std::span<const std::byte> bytes) {
    piped_[stream] += text_of(bytes);
}

/// What the application's socket takes this time.
std::size_t FakeApplications::space(StreamKey stream) {
    if (over_[stream.stream.value]) disturbed_ = true;
    auto& sizes = takes_[stream.stream.value];
    const auto space = sizes.empty() ? std::size_t{1} << 30 : sizes.front();
    if (sizes.size() > 1) sizes.erase(sizes.begin());
    return space;
}

void FakeApplications::note(const char* what, StreamKey stream) {
    if (over_[stream.stream.value]) disturbed_ = true;
    calls_ += fmt::format("{} {}; ", what, stream.stream.value);
}

void FakeApplications::end(const char* what, StreamKey stream) {
    note(what, stream);
    over_[stream.stream.value] = true;
}

// --- TrafficEnd ---

TrafficEnd::TrafficEnd(bool dials, const TrafficSettings& settings)
    : config{config_of(dials, settings.digest)},
      budget{settings.memory},
      traffic{{.peer = {0},
               .config = config,
               .max_stream_memory = std::uint64_t{4} << 20,
               .budget = budget,
               .pool = pool,
               .applications = applications,
               .events = events}} {
    decoder_.accept();
}

std::uint64_t TrafficEnd::open(std::uint32_t process) {
    return traffic.open({process}, now).value().value;
}

std::size_t TrafficEnd::write(std::uint64_t stream, std::string_view text) {
    std::size_t written = 0;
    while (written < text.size()) {
        const auto room = traffic.room({stream});
        if (room.empty()) break;
        const auto size = std::min(room.size(), text.size() - written);
        std::ranges::copy(bytes_of(text.substr(written, size)), room.begin());
        traffic.commit({stream}, size, now);
        written += size;
    }
    return written;
}

void TrafficEnd::splice(std::uint64_t stream, std::string_view text) {
    auto& pipe = pipes_[stream];
    if (!pipe || pipe->spent()) pipe = std::make_shared<sim::SplicePipe>(pipe_capacity);
    ASSERT_GE(traffic.pipe_room({stream}), text.size());
    pipe->put(bytes_of(text));
    traffic.commit_piped({stream}, pipe, text.size(), now);
}

wire::Buffer TrafficEnd::batch() {
    for (std::uint32_t i = 0; i < config.processes.size() && !outbox_.in_batch(); ++i) {
        if (!traffic.output_due({i}) && !outbox_.queued()) continue;
        traffic.fill_control({i}, outbox_, now);
        outbox_.begin_batch();
        traffic.fill_data({i}, outbox_, now);
    }
    wire::Buffer bytes;
    for (const auto piece : outbox_.pieces()) bytes.insert(bytes.end(), piece.begin(), piece.end());
    if (outbox_.piped() > 0) {
        auto& pipe = dynamic_cast<sim::SplicePipe&>(*outbox_.pipe());
        EXPECT_EQ(pipe.staged().size(), outbox_.piped());
        bytes.insert(bytes.end(), pipe.staged().begin(), pipe.staged().end());
        pipe.handle_written(outbox_.piped());
    }
    outbox_.handle_written(bytes.size());
    return bytes;
}

FrameResult TrafficEnd::receive(std::span<const std::byte> bytes) {
    FrameResult result;
    while (result) {
        if (pass(bytes)) continue;
        const auto frame = decoder_.next(bytes);
        EXPECT_TRUE(frame.has_value());
        if (!frame || !*frame) break;
        result = take(**frame);
    }
    traffic.deliver(now);
    return result;
}

bool TrafficEnd::pass(std::span<const std::byte>& bytes) {
    const auto payload = decoder_.payload();
    if (!passes || !payload || bytes.empty() || !traffic.passable(*payload)) return false;
    traffic.deliver(now);
    const auto passed = bytes.first(std::min(bytes.size(), payload->size));
    applications.take_in(payload->stream, passed);
    decoder_.pass(passed.size());
    traffic.handle_passed({payload->stream}, passed.size(), now);
    bytes = bytes.subspan(passed.size());
    return true;
}

FrameResult TrafficEnd::take(const wire::Frame& frame) {
    return std::visit(
        [&](const auto& each) -> FrameResult {
            if constexpr (requires { traffic.handle(each, now); })
                return traffic.handle(each, now);
            else if constexpr (requires { traffic.handle(each, outbox_.control(), now); })
                return traffic.handle(each, outbox_.control(), now);
            else
                return {};
        },
        frame);
}

std::string TrafficEnd::says() {
    std::string words;
    for (auto bytes = batch(); !bytes.empty(); bytes = batch()) words += in_words(bytes);
    return words;
}

std::vector<std::string> TrafficEnd::causes(EventKind kind) {
    std::vector<std::string> causes;
    while (const auto event = events.poll())
        if (event->kind == kind) causes.push_back(event->cause);
    return causes;
}

void TrafficEnd::move_to_new_link() {
    outbox_ = {};
    decoder_ = {};
    decoder_.accept();
    for (std::uint32_t i = 0; i < config.processes.size(); ++i) traffic.rewind({i}, now);
}

// --- TrafficBench ---

void TrafficBench::exchange() {
    for (int quiet = 0; quiet < 2;) {
        const auto there = dialling.batch();
        ASSERT_TRUE(dialled.receive(there));
        const auto back = dialled.batch();
        ASSERT_TRUE(dialling.receive(back));
        quiet = there.empty() && back.empty() ? quiet + 1 : 0;
        for (auto* end : {&dialling, &dialled}) {
            end->now += std::chrono::milliseconds{2};
            end->traffic.handle_deadline(end->now);
        }
    }
}

void TrafficBench::cut() {
    dialling.move_to_new_link();
    dialled.move_to_new_link();
}

}  // namespace warmspare::core
