// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/connection.hpp"

namespace warmspare::sim {

/// All circuits of a world and the connections on them.
class Network {
  public:
    Network(Kernel kernel, const Setup& setup);
    Network(Network&&) = delete;

    /// The owners of sockets, in the order of Setup::nodes; once, before anything is dialled.
    void attach(std::vector<SocketOwner*> hosts) { hosts_ = std::move(hosts); }

    [[nodiscard]] std::vector<Line>& lines() noexcept { return lines_; }
    [[nodiscard]] std::deque<Circuit>& circuits() noexcept { return circuits_; }
    [[nodiscard]] const std::deque<Circuit>& circuits() const noexcept { return circuits_; }
    [[nodiscard]] std::vector<LinkPath*> paths();
    /// The way of the link of that name between two nodes; null if there is none.
    [[nodiscard]] LinkPath* path(std::uint32_t dialer, std::uint32_t acceptor, const std::string& link);
    [[nodiscard]] std::vector<Connection*> connections(const LinkPath& path);

    Connection& dial(LinkPath& path);
    /// After any fault has begun or ended.
    void handle_changed();
    /// The program at this node is gone: its kernel resets what it had open.
    void reset_all(const SocketOwner& host);
    /// The whole host is gone, and tells nobody.
    void vanish_all(const SocketOwner& host);
    /// From now on no circuit loses anything by itself.
    void make_lossless();

  private:
    Kernel kernel_;
    std::vector<Line> lines_;
    std::deque<Circuit> circuits_;
    std::map<std::string, LinkPath> paths_;
    std::vector<SocketOwner*> hosts_;
    /// Kept to the end of the run, since what is scheduled refers to them.
    std::deque<Connection> connections_;
    std::vector<Connection*> live_;
};

}  // namespace warmspare::sim
