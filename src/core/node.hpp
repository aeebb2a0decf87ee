// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// One warmspare node without its sockets: events in with the time, actions out, one question (when must I be
// called again). net/ drives it with real connections, the simulator with virtual ones.
//
// After any call, the driver empties poll_action(), poll_event() and poll_output(), in any order, until each
// has nothing more; then it sleeps until something happens or next_deadline() is reached. Calls that come
// late, twice or for things that are gone do nothing.

#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "core/applications.hpp"
#include "core/config.hpp"
#include "core/event.hpp"
#include "core/evidence.hpp"
#include "core/ids.hpp"
#include "core/pipe.hpp"
#include "core/status.hpp"
#include "core/time.hpp"

namespace warmspare::core {

/// Connect this link: bind and connect as its row says, then handle_connected() or handle_closed().
struct Dial {
    ConnectionId connection;
    PeerIndex peer;
    LinkIndex link;
};

/// Close the connection at once, throwing away what is unsent (SO_LINGER 0), or give up connecting it.
struct Abort {
    ConnectionId connection;
};

/// Close the connection after what poll_output() gives has been sent.
struct Close {
    ConnectionId connection;
};

using Action = std::variant<Dial, Abort, Close>;

/// A circuit that an accepted connection may belong to, judged by the listener it came to and its source.
struct Candidate {
    PeerIndex peer;
    std::string circuit;

    friend bool operator==(const Candidate&, const Candidate&) = default;
};

/// What to write to a connection: all pieces, and then so many bytes that are staged in a pipe.
struct Output {
    std::span<const std::span<const std::byte>> pieces;
    Pipe* pipe = nullptr;
    std::size_t piped = 0;

    [[nodiscard]] bool empty() const noexcept { return pieces.empty() && piped == 0; }
};

/// The next bytes of a connection are so many of one stream, and nobody has to see them.
struct Passage {
    StreamKey stream;
    std::size_t size;
};

/// Why a stream was not accepted.
enum class OpenError {
    /// Its certain 64 KiB cannot be had; try again when another stream has ended.
    no_memory,
    /// The process is on_no_link = reset and has no link.
    no_link,
    /// shut_down() was called.
    shutting_down,
};

class Node {
  public:
    /// `incarnation` must be random and different at each start of the program; it also seeds the nonces.
    /// `applications` is called synchronously and must outlive the node.
    Node(const NodeConfig& config, std::uint64_t incarnation, Applications& applications, Time now);
    ~Node();
    Node(Node&&) = delete;

    // --- connections -------------------------------------------------------------------------------------

    void handle_connected(ConnectionId connection, const Endpoints& endpoints, Time now);
    /// A connection came in; the answer names it. If it may not stay, an Abort for it follows at once.
    [[nodiscard]] ConnectionId handle_accepted(std::vector<Candidate> candidates, const Endpoints& endpoints,
                                               Time now);
    /// Bytes came in, in order.
    void handle_bytes(ConnectionId connection, std::span<const std::byte> bytes, Time now);
    /// The payload that comes next on the connection, if it may go to its application unread: through a pipe
    /// that the driver has for the stream, behind what is in it already. Then, with what went into it,
    /// handle_passed(), which calls Applications::write_piped.
    [[nodiscard]] std::optional<Passage> passage(ConnectionId connection);
    void handle_passed(ConnectionId connection, std::size_t size, Time now);
    /// The connection is gone, or could not be made. `cause` as a person should read it: "connection reset".
    void handle_closed(ConnectionId connection, const std::string& cause, Time now);
    /// What the kernel knows of the connection now.
    void handle_evidence(ConnectionId connection, const Evidence& evidence, Time now);

    /// Connections that have something to send, each once until its output was taken or written.
    [[nodiscard]] std::optional<ConnectionId> poll_output();
    /// What to send next on this connection; empty: nothing now. Valid until the next call to the node.
    /// Then call handle_written() with what the socket took. If it took less than all, wait until the
    /// socket is writable and ask again.
    [[nodiscard]] Output output(ConnectionId connection);
    void handle_written(ConnectionId connection, std::size_t size, Time now);

    // --- streams -----------------------------------------------------------------------------------------

    /// An application connected to the listener of a process. The first stream of a process is its request
    /// for a link (S2).
    /// If there is none and the stream is refused for it, Applications::reset may have named it already.
    [[nodiscard]] std::expected<StreamKey, OpenError> open_stream(PeerIndex peer, ProcessIndex process,
                                                                  Time now);
    /// The target that Applications::open asked for is connected: writes may succeed from now on.
    void handle_target_connected(StreamKey stream, Time now);
    /// The target could not be connected: the stream is reset, with an event that names `cause`.
    void handle_target_failed(StreamKey stream, const std::string& cause, Time now);
    /// Where to read the application's bytes to. Empty: no room now; Applications::resume_reading follows.
    [[nodiscard]] std::span<std::byte> room(StreamKey stream);
    /// `size` bytes were read into the last room().
    void commit(StreamKey stream, std::size_t size, Time now);
    /// How many of the application's next bytes may be committed unread. 0: no room now;
    /// Applications::resume_reading follows. Empty: none ever.
    [[nodiscard]] std::optional<std::size_t> pipe_room(StreamKey stream);
    /// The application's next `size` bytes are in `pipe`, behind those in it: the same one until the node has
    /// taken bytes back from it. Calling room() makes it do that.
    void commit_piped(StreamKey stream, const std::shared_ptr<Pipe>& pipe, std::size_t size, Time now);
    /// The application ended its direction (end of file was read).
    void finish(StreamKey stream, Time now);
    /// The application's socket failed or was reset.
    void reset(StreamKey stream, Time now);
    /// The application's socket takes bytes again.
    void handle_writable(StreamKey stream, Time now);

    // --- time --------------------------------------------------------------------------------------------

    /// never when there is nothing to wait for.
    [[nodiscard]] Time next_deadline() const;
    /// Connections whose watchdog has run out: read these, and tell handle_evidence, before
    /// handle_deadline judges them.
    [[nodiscard]] std::vector<ConnectionId> to_be_judged(Time now) const;
    void handle_deadline(Time now);

    // --- what comes out ----------------------------------------------------------------------------------

    [[nodiscard]] std::optional<Action> poll_action();
    [[nodiscard]] std::optional<Event> poll_event();
    [[nodiscard]] NodeStatus status() const;
    [[nodiscard]] PeerStatus status(PeerIndex peer) const;
    /// Empty if the stream is over.
    [[nodiscard]] std::optional<StreamStatus> status(StreamKey stream) const;

    /// Bytes that the streams hold, in memory blocks.
    [[nodiscard]] std::uint64_t memory_held() const;

    /// Accept no more streams; those that are open go on.
    void drain(Time now);
    [[nodiscard]] std::size_t stream_count() const;
    /// Reset what is left, say goodbye on every link, then Close each.
    void shut_down(Time now);

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace warmspare::core
