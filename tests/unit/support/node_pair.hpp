// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Two nodes on real sockets in one loop: what connects to a process at tokyo arrives at its target at osaka.

#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "loopback.hpp"
#include "net/driver.hpp"
#include "node/config.hpp"

namespace warmspare::test {

inline node::Config parsed(const std::string& text) {
    auto config = node::parse_config(text);
    EXPECT_TRUE(config) << text << (config ? "" : config.error().front().message);
    return config.value_or(node::Config{});
}

/// A node with its configuration and what it had to say.
struct TestNode {
    TestNode(net::asio::io_context& context, const std::string& text, std::uint64_t incarnation)
        : config(parsed(text)),
          driver(std::make_unique<net::Driver>(context, config, incarnation, [this](core::Event event) {
              events.push_back(std::move(event));
          })) {
        const auto bound = driver->bind();
        EXPECT_TRUE(bound) << bound.error();
        driver->start();
    }
    TestNode(TestNode&&) = delete;

    [[nodiscard]] bool told(core::EventKind kind, std::string_view cause) const {
        for (const core::Event& event : events) {
            if (event.kind == kind && event.cause.find(cause) != std::string::npos) return true;
        }
        return false;
    }
    [[nodiscard]] bool all_links_act() const {
        const core::NodeStatus status = driver->status();
        for (const core::LinkStatus& link : status.peers.at(0).links) {
            if (link.condition != core::Condition::act) return false;
        }
        return true;
    }
    [[nodiscard]] std::uint64_t streams() const {
        std::uint64_t count = 0;
        const core::NodeStatus status = driver->status();
        for (const core::ProcessStatus& process : status.peers.at(0).processes) count += process.streams;
        return count;
    }

    node::Config config;
    std::vector<core::Event> events;
    std::unique_ptr<net::Driver> driver;
};

class NodePair : public testing::Test {
  protected:
    /// `further` is added to both files. Returns when all links are ACT.
    void start(const std::string& further = {}) {
        // A slow machine is no dead link here.
        const std::string common = further + "[health]\nwatchdog = \"5s\"\ninterval = \"10s\"\n";
        osaka_ = std::make_unique<TestNode>(context_, osaka_text() + common, 2);
        tokyo_ = std::make_unique<TestNode>(context_, tokyo_text() + common, 1);
        ASSERT_TRUE(until([this] { return tokyo_->all_links_act() && osaka_->all_links_act(); }));
    }

    [[nodiscard]] bool until(const std::function<bool()>& condition) {
        return run_until(context_, condition);
    }

    /// Connects an application and gives both of its ends: what the application has, and what the target got.
    /// Both are blocking.
    std::pair<net::FileDescriptor, net::FileDescriptor> stream() {
        net::FileDescriptor application = connected_to(listen_port_);
        net::FileDescriptor target;
        EXPECT_TRUE(until([&] {
            target = net::FileDescriptor(::accept4(target_.get(), nullptr, nullptr, SOCK_CLOEXEC));
            return target.is_open();
        }));
        return {std::move(application), std::move(target)};
    }

    /// Reads until so much is there, or the end, or an error, while the loop runs.
    std::string read(const net::FileDescriptor& socket, std::size_t size) {
        std::string got;
        last_error_ = 0;
        ended_ = false;
        EXPECT_TRUE(until([&] {
            std::array<char, 65536> buffer{};
            const auto wanted = std::min(buffer.size(), size - got.size());
            const ssize_t n = ::recv(socket.get(), buffer.data(), wanted, MSG_DONTWAIT);
            if (n > 0) got.append(buffer.data(), static_cast<std::size_t>(n));
            ended_ = n == 0 && wanted > 0;
            if (n < 0 && errno != EAGAIN) last_error_ = errno;
            return ended_ || last_error_ != 0 || got.size() == size;
        }));
        return got;
    }
    /// The error that reading ends with; 0: its end.
    int end_of(const net::FileDescriptor& socket) {
        EXPECT_EQ(read(socket, 1), "");
        return last_error_;
    }

    net::asio::io_context context_{1};
    net::FileDescriptor target_ = listening_socket();
    std::uint16_t listen_port_ = free_port();
    std::uint16_t link_port_ = free_port();
    std::unique_ptr<TestNode> osaka_;
    std::unique_ptr<TestNode> tokyo_;
    int last_error_ = 0;
    bool ended_ = false;

  private:
    [[nodiscard]] std::string tokyo_text() const {
        return fmt::format(
            "node = \"tokyo\"\n[peer.osaka]\ndial = true\nsecurity = \"plain\"\nport = {}\ncircuits = [\n"
            "  {{ name = \"a\", local = \"127.0.0.1\", remote = \"127.0.0.2\" }},\n"
            "  {{ name = \"b\", local = \"127.0.0.3\", remote = \"127.0.0.4\" }},\n]\n"
            "[process.p]\npeer = \"osaka\"\nlisten = \"127.0.0.1:{}\"\n",
            link_port_, listen_port_);
    }
    [[nodiscard]] std::string osaka_text() const {
        return fmt::format(
            "node = \"osaka\"\n[peer.tokyo]\ndial = false\nsecurity = \"plain\"\nport = {}\ncircuits = [\n"
            "  {{ name = \"a\", local = \"127.0.0.2\", remote = \"127.0.0.1\" }},\n"
            "  {{ name = \"b\", local = \"127.0.0.4\", remote = \"127.0.0.3\" }},\n]\n"
            "[process.p]\npeer = \"tokyo\"\ntarget = \"127.0.0.1:{}\"\n",
            link_port_, port_of(target_));
    }
};

}  // namespace warmspare::test
