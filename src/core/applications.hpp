// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <cstddef>
#include <span>

#include "core/ids.hpp"

namespace warmspare::core {

/// The applications' sockets, as the core needs them. The core calls these from within its own calls, so that
/// received bytes go from the link's read buffer to the application without a stop in between; none of them
/// may call the node back.
class Applications {
  public:
    virtual ~Applications() = default;

    /// The other node opened a stream: connect the target of `process`, then report with
    /// Node::handle_target_connected or handle_target_failed. Until then write() takes nothing.
    virtual void open(StreamKey stream, ProcessIndex process) = 0;
    /// Writes what the socket takes now and returns how much that was. If less than all, the driver waits for
    /// the socket and then calls Node::handle_writable. A socket that failed takes nothing and is reported
    /// with Node::reset, not from within this call.
    virtual std::size_t write(StreamKey stream, std::span<const std::span<const std::byte>> bytes) = 0;
    /// The same for the next `size` of the bytes that went into the stream's pipe with Node::handle_passed.
    virtual std::size_t write_piped(StreamKey stream, std::size_t size) = 0;
    /// Everything was written: pass the end on (shutdown of the sending side).
    virtual void finish(StreamKey stream) = 0;
    /// There is room again after Node::room() was empty.
    virtual void resume_reading(StreamKey stream) = 0;
    /// The stream is over, in good order: close the socket. No further call names it.
    virtual void close(StreamKey stream) = 0;
    /// The stream is over: reset the socket (SO_LINGER 0). No further call names it.
    virtual void reset(StreamKey stream) = 0;
};

}  // namespace warmspare::core
