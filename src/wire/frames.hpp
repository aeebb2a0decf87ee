// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// The frames that two nodes exchange on a link. Twin of docs/protocol.md, which says what each byte is.
//
// Only Data is a stream of anything. Every other frame is absolute and idempotent: it states how things are,
// so it may be lost with its link, repeated on another, or overtaken, and the last one heard is right.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace warmspare::wire {

/// First bytes of every Hello: "WSPR" in ASCII.
inline constexpr std::uint32_t magic = 0x57535052;
inline constexpr std::uint16_t protocol_version = 1;

/// A frame: type (1 byte), flags (1), reserved (2, zero), body length (4), body. Numbers are big-endian.
inline constexpr std::size_t header_size = 8;
/// Stream id and offset in front of the payload of Data.
inline constexpr std::size_t data_prefix_size = 16;
/// Most bytes of payload in one Data frame.
inline constexpr std::size_t max_payload = std::size_t{128} * 1024;
/// Longest body of a frame before the connection is accepted (Hello, Welcome, Confirm, Refuse).
inline constexpr std::size_t max_handshake_body = 1024;
/// Longest body of any other frame that is not Data.
inline constexpr std::size_t max_control_body = std::size_t{512} * 1024;
/// Longest name of a node, circuit, link or process, in bytes. Links that are named by default
/// ("CIRCUIT:PORT-PORT") or derived ("CIRCUIT/PROCESS") may be longer.
inline constexpr std::size_t max_name = 63;
inline constexpr std::size_t max_link_name = 127;
/// Longest text for people, in bytes of printable ASCII. The encoder cuts what is longer, and writes a
/// question mark for any other byte.
inline constexpr std::size_t max_text = 512;
/// Most bytes of one direction of a stream, so that no offset plus a length can overflow.
inline constexpr std::uint64_t max_stream_size = 0x7FFF'FFFF'FFFF'FFFF;

enum class FrameType : std::uint8_t {
    hello = 1,
    welcome = 2,
    confirm = 3,
    refuse = 4,
    test = 5,
    reply = 6,
    table = 7,
    view = 8,
    assign = 9,
    moved = 10,
    open = 11,
    data = 12,
    ack = 13,
    finish = 14,
    reset = 15,
    closed = 16,
    goodbye = 17,
    suspect = 18,
    padding = 19,
};

/// Flag of the frame header: a receiver that does not know the type closes the link instead of skipping it.
inline constexpr std::uint8_t flag_mandatory = 0x01;

/// First frame from the node that dials.
struct Hello {
    std::uint16_t version_min = protocol_version;
    std::uint16_t version_max = protocol_version;
    std::string node;
    /// Name of the node that the sender wants to reach.
    std::string peer;
    std::uint64_t incarnation = 0;
    std::uint64_t nonce = 0;
    std::string link;
    std::string circuit;
    std::uint32_t priority = 0;
    /// Empty on spares.
    std::string process;
    /// The number that View and Assign call this link by within the sender's incarnation.
    std::uint32_t link_id = 0;
    /// Counts the connections of this link within the sender's incarnation.
    std::uint64_t connection = 0;

    friend bool operator==(const Hello&, const Hello&) = default;
};

/// The answer of the node that was dialled. It echoes the nonce and asks for its own back.
struct Welcome {
    std::uint16_t version = protocol_version;
    std::string node;
    std::uint64_t incarnation = 0;
    std::uint64_t nonce_echo = 0;
    std::uint64_t nonce = 0;

    friend bool operator==(const Welcome&, const Welcome&) = default;
};

/// Third of the handshake: only now does the dialled node believe the Hello.
struct Confirm {
    std::uint64_t nonce_echo = 0;

    friend bool operator==(const Confirm&, const Confirm&) = default;
};

/// A later program may send reasons that are not listed: any value but 0 can be met.
enum class RefuseReason : std::uint16_t {
    version = 1,
    unknown_peer = 2,
    unknown_link = 3,
    mismatch = 4,
    already_connected = 5,
    wrong_role = 6,
    overloaded = 7,
    shutting_down = 8,
};

struct Refuse {
    RefuseReason reason{};
    /// For people; names both sides' values where they differ.
    std::string text;

    friend bool operator==(const Refuse&, const Refuse&) = default;
};

/// Nothing but bytes: what comes behind them arrives only where full segments do.
struct Padding {
    std::uint16_t size = 0;

    friend bool operator==(const Padding&, const Padding&) = default;
};
inline constexpr std::uint16_t max_padding = 4096;

struct Test {
    std::uint64_t number = 0;
    /// Whatever the sender likes; comes back in the reply, so that a repeated test is measured exactly.
    std::uint64_t stamp = 0;

    friend bool operator==(const Test&, const Test&) = default;
};

struct Reply {
    std::uint64_t number = 0;
    std::uint64_t stamp = 0;

    friend bool operator==(const Reply&, const Reply&) = default;
};

/// The sender's link table and processes as configured, so that the receiver can tell what differs.
struct TableRow {
    std::string link;
    std::string circuit;
    std::uint32_t priority = 0;
    std::string process;
    /// Of the end that dials, and of the end that is dialled; 0: any.
    std::uint16_t dial_port = 0;
    std::uint16_t accept_port = 0;

    friend bool operator==(const TableRow&, const TableRow&) = default;
};

struct TableProcess {
    std::string name;
    bool revertive = true;
    std::uint64_t wait_to_restore_ns = 0;

    friend bool operator==(const TableProcess&, const TableProcess&) = default;
};

struct Table {
    std::uint32_t misses = 0;
    std::vector<TableRow> rows;
    std::vector<TableProcess> processes;

    friend bool operator==(const Table&, const Table&) = default;
};

/// From the node that is dialled: how it sees each connected link, and which processes have streams there.
struct LinkView {
    std::uint32_t link_id = 0;
    std::uint64_t connection = 0;
    bool act = false;

    friend bool operator==(const LinkView&, const LinkView&) = default;
};

struct View {
    /// Counts up within the sender's incarnation; an older one is ignored.
    std::uint64_t version = 0;
    std::vector<LinkView> links;
    std::vector<std::string> wants;

    friend bool operator==(const View&, const View&) = default;
};

/// From the node that dials: who uses which link. A process that is not listed is released.
enum class Holding : std::uint8_t {
    /// Uses the link because it failed elsewhere, or for a start.
    assigned = 0,
    /// Uses the link because it returned to it: it is the process's own, repaired.
    restored = 1,
    /// Has no link that fits; `link_id` is the one last held.
    waiting = 2,
};

struct Assignment {
    std::string process;
    /// The link in use, or while waiting the one last held; no_link_id: none.
    std::uint32_t link_id = 0;
    std::uint64_t connection = 0;
    /// The epoch at which the process was last moved, to the same link or another: larger than what the
    /// receiver knows means that it moves too.
    std::uint64_t moved = 0;
    Holding holding = Holding::assigned;
    /// Why the process is there: the cause of its last switch, for the other node's event.
    std::string cause;

    friend bool operator==(const Assignment&, const Assignment&) = default;
};

inline constexpr std::uint32_t no_link_id = 0xFFFFFFFF;

struct Assign {
    /// Counts up within the sender's incarnation; an older one is ignored.
    std::uint64_t epoch = 0;
    std::vector<Assignment> assignments;

    friend bool operator==(const Assign&, const Assign&) = default;
};

/// First frame of a process on a link that it moves to: everything behind it is the state of its streams.
struct Moved {
    std::uint64_t epoch = 0;
    std::string process;

    friend bool operator==(const Moved&, const Moved&) = default;
};

/// The sender doubts the process's link and sends what the process has to say here meanwhile, where the
/// answers should come too. Nothing is decided by it; `epoch` is that of the assignment that it is about.
struct Suspect {
    std::uint64_t epoch = 0;
    std::string process;

    friend bool operator==(const Suspect&, const Suspect&) = default;
};

struct Open {
    std::uint64_t stream = 0;
    std::string process;

    friend bool operator==(const Open&, const Open&) = default;
};

/// A piece of a stream. The decoder hands payload out as it comes in: one frame on the wire may become
/// several of these, each with its own offset. `payload` points into the bytes that were decoded.
struct Data {
    std::uint64_t stream = 0;
    std::uint64_t offset = 0;
    std::span<const std::byte> payload;
};

struct Ack {
    std::uint64_t stream = 0;
    /// Contiguous and in this node's memory: need not be sent again.
    std::uint64_t received = 0;
    /// In the application's socket: may be forgotten. The end of the stream counts as one byte more, so
    /// final offset + 1 says that the end was passed on too.
    std::uint64_t written = 0;
    /// Bytes up to here are welcome.
    std::uint64_t limit = 0;

    friend bool operator==(const Ack&, const Ack&) = default;
};

struct Finish {
    std::uint64_t stream = 0;
    std::uint64_t final_offset = 0;
    /// XXH3 (64 bits, seed 0) of all bytes of this direction, unless the process does without.
    std::optional<std::uint64_t> digest;

    friend bool operator==(const Finish&, const Finish&) = default;
};

/// A later program may send reasons that are not listed: any value but 0 can be met.
enum class ResetReason : std::uint16_t {
    application = 1,
    target_unreachable = 2,
    no_memory = 3,
    no_link = 4,
    gave_up = 5,
    digest_mismatch = 6,
    unknown_process = 7,
    shutting_down = 8,
    protocol = 9,
};

/// Repeated until Closed confirms it.
struct Reset {
    std::uint64_t stream = 0;
    ResetReason reason = ResetReason::application;
    std::string text;

    friend bool operator==(const Reset&, const Reset&) = default;
};

/// The sender has nothing more to say or hear about this stream.
struct Closed {
    std::uint64_t stream = 0;

    friend bool operator==(const Closed&, const Closed&) = default;
};

/// The sender's program is ending: what is open is reset, and nobody needs to wait for a watchdog.
struct Goodbye {
    friend bool operator==(const Goodbye&, const Goodbye&) = default;
};

using Frame = std::variant<Hello, Welcome, Confirm, Refuse, Test, Reply, Table, View, Assign, Moved, Open,
                           Data, Ack, Finish, Reset, Closed, Goodbye, Suspect, Padding>;

}  // namespace warmspare::wire
