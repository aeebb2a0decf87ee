// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Bytes that never come into the program: how they are kept, sent again, and passed on (S14).

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "traffic_bench.hpp"

namespace warmspare::core {
namespace {

std::string numbered(std::size_t size, std::size_t from = 0) {
    std::string text(size, '\0');
    for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>((from + i) * 2654435761U >> 13);
    return text;
}

/// A stream without digest, opened at the node that dials.
struct Splicing : testing::Test {
    TrafficBench bench{{.digest = false}};
    TrafficEnd& here = bench.dialling;
    TrafficEnd& there = bench.dialled;
    std::uint64_t stream = 0;

    void SetUp() override {
        stream = here.open();
        bench.exchange();
        there.passes = true;
    }
    StreamStatus::Sending sending() { return here.traffic.status({stream})->sending; }
    StreamStatus::Receiving receiving() { return there.traffic.status({stream})->receiving; }
};

TEST_F(Splicing, carries_bytes_without_memory) {
    here.splice(stream, "hello ");
    here.splice(stream, "world");
    EXPECT_EQ(here.pool.in_use(), 0U);
    bench.exchange();
    EXPECT_EQ(there.applications.read(stream), "hello world");
    EXPECT_EQ(there.pool.in_use(), 0U);
    EXPECT_EQ(sending().forgotten, 11U);
    EXPECT_FALSE(here.traffic.outstanding({0}));
}

TEST_F(Splicing, is_not_for_a_digest) {
    TrafficBench checked{{.digest = true}};
    const auto id = checked.dialling.open();
    checked.exchange();
    EXPECT_EQ(checked.dialling.traffic.pipe_room({id}), std::nullopt);
    checked.dialled.passes = true;
    checked.dialling.write(id, "seen");
    checked.exchange();
    EXPECT_EQ(checked.dialled.applications.read(id), "seen");
    checked.dialling.finish(id);
    checked.exchange();
    EXPECT_EQ(checked.dialled.applications.calls(), "open 2; finish 2; ");
}

TEST_F(Splicing, takes_back_what_was_lost_with_a_link_and_sends_it_again) {
    here.splice(stream, "one ");
    bench.exchange();
    here.splice(stream, "two ");
    ASSERT_FALSE(here.batch().empty());
    here.splice(stream, "three");
    EXPECT_EQ(sending().sent, 8U);
    bench.cut();
    EXPECT_TRUE(here.pipe(stream).spent());
    bench.exchange();
    EXPECT_EQ(there.applications.read(stream), "one two three");
}

TEST_F(Splicing, goes_on_in_another_pipe_behind_what_was_taken_back) {
    here.splice(stream, "one ");
    bench.cut();
    here.splice(stream, "two");
    bench.exchange();
    EXPECT_EQ(there.applications.read(stream), "one two");
    here.finish(stream);
    bench.exchange();
    EXPECT_EQ(there.applications.calls(), "open 2; finish 2; ");
}

TEST_F(Splicing, mixes_with_copying_in_any_order) {
    here.write(stream, "a");
    here.splice(stream, "b");
    here.write(stream, "c");
    here.splice(stream, "d");
    here.splice(stream, "e");
    bench.exchange();
    EXPECT_EQ(there.applications.read(stream), "abcde");
    there.passes = false;
    here.splice(stream, "f");
    here.write(stream, "g");
    bench.exchange();
    EXPECT_EQ(there.applications.read(stream), "abcdefg");
}

TEST_F(Splicing, waits_when_no_more_copies_can_be_kept_until_some_are_forgotten) {
    here.pipe_capacity = 10;
    there.applications.take_only(stream, {0});
    here.splice(stream, "0123456789");
    bench.exchange();
    EXPECT_EQ(receiving().received, 10U);
    here.splice(stream, "abc");
    bench.exchange();
    EXPECT_EQ(sending().sent, 10U);
    EXPECT_FALSE(here.traffic.output_due({0}));
    there.applications.take_only(stream, {10, 100});
    there.traffic.handle_writable({stream}, there.now);
    bench.exchange();
    EXPECT_EQ(there.applications.read(stream), "0123456789abc");
}

TEST_F(Splicing, takes_back_what_a_pipe_cannot_keep_at_all) {
    here.pipe_capacity = 0;
    here.splice(stream, "abc");
    bench.exchange();
    EXPECT_EQ(there.applications.read(stream), "abc");
}

TEST_F(Splicing, gives_room_again_after_there_was_none) {
    std::size_t written = 0;
    while (const auto room = here.traffic.pipe_room({stream}).value()) {
        const auto size = std::min<std::size_t>(room, 100'000);
        here.splice(stream, numbered(size, written));
        written += size;
        ASSERT_LE(written, std::size_t{8} << 20);
    }
    EXPECT_EQ(here.applications.calls(), "");
    bench.exchange();
    EXPECT_EQ(here.applications.calls(), "resume 2; ");
    EXPECT_EQ(there.applications.read(stream), numbered(written));
}

TEST_F(Splicing, keeps_payload_that_comes_unpassed_behind_what_is_in_the_pipe) {
    there.applications.take_only(stream, {0});
    here.splice(stream, "one ");
    bench.exchange();
    there.passes = false;
    here.splice(stream, "two ");
    bench.exchange();
    there.passes = true;
    here.splice(stream, "three");
    bench.exchange();
    EXPECT_EQ(there.applications.read(stream), "");
    EXPECT_EQ(receiving().received, 13U);
    EXPECT_EQ(receiving().written, 0U);
    there.applications.take_only(stream, {2, 100});
    there.traffic.handle_writable({stream}, there.now);
    EXPECT_EQ(there.applications.read(stream), "on");
    there.traffic.handle_writable({stream}, there.now);
    EXPECT_EQ(there.applications.read(stream), "one two three");
    bench.exchange();
    EXPECT_EQ(sending().forgotten, 13U);
}

TEST_F(Splicing, passes_nothing_that_came_before) {
    here.splice(stream, "hello");
    const auto batch = here.batch();
    ASSERT_TRUE(there.receive(batch));
    ASSERT_TRUE(there.receive(batch));
    EXPECT_EQ(there.applications.read(stream), "hello");
}

TEST_F(Splicing, passes_nothing_that_is_not_welcome) {
    const auto limit = receiving().limit;
    EXPECT_TRUE(there.traffic.passable({stream, 0, limit}));
    EXPECT_FALSE(there.traffic.passable({stream, 0, limit + 1}));
    EXPECT_FALSE(there.traffic.passable({stream, 1, 1}));
    EXPECT_FALSE(there.traffic.passable({stream + 2, 0, 1}));
    ASSERT_TRUE(there.hear(wire::Finish{.stream = stream, .final_offset = 5}));
    EXPECT_TRUE(there.traffic.passable({stream, 0, 5}));
    EXPECT_FALSE(there.traffic.passable({stream, 0, 6}));
}

TEST_F(Splicing, passes_the_end_on_when_the_pipe_is_empty) {
    there.applications.take_only(stream, {0});
    here.splice(stream, "all");
    here.finish(stream);
    bench.exchange();
    EXPECT_EQ(there.applications.calls(), "open 2; ");
    there.applications.take_only(stream, {100});
    there.traffic.handle_writable({stream}, there.now);
    EXPECT_EQ(there.applications.calls(), "finish 2; ");
}

TEST_F(Splicing, lets_go_of_everything_with_a_reset) {
    here.splice(stream, "lost");
    there.applications.take_only(stream, {0});
    bench.exchange();
    here.splice(stream, "too");
    here.reset(stream);
    bench.exchange();
    for (auto* end : {&here, &there}) {
        EXPECT_EQ(end->traffic.streams(), 0U);
        EXPECT_EQ(end->budget.used(), 0U);
        EXPECT_FALSE(end->applications.disturbed());
    }
}

RC_GTEST_PROP(SplicingProperty, loses_and_doubles_nothing, ()) {
    TrafficBench bench{{.digest = false}};
    auto& here = bench.dialling;
    auto& there = bench.dialled;
    const auto stream = here.open();
    bench.exchange();
    here.pipe_capacity = *rc::gen::element<std::size_t>(0, 100, 5000, 1 << 20);
    std::string written;
    const auto steps = *rc::gen::inRange(0, 60);
    for (int i = 0; i < steps; ++i) {
        there.passes = *rc::gen::arbitrary<bool>();
        const auto text = numbered(*rc::gen::element<std::size_t>(1, 100, 3000, 20'000), written.size());
        switch (*rc::gen::inRange(0, 6)) {
            case 0:
                written += text.substr(0, here.write(stream, text));
                break;
            case 1:
            case 2:
                if (here.traffic.pipe_room({stream}).value() < text.size()) break;
                here.splice(stream, text);
                written += text;
                break;
            case 3:
                there.applications.take_only(stream, {*rc::gen::element<std::size_t>(0, 1, 5000, 1 << 30)});
                there.traffic.handle_writable({stream}, there.now);
                break;
            case 4:
                bench.cut();
                break;
            default:
                RC_ASSERT(there.receive(here.batch()));
        }
    }
    there.applications.take_only(stream, {1 << 30});
    there.traffic.handle_writable({stream}, there.now);
    bench.exchange();
    RC_ASSERT(there.applications.read(stream) == written);
}

}  // namespace
}  // namespace warmspare::core
