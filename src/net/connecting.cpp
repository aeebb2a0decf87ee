// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "net/connecting.hpp"

#include <cerrno>
#include <utility>

#include "net/socket_io.hpp"
#include "net/socket_options.hpp"

namespace warmspare::net {

namespace {

/// A Unix socket whose queue is full, or a kernel without memory, cannot be waited for, only asked again.
constexpr std::chrono::milliseconds again_interval{10};

}  // namespace

Connecting::Connecting(Worker& worker, FileDescriptor socket, SocketAddress address, core::Duration limit,
                       Done done)
    : socket_(worker.context(), socket.release()),
      address_(address),
      limit_(limit),
      limit_timer_(worker.context()),
      again_timer_(worker.context()),
      done_(std::move(done)) {
}

void Connecting::start() {
    limit_timer_.expires_after(limit_);
    limit_timer_.async_wait([self = shared_from_this()](boost::system::error_code error) {
        if (!error) self->end(ETIMEDOUT);
    });
    attempt();
}

void Connecting::cancel() {
    done_ = nullptr;
    boost::system::error_code ignored;
    socket_.close(ignored);
    limit_timer_.cancel();
    again_timer_.cancel();
}

void Connecting::attempt() {
    const int error = connect_socket(socket_.native_handle(), address_);
    if (error == EINPROGRESS) return wait_connected();
    const bool full_queue = error == EAGAIN && address_.data()->sa_family == AF_UNIX;
    if (full_queue || is_out_of_memory(error)) return attempt_later();
    end(error);
}

void Connecting::wait_connected() {
    socket_.async_wait(Descriptor::wait_write, [self = shared_from_this()](boost::system::error_code error) {
        if (!error && self->done_) self->end(pending_error(self->socket_.native_handle()));
    });
}

void Connecting::attempt_later() {
    again_timer_.expires_after(again_interval);
    again_timer_.async_wait([self = shared_from_this()](boost::system::error_code error) {
        if (!error && self->done_) self->attempt();
    });
}

void Connecting::end(int error_number) {
    const Done done = std::exchange(done_, nullptr);
    if (!done) return;
    const auto self = shared_from_this();
    FileDescriptor connected(error_number == 0 ? socket_.release() : -1);
    cancel();
    if (error_number != 0) return done(std::unexpected(error_number));
    done(std::move(connected));
}

}  // namespace warmspare::net
