// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// The pipes of the kernel, with real sockets at both ends.

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <string>
#include <utility>

#include "net/kernel_pipe.hpp"
#include "net/sending_pipe.hpp"
#include "net/splice_choice.hpp"

namespace warmspare::net {
namespace {

struct SocketPair {
    SocketPair() {
        std::array<int, 2> ends{};
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()), 0);
        near = FileDescriptor{ends[0]};
        far = FileDescriptor{ends[1]};
    }
    void say(const std::string& text) const {
        ASSERT_EQ(::send(far.get(), text.data(), text.size(), MSG_NOSIGNAL),
                  static_cast<ssize_t>(text.size()));
    }
    [[nodiscard]] std::string heard() const {
        std::string text(1 << 20, ' ');
        const auto got = ::recv(far.get(), text.data(), text.size(), MSG_DONTWAIT);
        text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
        return text;
    }

    FileDescriptor near;
    FileDescriptor far;
};

std::string taken_back(core::Pipe& pipe, std::size_t size) {
    std::string text(size, ' ');
    pipe.take_back(std::as_writable_bytes(std::span{text}));
    return text;
}

struct SendingPipeTest : testing::Test {
    SocketPair application;
    SocketPair link;
    int drained = 0;
    std::shared_ptr<SendingPipe> pipe = SendingPipe::open([this] { ++drained; });

    void SetUp() override { ASSERT_NE(pipe, nullptr); }
    void fill(const std::string& text) {
        application.say(text);
        ASSERT_EQ(pipe->fill(application.near.get(), 1 << 20), Moved{text.size()});
    }
};

TEST(KernelPipeTest, BytesGoFromOneSocketToAnother) {
    const auto pipe = KernelPipe::open();
    ASSERT_NE(pipe, nullptr);
    const SocketPair from;
    const SocketPair to;
    EXPECT_EQ(pipe->fill(from.near.get(), 100), Moved{std::unexpected(EAGAIN)});
    from.say("hello");
    EXPECT_EQ(pipe->fill(from.near.get(), 100), Moved{5});
    EXPECT_EQ(pipe->size(), 5U);
    EXPECT_EQ(pipe->drain(to.near.get(), 2), Moved{2});
    EXPECT_EQ(pipe->drain(to.near.get(), 100), Moved{3});
    EXPECT_EQ(to.heard(), "hello");
    EXPECT_EQ(pipe->size(), 0U);
    ::shutdown(from.far.get(), SHUT_WR);
    EXPECT_EQ(pipe->fill(from.near.get(), 100), Moved{0});
}

TEST(KernelPipeTest, ALinkThatIsGoneIsAnErrorAndNoSignal) {
    const auto pipe = KernelPipe::open();
    const SocketPair from;
    SocketPair to;
    from.say("hello");
    ASSERT_EQ(pipe->fill(from.near.get(), 100), Moved{5});
    to.far.close();
    // As the program does.
    const auto before = std::signal(SIGPIPE, SIG_IGN);
    EXPECT_EQ(pipe->drain(to.near.get(), 100), Moved{std::unexpected(EPIPE)});
    std::signal(SIGPIPE, before);
}

TEST_F(SendingPipeTest, SendsWhatIsStagedAndKeepsACopy) {
    fill("hello world");
    EXPECT_EQ(pipe->stage(5), 5U);
    EXPECT_EQ(pipe->write_to(link.near.get(), 5), Moved{5});
    EXPECT_EQ(link.heard(), "hello");
    EXPECT_EQ(pipe->stage(100), 6U);
    EXPECT_EQ(pipe->write_to(link.near.get(), 100), Moved{6});
    EXPECT_EQ(link.heard(), " world");
    pipe->forget(6);
    EXPECT_EQ(taken_back(*pipe, 5), "world");
}

TEST_F(SendingPipeTest, StillWritesWhatWasStagedWhenBytesAreTakenBack) {
    fill("one two three");
    ASSERT_EQ(pipe->stage(4), 4U);
    ASSERT_EQ(pipe->write_to(link.near.get(), 4), Moved{4});
    ASSERT_EQ(pipe->stage(4), 4U);
    ASSERT_EQ(pipe->write_to(link.near.get(), 1), Moved{1});
    EXPECT_FALSE(pipe->spent());
    EXPECT_EQ(taken_back(*pipe, 6), "one tw");
    EXPECT_TRUE(pipe->spent());
    EXPECT_EQ(taken_back(*pipe, 7), "o three");
    EXPECT_EQ(pipe->write_to(link.near.get(), 2), Moved{2});
    EXPECT_EQ(pipe->write_to(link.near.get(), 1), Moved{1});
    EXPECT_EQ(link.heard(), "one two ");
}

TEST_F(SendingPipeTest, TellsWhenThereIsRoomAgain) {
    // As many pieces as there are slots.
    std::size_t size = 0;
    for (Moved got{0}; got; size += *got) {
        application.say("x");
        got = pipe->fill(application.near.get(), 100);
        if (!got) break;
    }
    EXPECT_GT(size, 100U);
    EXPECT_TRUE(pipe->is_full());
    EXPECT_TRUE(pipe->wasteful());
    EXPECT_EQ(drained, 0);
    ASSERT_EQ(pipe->stage(10), 10U);
    ASSERT_EQ(pipe->write_to(link.near.get(), 10), Moved{10});
    EXPECT_EQ(drained, 1);
    EXPECT_FALSE(pipe->is_full());
    while (pipe->fill(application.near.get(), 1)) application.say("x"), ++size;
    EXPECT_TRUE(pipe->is_full());
    EXPECT_EQ(taken_back(*pipe, size), std::string(size, 'x'));
    EXPECT_EQ(drained, 2);
}

TEST(SpliceChoiceTest, SplicesOnceAMebibyteCameInLargePieces) {
    SpliceChoice choice;
    for (int i = 0; i < 16; ++i) {
        EXPECT_FALSE(choice.splice());
        choice.copied(65536, 65536);
    }
    EXPECT_TRUE(choice.splice());
}

TEST(SpliceChoiceTest, ALittlePieceBeginsTheCountAnew) {
    SpliceChoice choice;
    for (int i = 0; i < 15; ++i) choice.copied(65536, 65536);
    choice.copied(64, 65536);
    choice.copied(65536, 65536);
    EXPECT_FALSE(choice.splice());
}

TEST(SpliceChoiceTest, GoesBackToCopyingAfterEightLittlePieces) {
    SpliceChoice choice;
    choice.copied(1 << 20, 1 << 20);
    for (int i = 0; i < 7; ++i) choice.spliced(64);
    choice.spliced(65536);
    for (int i = 0; i < 7; ++i) choice.spliced(64);
    EXPECT_TRUE(choice.splice());
    choice.spliced(64);
    EXPECT_FALSE(choice.splice());
}

TEST(SpliceChoiceTest, NeedsMoreEachTimeItWasNoGood) {
    SpliceChoice choice;
    choice.copied(1 << 20, 1 << 20);
    choice.refuse();
    EXPECT_FALSE(choice.splice());
    for (int i = 0; i < 16; ++i) choice.copied(1 << 20, 1 << 20);
    EXPECT_TRUE(choice.splice());
    choice.refuse();
    for (int i = 0; i < 255; ++i) choice.copied(1 << 20, 1 << 20);
    EXPECT_FALSE(choice.splice());
    choice.copied(1 << 20, 1 << 20);
    EXPECT_TRUE(choice.splice());
}

}  // namespace
}  // namespace warmspare::net
