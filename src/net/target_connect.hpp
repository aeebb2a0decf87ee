// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <cstddef>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "net/asio_types.hpp"
#include "net/connecting.hpp"
#include "net/file_descriptor.hpp"
#include "net/worker.hpp"
#include "node/config.hpp"

namespace warmspare::net {

/// Connects to the target of a process: each address that its host has in turn, until one answers.
class TargetConnect : public std::enable_shared_from_this<TargetConnect> {
  public:
    /// The connected socket, or the cause as a person should read it.
    using Done = std::function<void(std::expected<FileDescriptor, std::string>)>;

    TargetConnect(Worker& worker, Done done);

    /// May call `done` before it returns.
    void start(const node::Endpoint& target);
    /// Gives up: `done` is not called.
    void cancel();

  private:
    void connect_next();
    void connect_later();
    void end(std::expected<FileDescriptor, int> result);
    void report(std::expected<FileDescriptor, std::string> result);

    Worker& worker_;
    Done done_;
    Timer again_timer_;
    /// Until then a kernel without memory is asked again.
    core::Time give_up_{};
    std::vector<SocketAddress> addresses_;
    std::size_t next_ = 0;
    std::shared_ptr<Connecting> connecting_;
};

}  // namespace warmspare::net
