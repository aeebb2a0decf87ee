// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "net/application_stream.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <utility>

#include "net/socket_options.hpp"

namespace warmspare::net {

namespace {

/// Other sockets have their turn after so many reads, or so many bytes.
constexpr int reads_per_turn = 8;
constexpr std::size_t bytes_per_turn = 256 * 1024;

}  // namespace

ApplicationStream::ApplicationStream(Worker& worker, core::StreamKey key) : worker_(worker), key_(key) {
}

void ApplicationStream::attach(FileDescriptor socket) {
    socket_.emplace(worker_.context(), socket.release());
    if (finished_) end_sending();
    watch_for_error();
}

std::size_t ApplicationStream::write(std::span<const Bytes> pieces) {
    if (!socket_ || closed_ || write_failed_ || write_waiting_) return 0;
    std::size_t total = 0;
    while (!pieces.empty()) {
        const std::size_t offered = gathered_size(pieces);
        const Moved written = write_some(socket_->native_handle(), pieces);
        if (!written && written.error() != EAGAIN) {
            write_failed_ = true;
            return total;
        }
        const std::size_t size = written.value_or(0);
        total += size;
        if (size < offered) {
            wait_writable();
            return total;
        }
        pieces = pieces.subspan(std::min(pieces.size(), max_gathered));
    }
    return total;
}

Moved ApplicationStream::take_in(int link, std::size_t size) {
    if (closed_ || write_failed_) return std::unexpected(EAGAIN);
    if (!receiving_) receiving_ = KernelPipe::open();
    if (!receiving_) return std::unexpected(EAGAIN);
    return receiving_->fill(link, size);
}

std::size_t ApplicationStream::write_piped(std::size_t size) {
    if (!socket_ || closed_ || write_failed_ || write_waiting_ || !receiving_) return 0;
    std::size_t total = 0;
    while (total < size) {
        const Moved written = receiving_->drain(socket_->native_handle(), size - total);
        if (!written) {
            if (written.error() == EAGAIN)
                wait_writable();
            else
                write_failed_ = true;
            break;
        }
        total += *written;
    }
    return total;
}

void ApplicationStream::finish() {
    finished_ = true;
    if (socket_ && !closed_) end_sending();
}

void ApplicationStream::close() {
    closed_ = true;
    boost::system::error_code ignored;
    if (socket_) socket_->close(ignored);
}

void ApplicationStream::reset() {
    if (socket_ && !closed_) reset_on_close(socket_->native_handle());
    close();
}

void ApplicationStream::read() {
    const auto self = shared_from_this();
    if (read_for_a_turn()) wait_readable();
}

/// Whether there may be more to read later.
bool ApplicationStream::read_for_a_turn() {
    std::size_t total = 0;
    for (int turn = 0; turn < reads_per_turn && total < bytes_per_turn; ++turn) {
        if (!socket_ || closed_ || read_ended_ || read_waiting_) return false;
        const auto room = pipe_room();
        const Next next = room ? splice_some(*room, total) : copy_some(total);
        if (next == Next::stop) return false;
        if (next == Next::wait) break;
    }
    return !closed_;
}

auto ApplicationStream::copy_some(std::size_t& total) -> Next {
    const std::span<std::byte> room = worker_.node().room(key_);
    // The node calls for more when it has room again.
    if (room.empty()) return Next::stop;
    const std::size_t wanted = room.size();
    const Moved got = read_some(socket_->native_handle(), room);
    if (!got || *got == 0) return handle_nothing(got);
    choice_.copied(*got, wanted);
    worker_.node().commit(key_, *got, Worker::now());
    total += *got;
    // A short read has emptied the socket.
    return *got < wanted ? Next::wait : Next::read;
}

auto ApplicationStream::splice_some(std::size_t room, std::size_t& total) -> Next {
    if (room == 0) return Next::stop;
    const Moved got = sending_->fill(socket_->native_handle(), std::min(room, bytes_per_turn));
    if (sending_->is_full()) return sending_->wasteful() ? Next::read : Next::stop;
    if (!got || *got == 0) return handle_nothing(got);
    choice_.spliced(*got);
    worker_.node().commit_piped(key_, sending_, *got, Worker::now());
    total += *got;
    return Next::read;
}

auto ApplicationStream::handle_nothing(const Moved& got) -> Next {
    if (got == std::unexpected(EAGAIN)) return Next::wait;
    if (!got) {
        fail();
    } else {
        read_ended_ = true;
        worker_.node().finish(key_, Worker::now());
    }
    return Next::stop;
}

std::optional<std::size_t> ApplicationStream::pipe_room() {
    if (sending_ && sending_->wasteful()) choice_.refuse();
    if (choice_.splice()) {
        const auto room = worker_.node().pipe_room(key_);
        if (room && (!sending_ || sending_->spent())) sending_ = open_pipe();
        if (room && sending_) return room;
        choice_.refuse();
    }
    sending_ = nullptr;
    return std::nullopt;
}

std::shared_ptr<SendingPipe> ApplicationStream::open_pipe() {
    return SendingPipe::open([weak = weak_from_this(), &context = worker_.context()] {
        asio::post(context, [weak] {
            const auto self = weak.lock();
            if (!self) return;
            self->read();
            self->worker_.wake();
        });
    });
}

void ApplicationStream::wait_readable() {
    if (std::exchange(read_waiting_, true)) return;
    socket_->async_wait(Descriptor::wait_read, [self = shared_from_this()](boost::system::error_code error) {
        self->read_waiting_ = false;
        if (error || self->closed_) return;
        const bool more = self->read_for_a_turn();
        self->worker_.wake_now();
        if (more && !self->closed_) self->wait_readable();
    });
}

void ApplicationStream::wait_writable() {
    write_waiting_ = true;
    socket_->async_wait(Descriptor::wait_write, [self = shared_from_this()](boost::system::error_code error) {
        self->write_waiting_ = false;
        if (error || self->closed_) return;
        self->worker_.node().handle_writable(self->key_, Worker::now());
        self->worker_.wake();
    });
}

/// A reset is noticed even while there is no room to read. Once is enough: what wakes this without being an
/// error (both directions have ended, or urgent data) would wake it again and again.
void ApplicationStream::watch_for_error() {
    socket_->async_wait(Descriptor::wait_error, [self = shared_from_this()](boost::system::error_code error) {
        if (error || self->closed_) return;
        if (pending_error(self->socket_->native_handle()) == 0) return;
        self->fail();
        self->worker_.wake();
    });
}

void ApplicationStream::fail() {
    reset();
    worker_.node().reset(key_, Worker::now());
}

void ApplicationStream::end_sending() {
    ::shutdown(socket_->native_handle(), SHUT_WR);
}

}  // namespace warmspare::net
