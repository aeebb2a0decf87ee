// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// What a peer does against the node costs it its connection, and the node neither memory nor its life.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../support/stranger.hpp"

namespace warmspare::core {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

wire::Buffer many(const wire::Buffer& frame, std::size_t times) {
    wire::Buffer bytes;
    for (std::size_t i = 0; i < times; ++i) bytes.insert(bytes.end(), frame.begin(), frame.end());
    return bytes;
}

// Answers would pile up without end for a peer that asks and does not read.
TEST(HostilePeer, who_asks_for_megabytes_and_does_not_read_them_loses_its_connection) {
    test::Stranger mallory{false};
    const auto link = mallory.connect_and_greet(0);
    wire::Buffer test;
    encode(test, wire::Test{1, 1});
    const auto tests = many(test, 4096);
    for (int i = 0; i < 16; ++i) mallory.say(link, tests);
    EXPECT_FALSE(mallory.gone(link));
    for (int i = 0; i < 100; ++i) mallory.say(link, tests);
    EXPECT_TRUE(mallory.gone(link));
    EXPECT_THAT(mallory.troubles(), ElementsAre("protocol error: it does not read what it asks for"));
}

TEST(HostilePeer, who_reads_may_ask_for_as_much_as_it_likes) {
    test::Stranger mallory{false};
    const auto link = mallory.connect_and_greet(0);
    wire::Buffer reset;
    encode(reset, wire::Reset{.stream = 2});
    const auto resets = many(reset, 4096);
    for (int i = 0; i < 100; ++i) {
        mallory.say(link, resets);
        static_cast<void>(mallory.read(link));
    }
    EXPECT_FALSE(mallory.gone(link));
    EXPECT_THAT(mallory.troubles(), IsEmpty());
}

// The link has not been ACT yet, so there is no link_down to say why it is gone.
TEST(HostilePeer, what_it_does_against_the_rules_is_told_whatever_the_condition_of_the_link) {
    test::Stranger mallory{false};
    const auto link = mallory.connect_and_greet(0);
    mallory.say(link, wire::Confirm{1});
    EXPECT_TRUE(mallory.gone(link));
    EXPECT_THAT(mallory.troubles(), ElementsAre(StartsWith("protocol error: it ")));
}

// Each switch waits for the traffic to be heard of on the new link, which mallory sees to that it never is.
TEST(HostilePeer, who_moves_a_process_about_without_end_is_not_waited_for_each_time) {
    test::Stranger mallory{false};
    const auto link = mallory.connect_and_greet(0);
    static_cast<void>(mallory.connect_and_greet(1));
    ASSERT_TRUE(mallory.node().open_stream({0}, {0}, mallory.now()));
    std::size_t switches = 0;
    std::size_t resumed = 0;
    for (std::uint64_t epoch = 1; epoch <= 1000; ++epoch) {
        wire::Assign assign{.epoch = epoch};
        assign.assignments.push_back({.process = "A",
                                      .link_id = static_cast<std::uint32_t>(epoch % 2),
                                      .connection = 1,
                                      .moved = epoch});
        mallory.say(link, assign);
        while (const auto event = mallory.node().poll_event()) {
            if (event->kind == EventKind::switch_) ++switches;
            if (event->kind == EventKind::resumed) ++resumed;
        }
    }
    EXPECT_EQ(switches, 999U);
    EXPECT_EQ(resumed, switches - 16);
}

}  // namespace
}  // namespace warmspare::core
