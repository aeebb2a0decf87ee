// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "node/control_connection.hpp"

#include <fmt/format.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <utility>

#include "net/error_text.hpp"
#include "node/control_protocol.hpp"

namespace warmspare::node {

namespace asio = boost::asio;
using boost::system::error_code;

void ControlConnection::start(Closed closed) {
    closed_ = std::move(closed);
    error_code ignored;
    socket_.non_blocking(true, ignored);
    set_stuck();
    read();
}

// --- in --------------------------------------------------------------------------------------------------

void ControlConnection::read() {
    if (reading_ || input_ended_) return;
    reading_ = true;
    socket_.async_read_some(asio::buffer(buffer_),
                            [self = shared_from_this()](const error_code& error, std::size_t size) {
                                self->reading_ = false;
                                if (self->closed()) return;
                                if (error) return self->handle_end_of_input();
                                self->handle_input(size);
                            });
}

void ControlConnection::handle_input(std::size_t size) {
    // A follower has nothing more to ask for; it is read from only to notice its end.
    if (following_) return read();
    input_.append(buffer_.data(), size);
    handle_next_request();
}

void ControlConnection::handle_end_of_input() {
    input_ended_ = true;
    if (following_) {
        following_.reset();
        close_after_output_ = true;
        return schedule_write();
    }
    handle_next_request();
}

void ControlConnection::handle_next_request() {
    if (busy()) return;
    const std::size_t end = input_.find('\n');
    const std::size_t size = end == std::string::npos ? input_.size() : end;
    if (size >= control::max_request_bytes) {
        return fail(fmt::format("a request has at most {} bytes", control::max_request_bytes));
    }
    if (end != std::string::npos) {
        const std::string line = input_.substr(0, end);
        input_.erase(0, end + 1);
        return answer(line);
    }
    if (input_ended_) return close();
    read();
}

void ControlConnection::answer(std::string_view line) {
    stuck_since_.reset();
    const auto request = control::parse_request(line);
    if (!request) return fail(request.error());
    if (request->command == control::Command::events) return answer_events(request->follow);
    output_ = control::status_line(context_->status());
    schedule_write();
}

void ControlConnection::answer_events(bool follow) {
    waiting_ = context_->events.events();
    if (follow && !input_ended_) {
        following_ = context_->events.subscribe([this](const LoggedEventPtr& event) { handle_event(event); });
        read();
    } else {
        after_events_ = follow ? "" : control::end_line();
        close_after_output_ = follow;
    }
    schedule_write();
}

void ControlConnection::handle_event(const LoggedEventPtr& event) {
    waiting_.push_back(event);
    if (waiting_.size() > context_->limits.waiting_events) {
        following_.reset();
        const std::size_t lost = std::exchange(waiting_, {}).size();
        after_events_ = control::error_line(
            fmt::format("dropped: {} events waited because this client did not read them", lost));
        close_after_output_ = true;
    }
    schedule_write();
}

void ControlConnection::fail(std::string_view message) {
    output_ += control::error_line(message);
    close_after_output_ = true;
    schedule_write();
}

// --- out -------------------------------------------------------------------------------------------------

bool ControlConnection::busy() const noexcept {
    return following_ || close_after_output_ || !output_.empty() || !waiting_.empty() ||
           !after_events_.empty();
}

void ControlConnection::schedule_write() {
    if (write_scheduled_ || waiting_for_socket_) return;
    write_scheduled_ = true;
    asio::post(socket_.get_executor(), [self = shared_from_this()] {
        self->write_scheduled_ = false;
        if (!self->closed()) self->write();
    });
}

void ControlConnection::write() {
    refill_output();
    if (!write_output()) return;
    if (!waiting_.empty() || !after_events_.empty()) return schedule_write();
    if (close_after_output_) return close();
    handle_next_request();
}

void ControlConnection::refill_output() {
    if (!output_.empty()) return;
    while (!waiting_.empty() && output_.size() < context_->limits.piece_bytes) {
        output_ += control::event_line(*waiting_.front());
        waiting_.pop_front();
    }
    if (waiting_.empty()) output_ += std::exchange(after_events_, {});
}

/// Whether everything went out. If not, the rest is taken care of.
bool ControlConnection::write_output() {
    while (written_ < output_.size()) {
        error_code error;
        written_ += socket_.write_some(asio::buffer(output_) + written_, error);
        if (error == asio::error::would_block || net::is_exhaustion(error.value())) {
            wait_until_writable();
            return false;
        }
        if (error) {
            close();
            return false;
        }
        stuck_since_.reset();
    }
    output_.clear();
    written_ = 0;
    return true;
}

void ControlConnection::wait_until_writable() {
    set_stuck();
    waiting_for_socket_ = true;
    socket_.async_wait(Socket::wait_write, [self = shared_from_this()](const error_code& error) {
        self->waiting_for_socket_ = false;
        if (self->closed()) return;
        if (error) return self->close();
        self->write();
    });
}

void ControlConnection::set_stuck() {
    if (!stuck_since_) stuck_since_ = std::chrono::steady_clock::now();
}

// --- the end ---------------------------------------------------------------------------------------------

void ControlConnection::finish() {
    if (closed()) return;
    closed_ = nullptr;
    for (bool more = true; more;) {
        refill_output();
        more = !output_.empty() && write_output();
    }
    close();
}

void ControlConnection::close() {
    if (closed()) return;
    context_ = nullptr;
    following_.reset();
    waiting_.clear();
    error_code ignored;
    socket_.close(ignored);
    if (const Closed closed = std::exchange(closed_, nullptr)) closed(shared_from_this());
}

}  // namespace warmspare::node
