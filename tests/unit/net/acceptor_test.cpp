// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "net/acceptor.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <vector>

#include "../support/loopback.hpp"

namespace warmspare::net {
namespace {

using testing::ElementsAre;

class AcceptorTest : public testing::Test {
  protected:
    void SetUp() override {
        FileDescriptor listening = test::listening_socket();
        port_ = test::port_of(listening);
        acceptor_ = std::make_shared<Acceptor>(
            worker_, std::move(listening),
            [this](FileDescriptor socket) {
                accepted_.push_back(std::move(socket));
                return go_on_;
            },
            [this](const std::string& cause) { shortages_.push_back(cause); });
        acceptor_->accept();
    }
    void TearDown() override { acceptor_->close(); }
    [[nodiscard]] bool wait_for_accepted(std::size_t count) {
        return test::run_until(context_, [&] { return accepted_.size() >= count; });
    }

    asio::io_context context_;
    Worker worker_{context_, [](const core::Event&) {}};
    std::uint16_t port_ = 0;
    bool go_on_ = true;
    std::vector<FileDescriptor> accepted_;
    std::vector<std::string> shortages_;
    std::shared_ptr<Acceptor> acceptor_;
};

/// Allows no more descriptors than are open, for as long as it lives.
class NoDescriptors {
  public:
    NoDescriptors() {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        rlimit none = before_;
        // The lowest free descriptor, and with it every further one, is beyond the limit.
        const FileDescriptor next(::open("/dev/null", O_RDONLY | O_CLOEXEC));
        none.rlim_cur = static_cast<rlim_t>(next.get());
        ::setrlimit(RLIMIT_NOFILE, &none);
    }
    NoDescriptors(NoDescriptors&&) = delete;
    ~NoDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

  private:
    rlimit before_{};
};

TEST_F(AcceptorTest, AcceptsOneAfterTheOther) {
    std::vector<FileDescriptor> clients;
    for (std::size_t i = 1; i <= 3; ++i) {
        clients.push_back(test::connected_to(port_));
        ASSERT_TRUE(wait_for_accepted(i));
    }
    EXPECT_TRUE(shortages_.empty());
}

TEST_F(AcceptorTest, StopsWhenToldAndGoesOnWhenAsked) {
    go_on_ = false;
    std::vector<FileDescriptor> clients;
    clients.push_back(test::connected_to(port_));
    clients.push_back(test::connected_to(port_));
    ASSERT_TRUE(wait_for_accepted(1));
    context_.restart();
    context_.poll();
    EXPECT_EQ(accepted_.size(), 1U);
    acceptor_->accept();
    EXPECT_TRUE(wait_for_accepted(2));
}

TEST_F(AcceptorTest, TellsAShortageOnceAndAcceptsWhenItIsOver) {
    std::vector<FileDescriptor> clients;
    clients.push_back(test::connected_to(port_));
    {
        const NoDescriptors shortage;
        ASSERT_TRUE(test::run_until(context_, [&] { return !shortages_.empty(); }));
        EXPECT_TRUE(accepted_.empty());
    }
    EXPECT_TRUE(wait_for_accepted(1));
    EXPECT_THAT(shortages_, ElementsAre("too many open files"));
}

TEST_F(AcceptorTest, ClosedItRefuses) {
    acceptor_->close();
    EXPECT_FALSE(test::connected_to(port_).is_open());
}

}  // namespace
}  // namespace warmspare::net
