// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Which life of the other node a connection is of, when that has been started anew.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "../support/stranger.hpp"

namespace warmspare::core {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

wire::Hello hello_of_life(const test::Stranger& mallory, std::uint64_t incarnation, std::uint32_t link) {
    auto hello = mallory.hello(link);
    hello.incarnation = incarnation;
    return hello;
}

class PeerLives : public testing::Test {
  protected:
    /// The first life was welcomed on a connection and has not confirmed it; then a second one was accepted,
    /// and told of a stream.
    void SetUp() override {
        former_nonce_ = mallory_.greet(former_, hello_of_life(mallory_, 1, 0));
        mallory_.pass(1s);
        link_ = mallory_.connect();
        mallory_.say(link_, wire::Confirm{mallory_.greet(link_, hello_of_life(mallory_, 2, 1))});
        ASSERT_TRUE(mallory_.node().open_stream({0}, {0}, mallory_.now()));
        wire::Assign assign{.epoch = 1};
        assign.assignments.push_back({.process = "A", .link_id = 1, .connection = 1, .moved = 1});
        mallory_.say(link_, assign);
        // It hears of the stream.
        static_cast<void>(mallory_.read(link_));
    }

    /// Why streams were closed.
    std::vector<std::string> closed() {
        std::vector<std::string> causes;
        while (const auto event = mallory_.node().poll_event())
            if (event->kind == EventKind::stream_close) causes.push_back(event->cause);
        return causes;
    }

    test::Stranger mallory_{false};
    ConnectionId former_ = mallory_.connect();
    std::uint64_t former_nonce_ = 0;
    ConnectionId link_{};
};

// Held up on the way until after the host had failed, started again, and lost all its links.
TEST_F(PeerLives, the_last_words_of_a_former_one_are_not_those_of_a_new_one) {
    mallory_.lose(link_);
    mallory_.say(former_, wire::Confirm{former_nonce_});
    EXPECT_TRUE(mallory_.gone(former_));
    EXPECT_THAT(closed(), IsEmpty());
}

TEST_F(PeerLives, a_new_one_ends_the_streams_of_the_former) {
    mallory_.lose(link_);
    mallory_.pass(1s);
    const auto next = mallory_.connect();
    mallory_.say(next, wire::Confirm{mallory_.greet(next, hello_of_life(mallory_, 3, 0))});
    EXPECT_FALSE(mallory_.gone(next));
    EXPECT_THAT(closed(), ElementsAre("mallory was started anew"));
}

}  // namespace
}  // namespace warmspare::core
