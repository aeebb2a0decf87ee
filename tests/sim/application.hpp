// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/applications.hpp"
#include "sim/fifo.hpp"
#include "sim/ledger.hpp"
#include "sim/random.hpp"
#include "sim/splice_pipe.hpp"
#include "sim/stream_checkers.hpp"

namespace warmspare::sim {

class Host;

/// One application's end of a stream, with the socket between it and its node.
struct AppSocket {
    /// Never used again, so that what was scheduled for a socket that is gone finds nothing.
    std::uint64_t serial = 0;
    core::StreamKey key;
    Stream* stream = nullptr;
    Party party = Party::client;
    bool connected = false;
    /// The node had no room; it calls resume_reading.
    bool waits_for_room = false;
    bool sending = true;
    /// What the socket holds and the application has not read.
    std::uint64_t unread = 0;
    bool reading_scheduled = false;
    bool stopped = false;
    /// What is spliced from the application, once something was.
    std::shared_ptr<SplicePipe> pipe;
    /// Taken from links for the application, whose socket had no room yet.
    Fifo<std::byte> taken_in;
    /// The socket took less than was offered.
    bool node_waits = false;

    [[nodiscard]] const Plan& plan() const { return stream->plans[index(party)]; }
    [[nodiscard]] Progress& outgoing() const { return stream->progress[index(party)]; }
    [[nodiscard]] Progress& incoming() const { return stream->progress[index(other(party))]; }
};

/// The applications of one node: clients and targets alike.
class Desk final : public core::Applications {
  public:
    Desk(Host& host, Ledger& ledger, StreamCheckers& checkers, Random& random)
        : host_{host}, ledger_{ledger}, checkers_{checkers}, random_{random} {}

    /// A client has connected and its stream was opened.
    void handle_client(core::StreamKey key, Stream& stream);
    /// The node is gone, and with it all sockets.
    void handle_crash();
    /// Looks at what the node keeps of each stream.
    void check();
    /// Whoever waits to end, or has stopped to read, looks again.
    void nudge();

    /// Whether this payload, or this read, is spliced.
    [[nodiscard]] bool splices() { return spliced() > 0 && random_.chance(spliced()); }
    /// The next bytes of a payload, at most as many as room_to_take_in() says.
    void take_in(core::StreamKey key, std::span<const std::byte> bytes);
    [[nodiscard]] std::uint64_t room_to_take_in(core::StreamKey key) const;

    void open(core::StreamKey key, core::ProcessIndex process) override;
    std::size_t write(core::StreamKey key, std::span<const std::span<const std::byte>> bytes) override;
    std::size_t write_piped(core::StreamKey key, std::size_t size) override;
    void finish(core::StreamKey key) override;
    void resume_reading(core::StreamKey key) override;
    void close(core::StreamKey key) override;
    void reset(core::StreamKey key) override;

  private:
    AppSocket& add(core::StreamKey key, Stream& stream, Party party);
    AppSocket* find(core::StreamKey key, std::string_view call);
    void later(core::Duration delay, std::uint64_t serial, void (Desk::*what)(AppSocket&));
    void connect_target(AppSocket& socket);
    void send(AppSocket& socket);
    [[nodiscard]] bool splice_some(AppSocket& socket);
    [[nodiscard]] std::span<const std::byte> next_bytes(AppSocket& socket, std::uint64_t room);
    std::size_t take(AppSocket& socket, std::span<const std::span<const std::byte>> bytes);
    [[nodiscard]] std::uint32_t spliced() const;
    void end_sending(AppSocket& socket);
    void receive(AppSocket& socket);
    void read_on(AppSocket& socket);
    void reset_by_application(AppSocket& socket);
    void remove(AppSocket& socket, EndState state);
    [[nodiscard]] std::uint64_t stream_limit(std::uint32_t host) const;

    Host& host_;
    Ledger& ledger_;
    StreamCheckers& checkers_;
    Random& random_;
    std::map<core::StreamKey, AppSocket> sockets_;
    /// Null for those that are gone.
    std::vector<AppSocket*> by_serial_;
};

}  // namespace warmspare::sim
