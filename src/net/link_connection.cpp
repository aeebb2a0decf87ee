// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "net/link_connection.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "net/error_text.hpp"
#include "net/sending_pipe.hpp"
#include "net/socket_options.hpp"
#include "wire/frames.hpp"

namespace warmspare::net {

namespace {

/// Other sockets have their turn after so many reads of a full buffer.
constexpr int reads_per_turn = 4;
/// Before a link is judged, so much of what came in is read that its reply cannot be missed: more than any
/// receive buffer holds by default.
constexpr int reads_before_judgement = 64;
/// How long the other end has for closing its side.
constexpr std::chrono::seconds close_time{1};

/// A payload of which less is still to come is not worth splicing.
constexpr std::size_t least_passed = std::size_t{16} << 10;
/// So many reads after one the next is expected: tests and acknowledgements come in between.
constexpr int most_headers = 8;
constexpr std::size_t header_size = wire::header_size + wire::data_prefix_size;

constexpr const char* closed_by_peer = "closed by the other node";

}  // namespace

LinkConnection::LinkConnection(Worker& worker, core::ConnectionId id, FileDescriptor socket, Pass pass,
                               Gone gone)
    : worker_(worker),
      id_(id),
      socket_(worker.context(), socket.release()),
      own_end_(own_end(socket_.native_handle())),
      pass_(std::move(pass)),
      gone_(std::move(gone)) {
}

void LinkConnection::start() {
    wait_readable();
}

void LinkConnection::flush() {
    const auto self = shared_from_this();
    while (socket_.is_open() && !write_waiting_ && !sending_ended_) {
        const core::Output output = worker_.node().output(id_);
        if (output.empty()) {
            if (closing_) end_sending();
            return;
        }
        const std::size_t offered = output.pieces.empty() ? output.piped : gathered_size(output.pieces);
        const Moved written = write(output);
        if (!written && written.error() == EAGAIN) return wait_writable();
        if (!written) {
            // The other node may have said why before it closed.
            read(reads_per_turn);
            return fail(cause_of(written.error()));
        }
        worker_.node().handle_written(id_, *written, Worker::now());
        if (*written < offered && !output.pieces.empty()) return wait_writable();
    }
}

Moved LinkConnection::write(const core::Output& output) {
    const int socket = socket_.native_handle();
    if (!output.pieces.empty()) return write_some(socket, output.pieces, output.piped > 0);
    // All pipes of this node come from application streams.
    return static_cast<SendingPipe&>(*output.pipe).write_to(socket, output.piped);
}

void LinkConnection::catch_up(core::Time now) {
    const auto self = shared_from_this();
    read(reads_before_judgement);
    if (!socket_.is_open()) return;
    if (const auto evidence = kernel_evidence(socket_.native_handle()))
        worker_.node().handle_evidence(id_, *evidence, now);
}

void LinkConnection::abort() {
    if (!socket_.is_open()) return;
    reset_on_close(socket_.native_handle());
    close();
}

void LinkConnection::end(const std::string& cause) {
    const auto self = shared_from_this();
    if (!socket_.is_open()) return;
    reset_on_close(socket_.native_handle());
    fail(cause);
}

bool LinkConnection::has_address(const Address& own) const {
    return own_end_ && same_address(own, unmapped(own_end_->address()));
}

void LinkConnection::close_when_sent() {
    if (!socket_.is_open() || std::exchange(closing_, true)) return;
    close_limit_.emplace(worker_.context());
    close_limit_->expires_after(close_time);
    close_limit_->async_wait([self = shared_from_this()](boost::system::error_code error) {
        if (error || !self->socket_.is_open()) return;
        reset_on_close(self->socket_.native_handle());
        self->fail("closed");
        self->worker_.wake();
    });
    flush();
}

void LinkConnection::wait_readable() {
    socket_.async_wait(Descriptor::wait_read, [self = shared_from_this()](boost::system::error_code error) {
        if (error || !self->socket_.is_open()) return;
        self->read(reads_per_turn);
        self->worker_.wake_now();
        if (self->socket_.is_open()) self->wait_readable();
    });
}

void LinkConnection::wait_writable() {
    write_waiting_ = true;
    socket_.async_wait(Descriptor::wait_write, [self = shared_from_this()](boost::system::error_code error) {
        self->write_waiting_ = false;
        if (error || !self->socket_.is_open()) return;
        self->flush();
        self->worker_.wake();
    });
}

void LinkConnection::read(int reads) {
    for (int i = 0; i < reads && socket_.is_open(); ++i) {
        const auto passage = worker_.node().passage(id_);
        if (passage && passage->size >= least_passed && pass(*passage)) continue;
        const auto room = worker_.read_buffer().first(bytes_to_read(passage));
        const Moved got = read_some(socket_.native_handle(), room);
        if (!got && got.error() == EAGAIN) return;
        if (!got) return fail(cause_of(got.error()));
        if (*got == 0) return fail(closed_by_peer);
        if (!closing_) worker_.node().handle_bytes(id_, room.first(*got), Worker::now());
        // A short read has emptied the socket.
        if (*got < room.size()) return;
    }
}

bool LinkConnection::pass(const core::Passage& passage) {
    const Moved passed = pass_(passage.stream, socket_.native_handle(), passage.size);
    if (!passed || *passed == 0) return false;
    headers_expected_ = most_headers;
    worker_.node().handle_passed(id_, *passed, Worker::now());
    return true;
}

/// All that is there; but where the payload of the next frame may be spliced, only what leads to it.
std::size_t LinkConnection::bytes_to_read(const std::optional<core::Passage>& passage) {
    const auto most = worker_.read_buffer().size();
    if (passage) return std::min(most, passage->size + header_size);
    if (headers_expected_ == 0) return most;
    --headers_expected_;
    return header_size;
}

void LinkConnection::end_sending() {
    sending_ended_ = true;
    ::shutdown(socket_.native_handle(), SHUT_WR);
}

void LinkConnection::fail(const std::string& cause) {
    if (!socket_.is_open()) return;
    close();
    worker_.node().handle_closed(id_, cause, Worker::now());
    gone_(id_);
}

void LinkConnection::close() {
    boost::system::error_code ignored;
    socket_.close(ignored);
    if (close_limit_) close_limit_->cancel();
}

}  // namespace warmspare::net
