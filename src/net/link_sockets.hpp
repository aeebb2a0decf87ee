// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/node.hpp"
#include "net/address.hpp"
#include "net/link_connection.hpp"
#include "net/link_dial.hpp"
#include "net/link_listener.hpp"
#include "net/worker.hpp"
#include "node/config.hpp"

namespace warmspare::net {

/// All sockets of a node's links: dials them, accepts them, and does what the node wants done with them.
class LinkSockets {
  public:
    /// `config` must outlive this.
    LinkSockets(Worker& worker, const node::Config& config, LinkConnection::Pass pass);
    ~LinkSockets();
    LinkSockets(LinkSockets&&) = delete;

    /// Opens the listeners. The error is a sentence for the user.
    [[nodiscard]] std::expected<void, std::string> listen();

    void perform(const core::Action& action);
    /// Sends what the node has for this connection.
    void flush(core::ConnectionId connection);
    /// Reads these, and tells what was acknowledged, before they are judged at `now`.
    void catch_up(std::span<const core::ConnectionId> connections, core::Time now);

    /// Nothing comes or goes by this own address any more: its connections have ended.
    void handle_address_lost(const Address& own, const std::string& cause);

    /// Neither accepts nor dials from here on.
    void stop();
    [[nodiscard]] std::size_t connection_count() const noexcept { return connections_.size(); }

  private:
    void dial(const core::Dial& dial);
    void dialled(core::ConnectionId connection, std::size_t& attempts,
                 std::expected<FileDescriptor, std::string> result);
    void accepted(FileDescriptor socket, std::vector<core::Candidate> candidates);
    void abort(core::ConnectionId connection);
    [[nodiscard]] LinkRoute route_of(const core::Dial& dial) const;
    [[nodiscard]] std::shared_ptr<LinkConnection> find(core::ConnectionId connection) const;
    std::shared_ptr<LinkConnection> add(core::ConnectionId connection, FileDescriptor socket);

    Worker& worker_;
    const node::Config& config_;
    LinkConnection::Pass pass_;
    std::vector<std::unique_ptr<LinkListener>> listeners_;
    std::unordered_map<core::ConnectionId, std::shared_ptr<LinkDial>> dials_;
    std::unordered_map<core::ConnectionId, std::shared_ptr<LinkConnection>> connections_;
    /// How often each row of each peer was dialled in vain.
    std::vector<std::vector<std::size_t>> failed_dials_;
};

}  // namespace warmspare::net
