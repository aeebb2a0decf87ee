// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// The TCP connections of a node, as far as the core knows of them, and what the driver is to do with each.

#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "core/node.hpp"
#include "core/transceiver.hpp"
#include "wire/frames.hpp"

namespace warmspare::core {

enum class Stage {
    /// Being dialled.
    connecting,
    /// Connected; hello, welcome and confirm are under way.
    greeting,
    /// Accepted: it carries its link.
    live,
    /// Only what is queued is still sent.
    closing,
};

struct Connection {
    ConnectionId id;
    Stage stage = Stage::connecting;
    bool accepted = false;
    /// Known from the beginning when dialled, from the hello on when accepted.
    std::optional<PeerIndex> peer;
    std::optional<LinkIndex> link;
    std::vector<Candidate> candidates;
    Endpoints endpoints;
    Transceiver transceiver;
    /// What this node asked to be echoed, and when.
    std::uint64_t nonce = 0;
    Time greeted_at{};
    /// What the other node said of itself, when accepted; until it is the link's.
    std::unique_ptr<const wire::Hello> hello;
    /// There is news for the other node, to be put into words when it can be sent.
    bool tell_due = false;
    /// The epoch of the last list of assignments sent on it.
    std::uint64_t told_epoch = 0;
    bool queued = false;
};

class Connections {
  public:
    Connection& add(Stage stage);
    /// nullptr: unknown, or gone.
    [[nodiscard]] Connection* find(ConnectionId id);
    [[nodiscard]] const std::unordered_map<ConnectionId, std::unique_ptr<Connection>>& all() const {
        return connections_;
    }

    void dial(const Connection& connection);
    /// Forgets the connection and has the driver throw it away.
    void abort(ConnectionId id);
    /// Has the driver close it when all is sent.
    void close(Connection& connection);
    /// The driver said that it is gone.
    void forget(ConnectionId id) { connections_.erase(id); }

    /// There is, or may be, something to send.
    void mark_ready(Connection& connection);
    [[nodiscard]] std::optional<ConnectionId> poll_output();
    [[nodiscard]] std::optional<Action> poll_action();

  private:
    std::unordered_map<ConnectionId, std::unique_ptr<Connection>> connections_;
    std::uint64_t next_id_ = 1;
    std::deque<ConnectionId> ready_;
    std::deque<Action> actions_;
};

}  // namespace warmspare::core
