// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>

#include "core/node.hpp"
#include "net/asio_types.hpp"
#include "net/file_descriptor.hpp"
#include "net/kernel_pipe.hpp"
#include "net/sending_pipe.hpp"
#include "net/socket_io.hpp"
#include "net/splice_choice.hpp"
#include "net/worker.hpp"

namespace warmspare::net {

/// The socket of one application, and through it one stream. Bytes are read straight into the node's room and
/// written straight from where the node has them; or they are spliced, where nobody has to see them and there
/// are many.
class ApplicationStream : public std::enable_shared_from_this<ApplicationStream> {
  public:
    ApplicationStream(Worker& worker, core::StreamKey key);

    /// The application's socket, connected. read() starts the reading.
    void attach(FileDescriptor socket);

    // --- called from within the node: these never call it back ---------------------------------------------

    /// How much the socket took. Nothing before attach(), and nothing once it has failed.
    [[nodiscard]] std::size_t write(std::span<const Bytes> pieces);
    /// The same with the next `size` bytes of the pipe that take_in() filled.
    [[nodiscard]] std::size_t write_piped(std::size_t size);
    /// Ends the direction to the application.
    void finish();
    void close();
    void reset();

    // --- called between calls to the node
    // -------------------------------------------------------------------

    /// Reads as far as there is room, or for one turn.
    void read();
    /// Takes at most `size` bytes of a link into a pipe to the application. EAGAIN: it has none, or there is
    /// no room, or no pipe.
    [[nodiscard]] Moved take_in(int link, std::size_t size);
    /// Writing has failed, of which the node does not know yet.
    [[nodiscard]] bool write_failed() const noexcept { return write_failed_; }

  private:
    /// After a read: another one, wait for the application first, or neither.
    enum class Next { read, wait, stop };

    [[nodiscard]] bool read_for_a_turn();
    [[nodiscard]] Next copy_some(std::size_t& total);
    [[nodiscard]] Next splice_some(std::size_t room, std::size_t& total);
    /// Nothing was read: the end, or why.
    [[nodiscard]] Next handle_nothing(const Moved& got);
    /// How much the next read may splice; empty: it is to be copied.
    [[nodiscard]] std::optional<std::size_t> pipe_room();
    [[nodiscard]] std::shared_ptr<SendingPipe> open_pipe();
    void wait_readable();
    void wait_writable();
    void watch_for_error();
    /// The application's socket is of no more use: the node is told.
    void fail();
    void end_sending();

    Worker& worker_;
    core::StreamKey key_;
    std::optional<Descriptor> socket_;
    SpliceChoice choice_;
    /// From the application, while that splices.
    std::shared_ptr<SendingPipe> sending_;
    /// To the application, once something was taken in.
    std::unique_ptr<KernelPipe> receiving_;
    bool closed_ = false;
    bool read_waiting_ = false;
    bool write_waiting_ = false;
    bool write_failed_ = false;
    /// The application has ended its direction.
    bool read_ended_ = false;
    bool finished_ = false;
};

}  // namespace warmspare::net
