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
    if (over_[stream.stream.value]) disturbed_ = true;
    auto& sizes = takes_[stream.stream.value];
    auto space = sizes.empty() ? std::size_t{1} << 30 : sizes.front();
    if (sizes.size() > 1) sizes.erase(sizes.begin());
    std::size_t taken = 0;
    for (const auto piece : bytes) {
        const auto size = std::min(piece.size(), space - taken);
        read_[stream.stream.value] += text_of(piece.first(size));
        taken += size;
    }
    return taken;
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

wire::Buffer TrafficEnd::batch() {
    for (std::uint32_t i = 0; i < config.processes.size() && !outbox_.in_batch(); ++i) {
        if (!traffic.output_due({i}) && !outbox_.queued()) continue;
        traffic.fill_control({i}, outbox_, now);
        outbox_.begin_batch();
        traffic.fill_data({i}, outbox_, now);
    }
    wire::Buffer bytes;
    for (const auto piece : outbox_.pieces()) bytes.insert(bytes.end(), piece.begin(), piece.end());
    outbox_.handle_written(bytes.size());
    return bytes;
}

FrameResult TrafficEnd::receive(std::span<const std::byte> bytes) {
    FrameResult result;
    while (result) {
        const auto frame = decoder_.next(bytes);
        EXPECT_TRUE(frame.has_value());
        if (!frame || !*frame) break;
        result = take(**frame);
    }
    traffic.deliver(now);
    return result;
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
