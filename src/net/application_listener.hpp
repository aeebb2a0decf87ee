// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/node.hpp"
#include "net/acceptor.hpp"
#include "net/unix_listener.hpp"
#include "net/worker.hpp"
#include "node/config.hpp"

namespace warmspare::net {

/// Listens where the applications of a process connect, and opens a stream for each. An application for
/// whose stream there is no memory now is kept waiting, and all behind it in the kernel's queue.
class ApplicationListener {
  public:
    /// A stream that was opened for an application.
    using Opened = std::function<void(core::StreamKey, FileDescriptor)>;

    /// `process.listen` must be there; `peer` is the name for events.
    ApplicationListener(Worker& worker, const node::Process& process, std::string peer, Opened opened);
    ~ApplicationListener();
    ApplicationListener(ApplicationListener&&) = delete;

    /// Binds. The error is a sentence for the user that names process and address.
    [[nodiscard]] std::expected<void, std::string> bind();
    /// From here on applications are accepted.
    void accept();
    void close();

    /// Memory may have become free.
    void try_again();

  private:
    /// The cause, if none of the host's addresses could be bound.
    [[nodiscard]] std::expected<void, std::string> bind_tcp(const node::TcpEndpoint& endpoint);
    [[nodiscard]] std::expected<void, std::string> bind_unix(const node::UnixEndpoint& endpoint);
    void add(FileDescriptor listening);
    /// Whether to go on accepting.
    bool open_stream(FileDescriptor socket);
    void hold(FileDescriptor socket);

    Worker& worker_;
    node::Process process_;
    std::string peer_;
    Opened opened_;
    /// One for each address of the host.
    std::vector<std::shared_ptr<Acceptor>> acceptors_;
    std::optional<UnixListener> unix_;
    /// Applications that were accepted before it turned out that there is no memory: at most one for each
    /// acceptor.
    std::vector<FileDescriptor> held_;
    /// The shortage was told; it ends with the next stream that could be opened.
    bool shortage_told_ = false;
    Timer timer_;
};

}  // namespace warmspare::net
