// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// One client of the control socket, seen from the daemon: reads requests and writes replies, one after the
// other. It knows nothing of the other clients.

#pragma once

#include <array>
#include <boost/asio/local/stream_protocol.hpp>
#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "node/control_server.hpp"
#include "node/event_log.hpp"

namespace warmspare::node {

/// What a connection needs of its server, which must outlive it or call finish().
struct ControlContext {
    ControlServer::StatusSource status;
    EventLog& events;
    ControlLimits limits;
};

class ControlConnection : public std::enable_shared_from_this<ControlConnection> {
  public:
    using Socket = boost::asio::local::stream_protocol::socket;
    using Closed = std::function<void(const std::shared_ptr<ControlConnection>&)>;

    ControlConnection(Socket socket, const ControlContext& context)
        : socket_{std::move(socket)}, context_{&context} {}

    /// `closed` is called once, when the connection has ended by itself.
    void start(Closed closed);
    /// Writes what the socket takes at once, and closes. Nothing is called afterwards.
    void finish();

    /// Since when it has neither asked for anything nor taken what is due; empty: it is in good order.
    [[nodiscard]] std::optional<std::chrono::steady_clock::time_point> stuck_since() const noexcept {
        return stuck_since_;
    }

  private:
    void read();
    void handle_input(std::size_t size);
    void handle_end_of_input();
    void handle_next_request();
    void answer(std::string_view request);
    void answer_events(bool follow);
    void handle_event(const LoggedEventPtr& event);
    void fail(std::string_view message);

    void schedule_write();
    void write();
    void refill_output();
    [[nodiscard]] bool write_output();
    void wait_until_writable();
    [[nodiscard]] bool busy() const noexcept;
    [[nodiscard]] bool closed() const noexcept { return context_ == nullptr; }
    void set_stuck();
    void close();

    Socket socket_;
    /// Null once closed: handlers that are still under way find that out here.
    const ControlContext* context_;
    Closed closed_;

    std::array<char, 4096> buffer_{};
    /// Received and not yet answered; no longer than a request may be, plus one buffer.
    std::string input_;
    bool reading_ = false;
    bool input_ended_ = false;

    /// Bytes for the socket, the first `written_` of which are with the kernel already.
    std::string output_;
    std::size_t written_ = 0;
    /// Events that go out after `output_`, and the line that comes after them.
    std::deque<LoggedEventPtr> waiting_;
    std::string after_events_;
    bool close_after_output_ = false;
    bool write_scheduled_ = false;
    bool waiting_for_socket_ = false;
    std::optional<EventLog::Subscription> following_;
    std::optional<std::chrono::steady_clock::time_point> stuck_since_;
};

}  // namespace warmspare::node
