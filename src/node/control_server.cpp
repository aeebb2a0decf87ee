// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "node/control_server.hpp"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <utility>
#include <vector>

#include "net/unix_listener.hpp"
#include "node/control_connection.hpp"
#include "node/control_path.hpp"
#include "node/control_protocol.hpp"

namespace warmspare::node {

namespace asio = boost::asio;
using asio::local::stream_protocol;
using boost::system::error_code;

class ControlServer::Impl : public std::enable_shared_from_this<Impl> {
  public:
    Impl(asio::io_context& context, net::UnixListener listener, ControlContext connections)
        : listener_{std::move(listener)},
          acceptor_{context, stream_protocol{}, listener_.take_socket().release()},
          retry_{context},
          context_{std::move(connections)} {}

    void accept();
    void stop();
    [[nodiscard]] std::size_t client_count() const noexcept { return clients_.size(); }

  private:
    using Client = std::shared_ptr<ControlConnection>;

    void handle_accepted(const error_code& error, stream_protocol::socket socket);
    void handle_failure(const error_code& error);
    [[nodiscard]] bool make_room();
    void refuse(stream_protocol::socket socket);

    net::UnixListener listener_;
    stream_protocol::acceptor acceptor_;
    asio::steady_timer retry_;
    ControlContext context_;
    std::vector<Client> clients_;
    /// Whether the last accept failed, so that a lasting lack of descriptors is one event and not a flood.
    bool failing_ = false;
};

void ControlServer::Impl::accept() {
    acceptor_.async_accept(
        [weak = weak_from_this()](const error_code& error, stream_protocol::socket socket) {
            if (const auto self = weak.lock()) self->handle_accepted(error, std::move(socket));
        });
}

void ControlServer::Impl::handle_accepted(const error_code& error, stream_protocol::socket socket) {
    if (!acceptor_.is_open()) return;
    if (error) return handle_failure(error);
    failing_ = false;
    if (make_room()) {
        clients_.push_back(std::make_shared<ControlConnection>(std::move(socket), context_));
        clients_.back()->start([this](const Client& client) { std::erase(clients_, client); });
    } else {
        refuse(std::move(socket));
    }
    accept();
}

void ControlServer::Impl::handle_failure(const error_code& error) {
    if (!std::exchange(failing_, true)) {
        core::Event event;
        event.kind = core::EventKind::error;
        event.cause = "control socket: cannot accept: " + error.message();
        context_.events.append(std::move(event), std::chrono::system_clock::now());
    }
    retry_.expires_after(std::chrono::milliseconds{100});
    retry_.async_wait([weak = weak_from_this()](const error_code& cancelled) {
        const auto self = weak.lock();
        if (self && !cancelled && self->acceptor_.is_open()) self->accept();
    });
}

bool ControlServer::Impl::make_room() {
    if (clients_.size() < context_.limits.clients) return true;
    const auto is_stuck = [](const Client& client) { return client->stuck_since().has_value(); };
    auto longest = std::ranges::find_if(clients_, is_stuck);
    if (longest == clients_.end()) return false;
    for (auto it = longest; it != clients_.end(); ++it) {
        if (is_stuck(*it) && (*it)->stuck_since() < (*longest)->stuck_since()) longest = it;
    }
    (*longest)->finish();
    clients_.erase(longest);
    return true;
}

void ControlServer::Impl::refuse(stream_protocol::socket socket) {
    error_code ignored;
    socket.non_blocking(true, ignored);
    socket.write_some(asio::buffer(control::error_line("too many clients: try again later")), ignored);
}

void ControlServer::Impl::stop() {
    listener_.remove_file();
    error_code ignored;
    acceptor_.close(ignored);
    retry_.cancel();
    for (const Client& client : clients_) client->finish();
    clients_.clear();
}

std::expected<std::unique_ptr<ControlServer>, std::string> ControlServer::open(
    asio::io_context& context, const std::filesystem::path& path, StatusSource status, EventLog& events,
    const ControlLimits& limits) {
    if (const auto usual = default_control_path(); usual && *usual == path) {
        if (auto made = create_control_directory(path); !made)
            return std::unexpected{std::move(made.error())};
    }
    constexpr mode_t owner_only = 0600;
    auto listener = net::UnixListener::open(path.string(), owner_only);
    if (!listener) return std::unexpected{"control socket " + path.string() + ": " + listener.error()};
    auto impl = std::make_shared<Impl>(context, std::move(*listener),
                                       ControlContext{std::move(status), events, limits});
    impl->accept();
    return std::unique_ptr<ControlServer>{new ControlServer{std::move(impl)}};
}

ControlServer::ControlServer(std::shared_ptr<Impl> impl) : impl_{std::move(impl)} {
}

ControlServer::~ControlServer() {
    impl_->stop();
}

std::size_t ControlServer::client_count() const noexcept {
    return impl_->client_count();
}

}  // namespace warmspare::node
