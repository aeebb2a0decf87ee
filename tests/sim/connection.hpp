// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/evidence.hpp"
#include "core/ids.hpp"
#include "sim/circuit.hpp"
#include "sim/scheduler.hpp"
#include "sim/setup.hpp"

namespace warmspare::sim {

class Connection;

/// What a kernel tells the program that owns a socket.
class SocketOwner {
  public:
    virtual ~SocketOwner() = default;
    virtual void handle_accept(Connection& connection) = 0;
    virtual void handle_connected(Connection& connection) = 0;
    virtual void handle_readable(Connection& connection, Side side) = 0;
    virtual void handle_writable(Connection& connection, Side side) = 0;
    virtual void handle_lost(Connection& connection, Side side, std::string_view cause) = 0;
    /// Whether a program listens here at all now.
    [[nodiscard]] virtual bool listening() const = 0;
};

/// What all connections of a world share.
struct Kernel {
    Scheduler& scheduler;
    Random& random;
    TcpModel tcp;
};

/// One TCP connection: two byte pipes with delay, rate and bounded buffers. What the network swallows is kept
/// and comes through after it has healed, as TCP's retransmissions would, so loss shows as delay only.
class Connection {
  public:
    Connection(Kernel& kernel, LinkPath& path, std::array<SocketOwner*, 2> owners);

    [[nodiscard]] const LinkPath& path() const noexcept { return path_; }
    [[nodiscard]] LinkPath& path() noexcept { return path_; }
    [[nodiscard]] bool open(Side side) const noexcept { return ends_[index(side)].state == State::open; }
    [[nodiscard]] bool over() const noexcept;
    [[nodiscard]] SocketOwner* owner(Side side) const noexcept { return ends_[index(side)].owner; }

    /// What the owner calls its end; set by the owner.
    std::array<std::optional<core::ConnectionId>, 2> ids;
    /// In which life of its owner each end was opened; set by the owner.
    std::array<std::uint64_t, 2> lives{};

    void connect();
    /// Takes what fits and returns how much that was. If less than all, the owner is told once there is room.
    std::size_t write(Side side, std::span<const std::span<const std::byte>> bytes);
    /// The next bytes to read, at most `most` of them.
    [[nodiscard]] std::vector<std::byte> read(Side side, std::size_t most);
    [[nodiscard]] std::size_t readable(Side side) const noexcept;
    /// The other end was closed and everything before that was read.
    [[nodiscard]] bool at_end(Side side) const noexcept;
    [[nodiscard]] core::Evidence evidence(Side side) const noexcept {
        const auto& pipe = pipes_[index(side)];
        return {.bytes_acked = pipe.acked, .segments = pipe.sent, .segments_lost = pipe.lost};
    }

    /// In good order: what was written arrives first.
    void close(Side side);
    /// With a reset, which the network may lose.
    void abort(Side side);
    /// This end is gone and the other is not told; `silent`: not even when it asks.
    void vanish(Side side, bool silent);
    /// A device on the way resets both ends.
    void reset_from_outside();
    /// Something on the way has changed: what waited for it moves again.
    void handle_path_changed();

  private:
    enum class State { none, connecting, open, gone };
    enum class Kind { syn, syn_ack, established, data, end, reset };
    struct Segment {
        Kind kind = Kind::data;
        std::vector<std::byte> bytes;
        core::Time departs{};
        core::Time arrives{};
        /// How much of the other direction had arrived here when this was sent.
        std::uint64_t ack = 0;
    };
    /// Of the direction in which one end sends.
    struct Pipe {
        std::deque<Segment> segments;
        std::vector<std::byte> unread;
        std::size_t read_to = 0;
        std::uint64_t written = 0;
        std::uint64_t arrived = 0;
        std::uint64_t acked = 0;
        /// Segments, those sent again included; and those that were lost.
        std::uint64_t sent = 0;
        std::uint64_t lost = 0;
        std::uint32_t acks_under_way = 0;
        bool ack_delayed = false;
        bool armed = false;
        bool writer_waits = false;
        bool ended = false;
    };
    struct End {
        State state = State::none;
        SocketOwner* owner = nullptr;
        bool silent = false;
    };

    void send(Side from, Kind kind, std::vector<std::byte> bytes = {});
    void arm(Side from);
    void deliver(Side from);
    void arrive(Side from, Segment segment);
    void arrive_data(Side from, Segment segment);
    void answer_syn();
    void acknowledge(Side from);
    void send_ack(Side from);
    void take_ack(Side sender, std::uint64_t acked);
    void leave(Side side);
    void lose(Side side, std::string_view cause);
    void wake_writer(Side side);
    [[nodiscard]] std::uint64_t space(Side side) const;

    Kernel& kernel_;
    LinkPath& path_;
    std::array<End, 2> ends_;
    std::array<Pipe, 2> pipes_;
};

}  // namespace warmspare::sim
