// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Bytes that an application's socket takes only in part are neither lost nor reordered nor doubled (S10).

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "core/traffic.hpp"

namespace warmspare::core {
namespace {

constexpr Time now{std::chrono::seconds{1}};
constexpr StreamId stream{1};

/// An application's socket that takes as many bytes as it is told to.
class Socket : public Applications {
  public:
    void open(StreamKey, ProcessIndex) override {}
    std::size_t write(StreamKey, std::span<const std::span<const std::byte>> bytes) override {
        std::size_t taken = 0;
        for (const auto span : bytes) {
            const auto size = std::min(span.size(), space - taken);
            for (const auto byte : span.first(size)) read += static_cast<char>(byte);
            taken += size;
        }
        space -= taken;
        return taken;
    }
    std::size_t write_piped(StreamKey, std::size_t) override { return 0; }
    void finish(StreamKey) override {}
    void resume_reading(StreamKey) override {}
    void close(StreamKey) override {}
    void reset(StreamKey) override { was_reset = true; }

    std::size_t space = 0;
    std::string read;
    bool was_reset = false;
};

class TrafficDelivery : public testing::Test {
  protected:
    TrafficDelivery() { EXPECT_TRUE(traffic_.handle(wire::Open{stream.value, "A"}, answers_, now)); }

    static PeerConfig make_config() {
        ProcessConfig process;
        process.name = "A";
        PeerConfig config;
        config.name = "peer";
        config.dial = true;
        config.processes = {process};
        return config;
    }

    /// Frames of one byte each, from `offset` on, as they come out of one read of the link.
    void receive(const std::string& text, std::uint64_t offset) {
        for (const auto& letter : text) {
            const auto payload = std::as_bytes(std::span{&letter, 1});
            ASSERT_TRUE(traffic_.handle(wire::Data{stream.value, offset++, payload}, now));
        }
        traffic_.deliver(now);
    }

    static std::string letters(std::size_t count) {
        std::string text;
        for (std::size_t i = 0; i < count; ++i) text += static_cast<char>('a' + i % 26);
        return text;
    }

    Socket socket_;
    PeerConfig config_ = make_config();
    MemoryBudget budget_{std::uint64_t{1} << 30, 1};
    BlockPool pool_;
    EventQueue events_;
    wire::Buffer answers_;
    Traffic traffic_{{.peer = {0},
                      .config = config_,
                      .max_stream_memory = std::uint64_t{4} << 20,
                      .budget = budget_.peer({0}),
                      .pool = pool_,
                      .applications = socket_,
                      .events = events_}};
};

TEST_F(TrafficDelivery, ManySmallFramesArriveInOrderAtASocketThatTakesNothingYet) {
    const auto text = letters(200);
    receive(text, 0);
    EXPECT_EQ(socket_.read, "");
    socket_.space = text.size();
    traffic_.handle_writable(stream, now);
    EXPECT_EQ(socket_.read, text);
}

TEST_F(TrafficDelivery, WhatASocketDidNotTakeComesBeforeWhatArrivesLater) {
    const auto text = letters(300);
    socket_.space = 50;
    receive(text.substr(0, 100), 0);
    socket_.space = 500;
    receive(text.substr(100), 100);
    traffic_.handle_writable(stream, now);
    EXPECT_EQ(socket_.read, text);
}

TEST_F(TrafficDelivery, BytesThatComeTwiceAreWrittenOnce) {
    socket_.space = 1000;
    receive("abcdef", 0);
    receive("cdefgh", 2);
    EXPECT_EQ(socket_.read, "abcdefgh");
}

}  // namespace
}  // namespace warmspare::core
