// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/time.hpp"
#include "net/address.hpp"
#include "net/connecting.hpp"
#include "net/file_descriptor.hpp"
#include "net/lookup.hpp"
#include "net/worker.hpp"

namespace warmspare::net {

/// From where to where a link is dialled.
struct LinkRoute {
    /// Numeric; empty: the routes decide.
    std::optional<std::string> local;
    std::optional<std::string> device;
    /// Host name or numeric address.
    std::string remote;
    /// 0: any.
    std::uint16_t own_port = 0;
    std::uint16_t peer_port = 0;
};

/// One attempt to connect a link. A host name is looked up anew each time; of several addresses one is tried,
/// and the next one at the next attempt, so that a dead one delays nobody twice.
class LinkDial : public std::enable_shared_from_this<LinkDial> {
  public:
    /// The connected socket, or the cause as a person should read it.
    using Done = std::function<void(std::expected<FileDescriptor, std::string>)>;

    /// `attempt` counts the attempts of this link. `limit` is for the connecting, not for the look-up.
    LinkDial(Worker& worker, LinkRoute route, std::size_t attempt, core::Duration limit, Done done);

    /// May call `done` before it returns.
    void start();
    /// Gives up: `done` is not called.
    void cancel();

  private:
    void connect(const Addresses& addresses);
    /// The address to try now, of the family that the local address has.
    [[nodiscard]] std::optional<TcpAddress> choose(const std::vector<TcpAddress>& addresses) const;
    void fail(const std::string& cause);

    Worker& worker_;
    LinkRoute route_;
    std::size_t attempt_;
    core::Duration limit_;
    Done done_;
    std::shared_ptr<Connecting> connecting_;
};

}  // namespace warmspare::net
