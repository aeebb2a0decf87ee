// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "net/target_connect.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <cerrno>
#include <utility>

#include "net/error_text.hpp"
#include "net/lookup.hpp"
#include "net/socket_io.hpp"
#include "net/socket_options.hpp"

namespace warmspare::net {

namespace {

/// For each address. An application that was accepted must not hang for minutes because of a dead target.
constexpr std::chrono::seconds connect_limit{5};
/// A kernel that has no memory for a socket is asked again.
constexpr std::chrono::milliseconds again_interval{10};

std::expected<FileDescriptor, int> make_socket(const SocketAddress& address) {
    auto socket = open_socket(address.protocol().family());
    if (socket && address.protocol().family() != AF_UNIX) prepare_application_socket(socket->get());
    return socket;
}

}  // namespace

TargetConnect::TargetConnect(Worker& worker, Done done)
    : worker_(worker), done_(std::move(done)), again_timer_(worker.context()) {
}

void TargetConnect::start(const node::Endpoint& target) {
    give_up_ = Worker::now() + connect_limit;
    if (const auto* local = std::get_if<node::UnixEndpoint>(&target)) {
        addresses_ = {asio::local::stream_protocol::endpoint(local->path)};
        return connect_next();
    }
    const auto& tcp = std::get<node::TcpEndpoint>(target);
    look_up(worker_, tcp.host, tcp.port, [self = shared_from_this()](const Addresses& addresses) {
        if (!addresses) return self->report(std::unexpected(addresses.error()));
        self->addresses_.assign(addresses->begin(), addresses->end());
        self->connect_next();
    });
}

void TargetConnect::cancel() {
    done_ = nullptr;
    again_timer_.cancel();
    if (connecting_) connecting_->cancel();
}

void TargetConnect::connect_next() {
    if (!done_) return;
    auto socket = make_socket(addresses_[next_]);
    if (!socket && is_out_of_memory(socket.error()) && Worker::now() < give_up_) return connect_later();
    if (!socket) return end(std::unexpected(socket.error()));
    connecting_ =
        std::make_shared<Connecting>(worker_, std::move(*socket), addresses_[next_], connect_limit,
                                     [self = shared_from_this()](std::expected<FileDescriptor, int> result) {
                                         self->end(std::move(result));
                                     });
    connecting_->start();
}

void TargetConnect::connect_later() {
    again_timer_.expires_after(again_interval);
    again_timer_.async_wait([self = shared_from_this()](boost::system::error_code error) {
        if (!error) self->connect_next();
    });
}

void TargetConnect::end(std::expected<FileDescriptor, int> result) {
    if (result) return report(std::move(*result));
    if (++next_ < addresses_.size()) return connect_next();
    const bool late = result.error() == ETIMEDOUT;
    report(std::unexpected(late ? "connect timed out" : cause_of(result.error())));
}

void TargetConnect::report(std::expected<FileDescriptor, std::string> result) {
    const Done done = std::exchange(done_, nullptr);
    if (done) done(std::move(result));
}

}  // namespace warmspare::net
