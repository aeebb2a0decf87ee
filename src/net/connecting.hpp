// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <expected>
#include <functional>
#include <memory>

#include "core/time.hpp"
#include "net/asio_types.hpp"
#include "net/file_descriptor.hpp"
#include "net/worker.hpp"

namespace warmspare::net {

/// One attempt to connect one socket to one address.
class Connecting : public std::enable_shared_from_this<Connecting> {
  public:
    /// The connected socket or the error number; ETIMEDOUT when the limit has passed.
    using Done = std::function<void(std::expected<FileDescriptor, int>)>;

    Connecting(Worker& worker, FileDescriptor socket, SocketAddress address, core::Duration limit, Done done);

    /// May call `done` before it returns.
    void start();
    /// Gives up: the socket is closed and `done` is not called.
    void cancel();

  private:
    void attempt();
    void wait_connected();
    void attempt_later();
    void end(int error_number);

    Descriptor socket_;
    SocketAddress address_;
    core::Duration limit_;
    Timer limit_timer_;
    Timer again_timer_;
    Done done_;
};

}  // namespace warmspare::net
