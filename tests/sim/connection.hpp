// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/evidence.hpp"
#include "core/ids.hpp"
#include "sim/circuit.hpp"
#include "sim/pipe.hpp"

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
    /// `cause` is a literal.
    virtual void handle_lost(Connection& connection, Side side, std::string_view cause) = 0;
    /// Whether a program listens here at all now.
    [[nodiscard]] virtual bool listening() const = 0;
    /// Without power there is no kernel either: nothing is taken in, and nobody is told.
    [[nodiscard]] virtual bool powered() const = 0;
};

/// One TCP connection: how it is made, two pipes, and how it ends.
class Connection {
  public:
    Connection(Kernel& kernel, LinkPath& path, std::array<SocketOwner*, 2> owners);

    [[nodiscard]] const LinkPath& path() const noexcept { return path_; }
    [[nodiscard]] LinkPath& path() noexcept { return path_; }
    [[nodiscard]] bool open(Side side) const noexcept { return ends_[index(side)].state == State::open; }
    /// Nothing can come of it any more.
    [[nodiscard]] bool over() const noexcept;
    /// Gives back what it holds, once it is over.
    void clear();
    [[nodiscard]] SocketOwner* owner(Side side) const noexcept { return ends_[index(side)].owner; }

    /// What the owner calls its end; set by the owner.
    std::array<std::optional<core::ConnectionId>, 2> ids;
    /// In which life of its owner each end was opened; set by the owner.
    std::array<std::uint64_t, 2> lives{};

    void connect();
    /// Takes what fits and returns how much that was. If less than all, the owner is told once there is room.
    std::size_t write(Side side, std::span<const std::span<const std::byte>> bytes);
    /// The next bytes to read; returns how many there were.
    std::size_t read(Side side, std::span<std::byte> into);
    [[nodiscard]] std::size_t readable(Side side) const noexcept { return incoming(side).readable(); }
    /// The other end was closed and everything before that was read.
    [[nodiscard]] bool at_end(Side side) const noexcept {
        return incoming(side).ended() && readable(side) == 0;
    }
    /// Of what this end wrote, as its kernel knows now.
    [[nodiscard]] core::Evidence evidence(Side side) { return pipe(side).evidence(); }

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
    using Kind = Segment::Kind;
    struct End {
        State state = State::none;
        SocketOwner* owner = nullptr;
        bool silent = false;
        /// The socket took less than was offered.
        bool writer_waits = false;
    };

    [[nodiscard]] Pipe& pipe(Side from) noexcept { return pipes_[index(from)]; }
    [[nodiscard]] Pipe& incoming(Side side) noexcept { return pipes_[index(other(side))]; }
    [[nodiscard]] const Pipe& incoming(Side side) const noexcept { return pipes_[index(other(side))]; }
    [[nodiscard]] End& end(Side side) noexcept { return ends_[index(side)]; }

    void send(Side from, Kind kind, std::uint64_t size = 0, bool of_box = false);
    void arm(Side from);
    void deliver(Side from);
    bool deliver_next(Side from);
    void arrive(Side from, const Segment& segment);
    void answer_syn();
    void answer_for_acceptor();
    void make(Side from);
    void leave(Side side);
    void lose(Side side, std::string_view cause);
    void watch_writer(Side side);
    void wake_writer(Side side);

    Kernel& kernel_;
    LinkPath& path_;
    std::array<End, 2> ends_;
    std::array<Pipe, 2> pipes_;
    /// When each pipe is looked at next, and each writer.
    std::array<core::Time, 2> armed_at_{core::never, core::never};
    std::array<core::Time, 2> watched_at_{core::never, core::never};
    /// A box on the way has answered for the dialled end, which knows nothing of it yet.
    bool answered_by_box_ = false;
};

}  // namespace warmspare::sim
