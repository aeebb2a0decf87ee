// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "net/application_listener.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "net/error_text.hpp"
#include "net/lookup.hpp"
#include "net/socket_io.hpp"
#include "net/socket_options.hpp"

namespace warmspare::net {

namespace {

/// Memory may also come back without a stream of ours ending.
constexpr std::chrono::milliseconds memory_retry_interval{200};

std::expected<FileDescriptor, int> bound_socket(const TcpAddress& address) {
    auto socket = open_socket(address.protocol().family());
    if (!socket) return socket;
    if (const int error = reuse_address(socket->get())) return std::unexpected(error);
    if (const int error = bind_socket(socket->get(), address)) return std::unexpected(error);
    if (::listen(socket->get(), SOMAXCONN) != 0) return std::unexpected(errno);
    return socket;
}

}  // namespace

ApplicationListener::ApplicationListener(Worker& worker, const node::Process& process, std::string peer,
                                         Opened opened)
    : worker_(worker),
      process_(process),
      peer_(std::move(peer)),
      opened_(std::move(opened)),
      timer_(worker.context()) {
}

ApplicationListener::~ApplicationListener() {
    close();
}

std::expected<void, std::string> ApplicationListener::bind() {
    const auto* tcp = std::get_if<node::TcpEndpoint>(&*process_.listen);
    const auto bound = tcp ? bind_tcp(*tcp) : bind_unix(std::get<node::UnixEndpoint>(*process_.listen));
    if (bound) return {};
    return std::unexpected(fmt::format("process {} cannot listen on {}: {}", process_.name,
                                       node::to_string(*process_.listen), bound.error()));
}

void ApplicationListener::accept() {
    for (const auto& acceptor : acceptors_) acceptor->accept();
}

void ApplicationListener::close() {
    timer_.cancel();
    for (const auto& acceptor : acceptors_) acceptor->close();
    acceptors_.clear();
    unix_.reset();
    for (const FileDescriptor& socket : held_) reset_on_close(socket.get());
    held_.clear();
}

void ApplicationListener::try_again() {
    if (held_.empty()) return;
    auto held = std::exchange(held_, {});
    for (FileDescriptor& socket : held) open_stream(std::move(socket));
    if (held_.empty()) accept();
}

std::expected<void, std::string> ApplicationListener::bind_tcp(const node::TcpEndpoint& endpoint) {
    const Addresses addresses = look_up_now(endpoint.host, endpoint.port);
    if (!addresses) return std::unexpected(addresses.error());
    int last_error = 0;
    for (const TcpAddress& address : *addresses) {
        auto socket = bound_socket(address);
        if (socket) {
            add(std::move(*socket));
        } else if (socket.error() == EADDRNOTAVAIL || socket.error() == EAFNOSUPPORT) {
            // "localhost" has an IPv6 address on hosts without IPv6 too.
            last_error = socket.error();
        } else {
            return std::unexpected(bind_failure(socket.error()));
        }
    }
    if (acceptors_.empty()) return std::unexpected(bind_failure(last_error));
    return {};
}

std::expected<void, std::string> ApplicationListener::bind_unix(const node::UnixEndpoint& endpoint) {
    auto listener = UnixListener::open(endpoint.path);
    if (!listener) return std::unexpected(listener.error());
    unix_.emplace(std::move(*listener));
    add(unix_->take_socket());
    return {};
}

void ApplicationListener::add(FileDescriptor listening) {
    acceptors_.push_back(std::make_shared<Acceptor>(
        worker_, std::move(listening),
        [this](FileDescriptor socket) { return open_stream(std::move(socket)); },
        [this](const std::string& cause) {
            worker_.report_error("no applications accepted for now: " + cause, peer_, process_.name);
        }));
}

bool ApplicationListener::open_stream(FileDescriptor socket) {
    const auto stream = worker_.node().open_stream(process_.peer, process_.process, Worker::now());
    worker_.wake();
    if (stream) {
        shortage_told_ = false;
        if (std::holds_alternative<node::TcpEndpoint>(*process_.listen))
            prepare_application_socket(socket.get());
        opened_(*stream, std::move(socket));
        return true;
    }
    if (stream.error() == core::OpenError::no_memory) {
        hold(std::move(socket));
        return false;
    }
    reset_on_close(socket.get());
    return true;
}

void ApplicationListener::hold(FileDescriptor socket) {
    held_.push_back(std::move(socket));
    if (!std::exchange(shortage_told_, true)) {
        worker_.report_error("no applications accepted for now: no memory for another stream", peer_,
                             process_.name);
    }
    timer_.expires_after(memory_retry_interval);
    timer_.async_wait([this](boost::system::error_code error) {
        if (!error) try_again();
    });
}

}  // namespace warmspare::net
