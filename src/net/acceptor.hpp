// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Accepting, whatever it is for. When this host is out of descriptors or memory the connections wait in the
// kernel's queue, which loses nobody, and are taken when there is room again. A spare descriptor kept for
// closing them at once was rejected: it turns a short shortage into lost connections.

#pragma once

#include <functional>
#include <memory>
#include <string>

#include "net/asio_types.hpp"
#include "net/file_descriptor.hpp"
#include "net/worker.hpp"

namespace warmspare::net {

class Acceptor : public std::enable_shared_from_this<Acceptor> {
  public:
    /// Returns whether to go on accepting.
    using Accepted = std::function<bool(FileDescriptor)>;
    /// Called once at the beginning of a shortage, with its cause.
    using Exhausted = std::function<void(const std::string& cause)>;

    /// `listening` is bound and listens.
    Acceptor(Worker& worker, FileDescriptor listening, Accepted accepted, Exhausted exhausted);

    /// Starts, or goes on after Accepted returned false.
    void accept();
    /// Nothing is accepted and nobody is called from here on.
    void close();

    [[nodiscard]] int socket() { return listening_.native_handle(); }

  private:
    void wait();
    void accept_some();
    void pause(int error_number);

    Descriptor listening_;
    Timer retry_;
    Accepted accepted_;
    Exhausted exhausted_;
    bool waiting_ = false;
    /// From the first error of a shortage to the next connection that could be accepted.
    bool short_of_room_ = false;
};

}  // namespace warmspare::net
