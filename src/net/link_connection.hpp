// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/node.hpp"
#include "net/address.hpp"
#include "net/asio_types.hpp"
#include "net/file_descriptor.hpp"
#include "net/socket_io.hpp"
#include "net/worker.hpp"

namespace warmspare::net {

/// One TCP connection of a link: what comes in goes to the node at once, what the node has to send goes out
/// in gathered writes. Payload that nobody has to see is spliced, in and out.
class LinkConnection : public std::enable_shared_from_this<LinkConnection> {
  public:
    /// The connection has ended, of which the node has been told; not called after abort().
    using Gone = std::function<void(core::ConnectionId)>;

    /// Takes at most so many bytes of a link's socket to the application of a stream. EAGAIN: read them.
    using Pass = std::function<Moved(core::StreamKey, int link, std::size_t size)>;

    /// `socket` is connected and nothing was sent on it yet.
    LinkConnection(Worker& worker, core::ConnectionId id, FileDescriptor socket, Pass pass, Gone gone);

    /// Starts reading.
    void start();
    /// Sends what the node has, as far as the socket takes it.
    void flush();
    /// Reads what has come in, and tells the node what was acknowledged, before it judges the link.
    void catch_up(core::Time now);
    /// Closes at once; what is unsent is thrown away.
    void abort();
    /// The same, and the node is told why.
    void end(const std::string& cause);
    [[nodiscard]] bool has_address(const Address& own) const;
    /// Sends what is left, ends our direction, and closes when the other end has done the same, or soon.
    void close_when_sent();

  private:
    [[nodiscard]] Moved write(const core::Output& output);
    void wait_readable();
    void wait_writable();
    /// At most this many reads, or until nothing is left.
    void read(int reads);
    /// Whether something was spliced to its application instead of being read.
    [[nodiscard]] bool pass(const core::Passage& passage);
    [[nodiscard]] std::size_t bytes_to_read(const std::optional<core::Passage>& passage);
    void end_sending();
    /// The connection has ended: the node is told.
    void fail(const std::string& cause);
    void close();

    Worker& worker_;
    core::ConnectionId id_;
    Descriptor socket_;
    std::optional<TcpAddress> own_end_;
    Pass pass_;
    Gone gone_;
    /// What came in shortly before was spliced: so many reads are to be no longer than a header.
    int headers_expected_ = 0;
    bool write_waiting_ = false;
    /// The node has closed it: what comes in is of no interest any more.
    bool closing_ = false;
    bool sending_ended_ = false;
    std::optional<Timer> close_limit_;
};

}  // namespace warmspare::net
