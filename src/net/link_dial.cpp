// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "net/link_dial.hpp"

#include <cerrno>
#include <utility>

#include "net/error_text.hpp"
#include "net/socket_io.hpp"
#include "net/socket_options.hpp"

namespace warmspare::net {

namespace {

/// 0 or the error number.
int bind_own_end(int socket, const LinkRoute& route, const TcpAddress& remote) {
    if (route.device) {
        if (const int error = bind_to_device(socket, *route.device)) return error;
    }
    if (!route.local && route.own_port == 0) return 0;
    if (route.own_port != 0) {
        if (const int error = reuse_address(socket)) return error;
    } else {
        choose_port_late(socket);
    }
    const auto local = route.local ? numeric_address(*route.local) : std::nullopt;
    const TcpAddress own =
        local ? TcpAddress(*local, route.own_port) : TcpAddress(remote.protocol(), route.own_port);
    return bind_socket(socket, own);
}

std::expected<FileDescriptor, int> make_socket(const LinkRoute& route, const TcpAddress& remote) {
    auto socket = open_socket(remote.protocol().family());
    if (!socket) return socket;
    prepare_link_socket(socket->get());
    if (const int error = bind_own_end(socket->get(), route, remote)) return std::unexpected(error);
    return socket;
}

}  // namespace

LinkDial::LinkDial(Worker& worker, LinkRoute route, std::size_t attempt, core::Duration limit, Done done)
    : worker_(worker), route_(std::move(route)), attempt_(attempt), limit_(limit), done_(std::move(done)) {
}

void LinkDial::start() {
    look_up(worker_, route_.remote, route_.peer_port,
            [self = shared_from_this()](const Addresses& addresses) {
                if (self->done_) self->connect(addresses);
            });
}

void LinkDial::cancel() {
    done_ = nullptr;
    if (connecting_) connecting_->cancel();
}

void LinkDial::connect(const Addresses& addresses) {
    if (!addresses) return fail(addresses.error());
    const auto remote = choose(*addresses);
    if (!remote) return fail("the other node has no address of the family of the own one");
    auto socket = make_socket(route_, *remote);
    if (!socket) return fail(cause_of(socket.error()));
    auto done = [self = shared_from_this()](std::expected<FileDescriptor, int> connected) {
        const Done report = std::exchange(self->done_, nullptr);
        if (!report) return;
        if (connected) return report(std::move(*connected));
        const bool late = connected.error() == ETIMEDOUT;
        report(std::unexpected(late ? "connect timed out" : cause_of(connected.error())));
    };
    connecting_ = std::make_shared<Connecting>(worker_, std::move(*socket), *remote, limit_, std::move(done));
    connecting_->start();
}

std::optional<TcpAddress> LinkDial::choose(const std::vector<TcpAddress>& addresses) const {
    const auto local = route_.local ? numeric_address(*route_.local) : std::nullopt;
    std::vector<TcpAddress> fitting;
    for (const TcpAddress& address : addresses) {
        if (!local || local->is_v6() == address.address().is_v6()) fitting.push_back(address);
    }
    if (fitting.empty()) return std::nullopt;
    return fitting[attempt_ % fitting.size()];
}

void LinkDial::fail(const std::string& cause) {
    const Done done = std::exchange(done_, nullptr);
    if (done) done(std::unexpected(cause));
}

}  // namespace warmspare::net
