// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "net/link_listener.hpp"

#include <fmt/format.h>
#include <net/if.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "net/error_text.hpp"
#include "net/socket_io.hpp"
#include "net/socket_options.hpp"

namespace warmspare::net {

namespace {

constexpr int backlog = 1024;
/// Whoever knocks without being known fills no log.
constexpr std::chrono::seconds refusal_interval{10};

/// A bound and listening socket, or the error number.
std::expected<FileDescriptor, int> bound_socket(const ListenPoint& point) {
    const TcpAddress address(point.address, point.port);
    auto socket = open_socket(address.protocol().family());
    if (!socket) return socket;
    if (const int error = reuse_address(socket->get())) return std::unexpected(error);
    if (point.address.is_v6() && point.address.is_unspecified()) accept_both_families(socket->get());
    if (point.device) {
        if (const int error = bind_to_device(socket->get(), *point.device)) return std::unexpected(error);
    }
    if (const int error = bind_socket(socket->get(), address)) return std::unexpected(error);
    if (::listen(socket->get(), backlog) != 0) return std::unexpected(errno);
    return socket;
}

/// Where there is no IPv6, [::] means what is left.
std::expected<FileDescriptor, int> bound_socket_of_any_family(ListenPoint point) {
    auto socket = bound_socket(point);
    const bool any = point.address.is_v6() && point.address.is_unspecified();
    const bool no_ipv6 = !socket && (socket.error() == EAFNOSUPPORT || socket.error() == EADDRNOTAVAIL);
    if (!any || !no_ipv6) return socket;
    point.address = boost::asio::ip::address_v4::any();
    return bound_socket(point);
}

/// Whether the address or the device may still come.
bool is_absence(int error_number) {
    return error_number == EADDRNOTAVAIL || error_number == ENODEV;
}

}  // namespace

LinkListener::LinkListener(Worker& worker, ListenPoint point, core::Duration interval, Accepted accepted)
    : worker_(worker),
      point_(std::move(point)),
      interval_(interval),
      accepted_(std::move(accepted)),
      filter_(std::make_shared<PeerFilter>(worker, point_.circuits)),
      timer_(worker.context()) {
}

LinkListener::~LinkListener() {
    close();
}

std::expected<void, std::string> LinkListener::open() {
    auto socket = bound_socket_of_any_family(point_);
    if (!socket && point_.only_to_refuse) return {};
    if (!socket && !is_absence(socket.error())) {
        return std::unexpected(fmt::format("links of circuit {} cannot be accepted at {}: {}",
                                           point_.circuits.front().candidate.circuit, to_text(point_),
                                           bind_failure(socket.error())));
    }
    if (socket) {
        listen(std::move(*socket));
    } else {
        tell_absence(socket.error());
    }
    filter_->refresh();
    try_again_later();
    return {};
}

void LinkListener::close() {
    closed_ = true;
    timer_.cancel();
    if (acceptor_) std::exchange(acceptor_, nullptr)->close();
}

void LinkListener::listen(FileDescriptor socket) {
    told_error_ = 0;
    device_index_ = point_.device ? ::if_nametoindex(point_.device->c_str()) : 0;
    acceptor_ = std::make_shared<Acceptor>(
        worker_, std::move(socket),
        [this](FileDescriptor connection) { return admit(std::move(connection)); },
        [this](const std::string& cause) {
            worker_.report_error(fmt::format("no links accepted at {} for now: {}", to_text(point_), cause));
        });
    acceptor_->accept();
}

void LinkListener::try_again_later() {
    // Nothing changes under a socket that is bound to no device, whatever becomes of its address.
    if (acceptor_ && !point_.device) return;
    timer_.expires_after(interval_);
    timer_.async_wait([this](boost::system::error_code error) {
        if (!error && !closed_) check_again();
    });
}

void LinkListener::check_again() {
    if (acceptor_ && device_changed()) std::exchange(acceptor_, nullptr)->close();
    if (!acceptor_) {
        auto socket = bound_socket_of_any_family(point_);
        if (socket) {
            listen(std::move(*socket));
        } else {
            tell_absence(socket.error());
        }
    }
    try_again_later();
}

bool LinkListener::device_changed() const {
    return point_.device && ::if_nametoindex(point_.device->c_str()) != device_index_;
}

void LinkListener::tell_absence(int error_number) {
    if (std::exchange(told_error_, error_number) == error_number) return;
    for (const ListenCircuit& circuit : point_.circuits) {
        worker_.report_error(
            fmt::format("circuit {} cannot be listened on at {}: {}; tried again every interval",
                        circuit.candidate.circuit, to_text(point_), cause_of(error_number)),
            circuit.peer_name);
    }
}

bool LinkListener::admit(FileDescriptor socket) {
    const auto own = own_end(socket.get());
    const auto source = peer_end(socket.get());
    // Gone again already.
    if (!own || !source) return true;
    auto candidates = filter_->candidates(own->address(), source->address());
    if (candidates.empty()) {
        tell_refusal(*source);
        filter_->refresh();
        return true;
    }
    accepted_(std::move(socket), std::move(candidates));
    return true;
}

void LinkListener::tell_refusal(const TcpAddress& source) {
    const core::Time now = Worker::now();
    ++refusals_untold_;
    if (last_refusal_told_ && now - *last_refusal_told_ < refusal_interval) return;
    last_refusal_told_ = now;
    const std::uint64_t others = std::exchange(refusals_untold_, 0) - 1;
    std::string cause =
        fmt::format("refused a connection from {} to {}: no circuit here has this remote address",
                    to_text(source), to_text(point_));
    if (others != 0) cause += fmt::format(" ({} more since the last such event)", others);
    worker_.report_error(std::move(cause));
}

}  // namespace warmspare::net
