// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>

#include "net/address.hpp"
#include "net/asio_types.hpp"
#include "net/interface_changes.hpp"
#include "net/worker.hpp"

namespace warmspare::net {

/// Tells at once when an own address can reach nobody any more: it was removed, or its interface was taken
/// down or has lost its line. The sockets themselves are told nothing of that (S13). Where the kernel lets
/// nobody watch, watchdogs find it out a little later.
class InterfaceWatch {
  public:
    /// `cause` is for people: "interface eth1 has no carrier".
    using Lost = std::function<void(const Address& own, const std::string& cause)>;

    InterfaceWatch(Worker& worker, Lost lost);
    InterfaceWatch(InterfaceWatch&&) = delete;

    /// Begins; does nothing if it cannot.
    void start();
    void stop();

  private:
    void wait();
    void read();
    void handle(const InterfaceLost& change);
    void handle(const InterfaceAlive& change) { dead_.erase(change.index); }
    void handle(const AddressLost& change);

    Worker& worker_;
    Lost lost_;
    std::optional<Descriptor> socket_;
    /// Interfaces that are known to lead nowhere: only news are told.
    std::set<unsigned> dead_;
};

}  // namespace warmspare::net
