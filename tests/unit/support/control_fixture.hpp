// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// A control server that runs on a thread of its own, and a client that sends and reads plain lines.

#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <cstring>
#include <future>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "node/control_server.hpp"
#include "temporary_directory.hpp"
#include "worked_example.hpp"

namespace warmspare::test {

/// Reading gives up after a time that only a hanging server needs.
class LineClient {
  public:
    explicit LineClient(const std::filesystem::path& path)
        : fd_{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strcpy(address.sun_path, path.c_str());
        const timeval limit{.tv_sec = 20, .tv_usec = 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        connected_ = ::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    }
    LineClient(LineClient&& other) noexcept
        : fd_{std::exchange(other.fd_, -1)}, connected_{other.connected_}, input_{std::move(other.input_)} {}
    ~LineClient() {
        if (fd_ >= 0) ::close(fd_);
    }

    [[nodiscard]] bool connected() const { return connected_; }

    void send(std::string_view text) const {
        while (!text.empty()) {
            const ssize_t size = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
            if (size <= 0) return;
            text.remove_prefix(static_cast<std::size_t>(size));
        }
    }
    void end_input() const { ::shutdown(fd_, SHUT_WR); }

    /// A line without its end; empty at the end of the connection. A server that hangs fails the test.
    std::optional<std::string> line() {
        for (;;) {
            if (const std::size_t end = input_.find('\n'); end != std::string::npos) {
                std::string found = input_.substr(0, end);
                input_.erase(0, end + 1);
                return found;
            }
            char buffer[65536];
            const ssize_t size = ::recv(fd_, buffer, sizeof buffer, 0);
            if (size < 0 && errno == EAGAIN) ADD_FAILURE() << "the server does not answer";
            if (size <= 0) return std::nullopt;
            input_.append(buffer, static_cast<std::size_t>(size));
        }
    }

  private:
    int fd_;
    bool connected_ = false;
    std::string input_;
};

class ControlFixture : public testing::Test {
  protected:
    ~ControlFixture() override { stop(); }

    void start(const node::ControlLimits& limits = {}) {
        auto opened = node::ControlServer::open(context_, path_, [this] { return status_; }, log_, limits);
        ASSERT_TRUE(opened) << opened.error();
        server_ = std::move(*opened);
        thread_ = std::thread{[this] { context_.run(); }};
    }

    /// Ends server and thread as the daemon does.
    void stop() {
        if (!thread_.joinable()) return;
        on_loop([this] { server_.reset(); });
        work_.reset();
        thread_.join();
    }

    /// Runs `work` on the server's thread and waits for it.
    void on_loop(std::function<void()> work) {
        std::promise<void> done;
        boost::asio::post(context_, [&] {
            work();
            done.set_value();
        });
        done.get_future().wait();
    }

    void append(core::Event event) {
        using namespace std::chrono;
        log_.append(std::move(event), system_clock::time_point{microseconds{1769862896123456}});
    }

    static core::Event error_event(std::string cause) {
        core::Event event;
        event.kind = core::EventKind::error;
        event.cause = std::move(cause);
        return event;
    }

    TemporaryDirectory directory_;
    std::filesystem::path path_ = directory_ / "control.sock";
    core::NodeStatus status_ = worked_example();
    node::EventLog log_;
    boost::asio::io_context context_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{context_.get_executor()};
    std::unique_ptr<node::ControlServer> server_;
    std::thread thread_;
};

}  // namespace warmspare::test
