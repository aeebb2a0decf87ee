// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "net/acceptor.hpp"

#include <cerrno>
#include <utility>

#include "net/error_text.hpp"
#include "net/socket_io.hpp"

namespace warmspare::net {

namespace {

/// Others have their turn after so many connections.
constexpr int accepts_per_turn = 16;
/// How often a host without room is asked whether it has some.
constexpr std::chrono::milliseconds retry_interval{100};

}  // namespace

Acceptor::Acceptor(Worker& worker, FileDescriptor listening, Accepted accepted, Exhausted exhausted)
    : listening_(worker.context(), listening.release()),
      retry_(worker.context()),
      accepted_(std::move(accepted)),
      exhausted_(std::move(exhausted)) {
}

void Acceptor::accept() {
    if (listening_.is_open() && !waiting_) wait();
}

void Acceptor::close() {
    if (!listening_.is_open()) return;
    listening_.close();
    retry_.cancel();
}

void Acceptor::wait() {
    waiting_ = true;
    listening_.async_wait(Descriptor::wait_read,
                          [self = shared_from_this()](boost::system::error_code error) {
                              self->waiting_ = false;
                              if (!error && self->listening_.is_open()) self->accept_some();
                          });
}

void Acceptor::accept_some() {
    for (int turn = 0; turn < accepts_per_turn; ++turn) {
        auto connection = accept_connection(listening_.native_handle());
        if (!connection) {
            if (connection.error() == EAGAIN) return wait();
            if (is_exhaustion(connection.error())) return pause(connection.error());
            // Anything else is about this one connection, which was gone before it was accepted.
            continue;
        }
        short_of_room_ = false;
        const bool go_on = accepted_(std::move(*connection));
        if (!listening_.is_open() || !go_on) return;
    }
    wait();
}

void Acceptor::pause(int error_number) {
    if (!std::exchange(short_of_room_, true)) exhausted_(cause_of(error_number));
    waiting_ = true;
    retry_.expires_after(retry_interval);
    retry_.async_wait([self = shared_from_this()](boost::system::error_code error) {
        self->waiting_ = false;
        if (!error && self->listening_.is_open()) self->wait();
    });
}

}  // namespace warmspare::net
