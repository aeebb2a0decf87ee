// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// A node "tokyo" whose one peer "mallory" is played frame by frame: it says what a test has it say, and reads
// only when it is told to.

#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/node.hpp"
#include "wire/decoder.hpp"
#include "wire/encoder.hpp"

namespace warmspare::test {

/// Takes everything, and connects every target at once.
class Sink : public core::Applications {
  public:
    void open(core::StreamKey, core::ProcessIndex) override {}
    std::size_t write(core::StreamKey, std::span<const std::span<const std::byte>> bytes) override {
        std::size_t size = 0;
        for (const auto piece : bytes) size += piece.size();
        return size;
    }
    std::size_t write_piped(core::StreamKey, std::size_t) override { return 0; }
    void finish(core::StreamKey) override {}
    void resume_reading(core::StreamKey) override {}
    void close(core::StreamKey) override {}
    void reset(core::StreamKey) override {}
};

/// A process "A" with the dedicated link "20", and the spare "161"; both on the circuit "line".
[[nodiscard]] inline core::NodeConfig tokyo_with_mallory(bool dial) {
    core::PeerConfig mallory{.name = "mallory", .dial = dial};
    mallory.links = {{.name = "20", .circuit = "line", .priority = 1, .process = "A"},
                     {.name = "161", .circuit = "line", .priority = 2}};
    mallory.processes = {{.name = "A"}};
    return {.name = "tokyo", .peers = {mallory}};
}

class Stranger {
  public:
    /// Tokyo dials mallory, or is dialled.
    explicit Stranger(bool dialled) : node_{tokyo_with_mallory(dialled), 4711, sink_, now_} {}

    [[nodiscard]] core::Node& node() noexcept { return node_; }
    [[nodiscard]] core::Time now() const noexcept { return now_; }

    /// Mallory connects.
    core::ConnectionId connect() {
        return node_.handle_accepted({{{0}, "line"}}, {"10.0.0.1", 1, "10.0.0.66", 2}, now_);
    }
    /// The connection that tokyo dials for this link, made.
    core::ConnectionId take_dial(std::uint32_t link) {
        const auto id = dials_.at(link);
        node_.handle_connected(id, {"10.0.0.1", 1, "10.0.0.66", 2}, now_);
        return id;
    }
    void say(core::ConnectionId connection, std::span<const std::byte> bytes) {
        node_.handle_bytes(connection, bytes, now_);
        take_actions();
    }
    template <class Frame>
        requires requires(wire::Buffer out, const Frame& frame) { encode(out, frame); }
    void say(core::ConnectionId connection, const Frame& frame) {
        wire::Buffer bytes;
        encode(bytes, frame);
        say(connection, bytes);
    }
    /// Reads what tokyo has to say there.
    std::vector<std::byte> read(core::ConnectionId connection) {
        std::vector<std::byte> bytes;
        for (auto pieces = node_.output(connection).pieces; !pieces.empty();
             pieces = node_.output(connection).pieces) {
            const auto before = bytes.size();
            for (const auto piece : pieces) bytes.insert(bytes.end(), piece.begin(), piece.end());
            node_.handle_written(connection, bytes.size() - before, now_);
        }
        return bytes;
    }

    [[nodiscard]] wire::Hello hello(std::uint32_t link) const {
        const auto row = tokyo_with_mallory(false).peers[0].links[link];
        return {.node = "mallory",
                .peer = "tokyo",
                .incarnation = 1,
                .nonce = 7,
                .link = row.name,
                .circuit = row.circuit,
                .priority = row.priority,
                .process = row.process,
                .link_id = link,
                .connection = 1};
    }
    /// A connection for this link, made by mallory and accepted.
    core::ConnectionId connect_and_greet(std::uint32_t link) {
        const auto id = connect();
        say(id, wire::Confirm{greet(id, hello(link))});
        return id;
    }
    /// The nonce of the welcome that this hello is answered with.
    std::uint64_t greet(core::ConnectionId connection, const wire::Hello& hello) {
        say(connection, hello);
        const auto answer = read(connection);
        std::span<const std::byte> rest{answer};
        wire::Decoder decoder;
        const auto frame = decoder.next(rest);
        const auto* welcome = frame && *frame ? std::get_if<wire::Welcome>(&**frame) : nullptr;
        EXPECT_TRUE(welcome);
        return welcome ? welcome->nonce : 0;
    }
    void lose(core::ConnectionId connection) { node_.handle_closed(connection, "connection reset", now_); }
    void pass(core::Duration time) { now_ += time; }

    [[nodiscard]] bool gone(core::ConnectionId connection) const {
        return std::ranges::find(gone_, connection) != gone_.end();
    }
    /// The causes of errors and lost links since it was asked last.
    [[nodiscard]] std::vector<std::string> troubles() {
        std::vector<std::string> causes;
        while (const auto event = node_.poll_event())
            if (event->kind == core::EventKind::error || event->kind == core::EventKind::link_down)
                causes.push_back(event->cause);
        return causes;
    }

  private:
    void take_actions() {
        while (const auto action = node_.poll_action()) {
            if (const auto* dial = std::get_if<core::Dial>(&*action))
                dials_[dial->link.value] = dial->connection;
            if (const auto* abort = std::get_if<core::Abort>(&*action)) gone_.push_back(abort->connection);
            if (const auto* close = std::get_if<core::Close>(&*action)) gone_.push_back(close->connection);
        }
    }

    core::Time now_{std::chrono::hours{1}};
    Sink sink_;
    core::Node node_;
    std::map<std::uint32_t, core::ConnectionId> dials_;
    std::vector<core::ConnectionId> gone_;
};

}  // namespace warmspare::test
