// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Streams between two nodes' applications: how they begin, end and share a link (S10, S14).

#include "core/traffic.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "traffic_bench.hpp"

namespace warmspare::core {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// A stream that was opened at the node that dials and is connected at the other.
struct Streams : testing::Test {
    TrafficBench bench;
    TrafficEnd& here = bench.dialling;
    TrafficEnd& there = bench.dialled;
    std::uint64_t stream = 0;

    void SetUp() override {
        stream = here.open();
        bench.exchange();
        EXPECT_EQ(here.applications.calls(), "");
        EXPECT_EQ(there.applications.calls(), "open 2; ");
    }

    void expect_gone() {
        EXPECT_EQ(here.traffic.streams(), 0U);
        EXPECT_EQ(there.traffic.streams(), 0U);
        for (auto* end : {&here, &there}) {
            EXPECT_FALSE(end->traffic.wanted({0}));
            EXPECT_FALSE(end->traffic.outstanding({0}));
            EXPECT_EQ(end->budget.used(), 0U);
            EXPECT_EQ(end->pool.in_use(), 0U);
            EXPECT_FALSE(end->applications.disturbed());
        }
    }
};

TEST_F(Streams, carry_bytes_both_ways) {
    here.write(stream, "hello");
    there.write(stream, "world");
    bench.exchange();
    EXPECT_EQ(there.applications.read(stream), "hello");
    EXPECT_EQ(here.applications.read(stream), "world");
    EXPECT_FALSE(here.traffic.outstanding({0}));
}

TEST_F(Streams, ids_of_the_two_openers_never_meet) {
    EXPECT_EQ(here.open(), 4U);
    EXPECT_EQ(there.open(), 1U);
    EXPECT_EQ(there.open(), 3U);
}

TEST_F(Streams, S10_a_half_close_arrives_and_the_other_direction_goes_on) {
    here.write(stream, "question");
    here.finish(stream);
    bench.exchange();
    EXPECT_EQ(there.applications.calls(), "finish 2; ");
    there.write(stream, "answer");
    bench.exchange();
    EXPECT_EQ(here.applications.read(stream), "answer");
    EXPECT_EQ(here.applications.calls(), "");
    there.finish(stream);
    bench.exchange();
    EXPECT_EQ(here.applications.calls(), "finish 2; close 2; ");
    EXPECT_EQ(there.applications.calls(), "close 2; ");
    expect_gone();
}

TEST_F(Streams, S10_either_end_may_finish_first_or_both_at_once) {
    there.finish(stream);
    bench.exchange();
    EXPECT_EQ(here.applications.calls(), "finish 2; ");
    here.finish(stream);
    bench.exchange();
    EXPECT_EQ(here.applications.calls(), "close 2; ");
    const auto second = here.open();
    here.finish(second);
    bench.exchange();
    EXPECT_EQ(there.applications.calls(), "finish 2; close 2; open 4; finish 4; ");
    there.finish(second);
    bench.exchange();
    const auto third = there.open();
    bench.exchange();
    here.finish(third);
    there.finish(third);
    bench.exchange();
    EXPECT_EQ(there.causes(EventKind::stream_close), (std::vector<std::string>{"", "", ""}));
    expect_gone();
}

TEST_F(Streams, S10_a_reset_arrives_as_a_reset_and_takes_what_is_buffered_along) {
    there.applications.take_only(stream, {0});
    here.write(stream, numbered(50'000));
    bench.exchange();
    here.reset(stream);
    EXPECT_EQ(here.applications.calls(), "reset 2; ");
    EXPECT_TRUE(here.traffic.wanted({0}));
    bench.exchange();
    EXPECT_EQ(there.applications.calls(), "reset 2; ");
    EXPECT_THAT(there.causes(EventKind::stream_close),
                ElementsAre("reset by the other node: reset by the application"));
    expect_gone();
}

TEST_F(Streams, S10_both_may_reset_at_once) {
    here.reset(stream);
    there.reset(stream);
    bench.exchange();
    EXPECT_EQ(here.applications.calls(), "reset 2; ");
    EXPECT_EQ(there.applications.calls(), "reset 2; ");
    expect_gone();
}

TEST_F(Streams, S10_a_reset_may_cross_with_an_end) {
    here.finish(stream);
    there.reset(stream);
    bench.exchange();
    EXPECT_EQ(here.applications.calls(), "reset 2; ");
    EXPECT_EQ(there.applications.calls(), "reset 2; ");
    expect_gone();
}

// The other node has not left its link, so nothing would make it ask again.
TEST_F(Streams, nothing_is_forgotten_on_a_detour_where_the_last_word_may_be_lost) {
    here.traffic.set_detour({0}, true);
    here.finish(stream);
    there.finish(stream);
    bench.exchange();
    EXPECT_TRUE(here.traffic.wanted({0}));
    here.traffic.set_detour({0}, false);
    here.traffic.rewind({0}, here.now);
    bench.exchange();
    expect_gone();
}

TEST_F(Streams, a_process_that_is_moved_to_where_it_already_is_says_all_but_data_again) {
    here.write(stream, "hello");
    static_cast<void>(here.says());
    here.finish(stream);
    EXPECT_EQ(here.says(), "finish 2 at 5; ");
    here.traffic.retell({0}, here.now);
    EXPECT_EQ(here.says(), "ack 2 0/0; finish 2 at 5; ");
}

TEST_F(Streams, a_reset_is_sent_again_on_every_link_until_it_is_confirmed) {
    here.reset(stream);
    EXPECT_EQ(here.says(), "reset 2 for reset by the application; ");
    EXPECT_EQ(here.says(), "");
    EXPECT_TRUE(here.traffic.outstanding({0}));
    here.move_to_new_link();
    EXPECT_EQ(here.says(), "reset 2 for reset by the application; ");
    EXPECT_TRUE(here.hear(wire::Closed{stream}));
    here.move_to_new_link();
    EXPECT_EQ(here.says(), "");
    EXPECT_FALSE(here.traffic.wanted({0}));
}

TEST_F(Streams, every_link_that_a_process_moves_to_begins_with_the_state_of_its_streams) {
    here.write(stream, "hello");
    bench.exchange();
    here.write(stream, " world");
    static_cast<void>(here.says());
    here.finish(stream);
    here.move_to_new_link();
    EXPECT_EQ(here.says(), "ack 2 0/0; data 2 5+6; finish 2 at 11; ");
}

TEST_F(Streams, only_what_was_on_its_way_is_sent_again) {
    here.write(stream, numbered(5000));
    bench.exchange();
    here.write(stream, numbered(300, 5000));
    static_cast<void>(here.says());
    EXPECT_EQ(here.traffic.rewind({0}, here.now), 300U);
}

TEST_F(Streams, an_open_is_repeated_until_the_other_node_has_answered) {
    const auto second = here.open();
    EXPECT_EQ(here.says(), "open 4 A; ack 4 0/0; ");
    bench.cut();
    bench.exchange();
    EXPECT_EQ(there.applications.calls(), "open 4; ");
    bench.cut();
    EXPECT_EQ(here.says(), "ack 2 0/0; ack 4 0/0; ");
    EXPECT_EQ(here.traffic.streams(), 2U);
    EXPECT_EQ(second, 4U);
}

TEST_F(Streams, a_stream_that_is_over_is_closed_whatever_comes_for_it_later) {
    here.finish(stream);
    there.finish(stream);
    bench.exchange();
    static_cast<void>(there.applications.calls());
    EXPECT_TRUE(there.hear(wire::Open{stream, "A"}));
    EXPECT_EQ(there.says(), "closed 2; ");
    EXPECT_TRUE(there.hear(wire::Finish{.stream = stream, .final_offset = 0}));
    EXPECT_EQ(there.says(), "closed 2; ");
    EXPECT_TRUE(there.hear(wire::Reset{.stream = stream}));
    EXPECT_EQ(there.says(), "closed 2; ");
    EXPECT_TRUE(there.hear(wire::Ack{.stream = stream}));
    EXPECT_TRUE(there.hear(wire::Closed{stream}));
    EXPECT_EQ(there.says(), "");
    EXPECT_EQ(there.applications.calls(), "");
}

// Its last acknowledgement was lost: the node that waits for it repeats its end and is told that all is over.
TEST_F(Streams, who_missed_the_last_word_is_told_that_the_stream_is_over) {
    here.finish(stream);
    bench.exchange();
    there.finish(stream);
    ASSERT_TRUE(here.receive(there.batch()));
    EXPECT_EQ(here.says(), "ack 2 1/1; ");
    EXPECT_EQ(here.traffic.streams(), 0U);
    EXPECT_EQ(there.traffic.streams(), 1U);
    bench.cut();
    bench.exchange();
    EXPECT_EQ(there.applications.calls(), "finish 2; close 2; ");
    expect_gone();
}

// An open may be overtaken on a faster link by a reset of the same stream, or by a later open.
TEST_F(Streams, an_open_that_was_overtaken_by_its_reset_opens_nothing) {
    EXPECT_TRUE(there.hear(wire::Reset{.stream = 6}));
    EXPECT_TRUE(there.hear(wire::Open{4, "A"}));
    EXPECT_TRUE(there.hear(wire::Open{6, "A"}));
    EXPECT_EQ(there.says(), "closed 6; closed 6; ack 4 0/0; ");
    EXPECT_EQ(there.applications.calls(), "open 4; ");
}

TEST_F(Streams, a_process_that_the_other_node_does_not_know_resets_the_stream) {
    here.config.processes[1].name = "psql";
    const auto second = here.open(1);
    here.write(second, "hello");
    bench.exchange();
    EXPECT_EQ(here.applications.calls(), "reset 4; ");
    EXPECT_THAT(here.causes(EventKind::stream_close),
                ElementsAre("reset by the other node: unknown process: psql"));
    EXPECT_FALSE(here.traffic.wanted({1}));
    EXPECT_EQ(there.applications.calls(), "");
}

TEST_F(Streams, a_target_that_cannot_be_reached_resets_the_stream_with_an_event_that_names_the_reason) {
    there.traffic.handle_target_failed({stream}, "connection refused", there.now);
    EXPECT_THAT(there.causes(EventKind::error), ElementsAre("target unreachable: connection refused"));
    bench.exchange();
    EXPECT_EQ(here.applications.calls(), "reset 2; ");
    EXPECT_THAT(here.causes(EventKind::stream_close),
                ElementsAre("reset by the other node: target unreachable: connection refused"));
    expect_gone();
}

TEST(StreamsMemory, a_stream_that_cannot_have_its_certain_memory_is_not_accepted) {
    TrafficBench bench{{.memory = 3 * certain_bytes}};
    static_cast<void>(bench.dialling.open());
    EXPECT_FALSE(bench.dialling.traffic.open({0}, bench.dialling.now));
    bench.exchange();
    EXPECT_TRUE(bench.dialled.hear(wire::Open{4, "A"}));
    EXPECT_EQ(bench.dialled.says(), "reset 4 for no memory for another stream; ");
    EXPECT_EQ(bench.dialled.applications.calls(), "open 2; ");
}

TEST(StreamsMemory, a_shortage_is_told_once_until_there_is_room_again) {
    TrafficBench bench{{.memory = 2 * certain_bytes}};
    auto& node = bench.dialled;
    const auto shortage = "streams refused for now: no memory for another stream";
    EXPECT_TRUE(node.hear(wire::Open{2, "A"}));
    EXPECT_TRUE(node.hear(wire::Open{4, "A"}));
    EXPECT_TRUE(node.hear(wire::Open{6, "A"}));
    EXPECT_THAT(node.causes(EventKind::error), ElementsAre(shortage));
    EXPECT_TRUE(node.hear(wire::Reset{2, wire::ResetReason::application, {}}));
    EXPECT_TRUE(node.hear(wire::Open{8, "A"}));
    EXPECT_TRUE(node.hear(wire::Open{10, "A"}));
    EXPECT_THAT(node.causes(EventKind::error), ElementsAre(shortage));
}

/// The other node has no memory for a stream when its open comes, and has it soon after.
struct RefusedStream : testing::Test {
    TrafficBench bench{{.memory = 2 * certain_bytes}};
    TrafficEnd& here = bench.dialling;
    TrafficEnd& there = bench.dialled;
    std::uint64_t stream = here.open();
    wire::Buffer refusal;

    void SetUp() override {
        const auto taken = Allowance::reserve(there.budget);
        ASSERT_TRUE(there.receive(here.batch()));
        refusal = there.batch();
        bench.cut();
    }

    void expect_gone() {
        EXPECT_EQ(there.applications.calls(), "");
        EXPECT_EQ(here.applications.calls(), "reset 2; ");
        EXPECT_EQ(here.traffic.streams() + there.traffic.streams(), 0U);
        EXPECT_FALSE(here.applications.disturbed());
    }
};

// Were it accepted when its open comes again on another link, the late reset would end it here and leave the
// other node with a stream that nobody has.
TEST_F(RefusedStream, is_not_accepted_when_its_open_comes_again) {
    ASSERT_TRUE(there.receive(here.batch()));
    ASSERT_TRUE(here.receive(refusal));
    bench.exchange();
    expect_gone();
}

TEST_F(RefusedStream, ends_even_if_the_refusal_is_lost) {
    bench.exchange();
    EXPECT_THAT(here.causes(EventKind::stream_close), ElementsAre("refused by the other node"));
    expect_gone();
}

TEST_F(Streams, S14_a_reader_that_stops_stops_its_own_stream_and_no_other) {
    const auto second = here.open();
    bench.exchange();
    there.applications.take_only(stream, {0});
    const auto text = numbered(1'000'000);
    EXPECT_LT(here.write(stream, numbered(100'000'000)), 5'000'000U);
    here.write(second, text);
    bench.exchange();
    EXPECT_EQ(there.applications.read(second), text);
    EXPECT_EQ(there.applications.read(stream), "");
    EXPECT_LE(there.traffic.memory_held(), 2 * certain_bytes);
}

TEST_F(Streams, S14_when_the_reader_goes_on_the_writer_is_read_again_and_nothing_is_lost) {
    there.applications.take_only(stream, {0});
    const auto text = numbered(20'000'000);
    auto written = here.write(stream, text);
    bench.exchange();
    EXPECT_LT(written, text.size());
    EXPECT_EQ(here.applications.calls(), "");
    there.applications.take_only(stream, {});
    there.traffic.handle_writable({stream}, there.now);
    while (written < text.size()) {
        bench.exchange();
        ASSERT_EQ(here.applications.calls(), "resume 2; ");
        written += here.write(stream, std::string_view{text}.substr(written));
    }
    bench.exchange();
    EXPECT_EQ(there.applications.read(stream), text);
}

TEST_F(Streams, share_the_link_evenly) {
    const auto second = here.open();
    bench.exchange();
    here.write(stream, numbered(4'000'000));
    here.write(second, numbered(4'000'000));
    for (int round = 0; round < 20; ++round) {
        const auto bytes = here.batch();
        ASSERT_TRUE(there.receive(bytes));
        ASSERT_TRUE(here.receive(there.batch()));
        const auto difference = static_cast<std::int64_t>(there.applications.read(stream).size()) -
                                static_cast<std::int64_t>(there.applications.read(second).size());
        EXPECT_LE(std::abs(difference), static_cast<std::int64_t>(wire::max_payload));
    }
    EXPECT_GT(there.applications.read(second).size(), 500'000U);
}

TEST_F(Streams, of_one_process_do_not_go_over_the_link_of_another) {
    const auto other = here.open(1);
    EXPECT_TRUE(here.traffic.output_due({1}));
    EXPECT_FALSE(here.traffic.output_due({0}));
    EXPECT_TRUE(here.traffic.wanted({1}));
    EXPECT_EQ(here.traffic.streams({1}), 1U);
    EXPECT_EQ(other, 4U);
}

// A socket can have room again at any moment, also in the middle of many small frames.
TEST_F(Streams, bytes_keep_their_order_when_a_socket_takes_some_of_them_now_and_then) {
    there.applications.take_only(stream, {5, 7, 0, 1000});
    const auto text = numbered(200);
    for (std::size_t i = 0; i < text.size(); ++i) {
        const std::string_view byte = std::string_view{text}.substr(i, 1);
        ASSERT_TRUE(there.traffic.handle(wire::Data{stream, i, bytes_of(byte)}, there.now));
    }
    there.traffic.deliver(there.now);
    there.traffic.handle_writable({stream}, there.now);
    there.traffic.handle_writable({stream}, there.now);
    there.traffic.handle_writable({stream}, there.now);
    EXPECT_EQ(there.applications.read(stream), text);
}

TEST_F(Streams, an_acknowledgement_of_little_waits_a_millisecond_for_company) {
    here.write(stream, "hello");
    ASSERT_TRUE(there.receive(here.batch()));
    EXPECT_EQ(there.says(), "");
    EXPECT_EQ(there.traffic.next_deadline(), there.now + std::chrono::milliseconds{1});
    there.now += std::chrono::milliseconds{1};
    there.traffic.handle_deadline(there.now);
    EXPECT_EQ(there.says(), "ack 2 5/5; ");
    EXPECT_EQ(there.traffic.next_deadline(), never);
}

TEST_F(Streams, an_acknowledgement_goes_along_with_whatever_is_sent) {
    here.write(stream, "hello");
    ASSERT_TRUE(there.receive(here.batch()));
    there.write(stream, "world");
    EXPECT_EQ(there.says(), "ack 2 5/5; data 2 0+5; ");
}

TEST_F(Streams, a_digest_that_does_not_match_resets_the_stream_with_an_error) {
    here.write(stream, "hello");
    here.finish(stream);
    auto bytes = here.batch();
    const auto payload = std::ranges::search(bytes, bytes_of("hello"));
    ASSERT_FALSE(payload.empty());
    payload.front() = std::byte{'j'};
    ASSERT_TRUE(there.receive(bytes));
    ASSERT_TRUE(there.receive(here.batch()));
    EXPECT_EQ(there.applications.calls(), "reset 2; ");
    EXPECT_THAT(there.causes(EventKind::error),
                ElementsAre("digest mismatch: what arrived is not what was sent"));
    bench.exchange();
    EXPECT_EQ(here.applications.calls(), "reset 2; ");
    expect_gone();
}

TEST(StreamsDigest, a_process_that_does_without_is_not_checked) {
    TrafficBench bench{{.digest = false}};
    const auto stream = bench.dialling.open();
    bench.dialling.write(stream, "hello");
    bench.dialling.finish(stream);
    auto bytes = bench.dialling.batch();
    std::ranges::search(bytes, bytes_of("hello")).front() = std::byte{'j'};
    ASSERT_TRUE(bench.dialled.receive(bytes));
    ASSERT_TRUE(bench.dialled.receive(bench.dialling.batch()));
    EXPECT_EQ(bench.dialled.applications.calls(), "open 2; finish 2; ");
    EXPECT_EQ(bench.dialled.applications.read(stream), "jello");
}

TEST_F(Streams, end_with_the_life_of_the_other_node_unless_it_never_heard_of_them) {
    const auto second = here.open();
    here.write(second, "hello");
    here.traffic.abandon("dialled was started anew", here.now);
    EXPECT_EQ(here.applications.calls(), "reset 2; ");
    EXPECT_THAT(here.causes(EventKind::stream_close), ElementsAre("dialled was started anew"));
    EXPECT_EQ(here.traffic.streams(), 1U);
    here.move_to_new_link();
    EXPECT_EQ(here.says(), "open 4 A; ack 4 0/0; data 4 0+5; ");
}

TEST_F(Streams, of_another_life_may_have_the_ids_of_the_former) {
    there.traffic.abandon("dialling was started anew", there.now);
    static_cast<void>(there.applications.calls());
    EXPECT_TRUE(there.hear(wire::Open{stream, "A"}));
    EXPECT_EQ(there.applications.calls(), "open 2; ");
}

// What is queued for a stream of process B that is over must not let process A's stream of the same id go
// over the link of B, past what is on its way on the link of A.
TEST_F(Streams, what_was_queued_in_a_former_life_is_forgotten) {
    const auto of_b = here.open(1);
    bench.exchange();
    there.write(of_b, "hello");
    there.traffic.abandon("it was started anew", there.now);
    EXPECT_FALSE(there.traffic.output_due({1}));
    EXPECT_TRUE(there.hear(wire::Open{of_b, "A"}));
    there.write(of_b, "hello");
    EXPECT_TRUE(there.traffic.output_due({0}));
    EXPECT_FALSE(there.traffic.output_due({1}));
}

TEST_F(Streams, all_of_a_process_may_be_reset_for_a_reason) {
    const auto other = here.open(1);
    here.traffic.reset_all({0}, wire::ResetReason::gave_up, {}, here.now);
    EXPECT_EQ(here.applications.calls(), "reset 2; ");
    bench.exchange();
    EXPECT_THAT(there.causes(EventKind::stream_close),
                ElementsAre("reset by the other node: gave up waiting for a link"));
    EXPECT_EQ(here.traffic.streams(), 1U);
    EXPECT_EQ(other, 4U);
}

// What the other node does against the rules ends its connection and nothing else.
TEST_F(Streams, lies_are_errors) {
    EXPECT_FALSE(there.hear(wire::Open{3, "A"}));
    EXPECT_FALSE(there.hear(wire::Ack{.stream = stream, .received = 1}));
    EXPECT_FALSE(there.hear(wire::Closed{stream}));
    EXPECT_TRUE(there.hear(wire::Finish{.stream = stream, .final_offset = 7}));
    EXPECT_FALSE(there.hear(wire::Finish{.stream = stream, .final_offset = 8}));
    EXPECT_FALSE(there.traffic.handle(wire::Data{stream, 9, bytes_of("x")}, there.now));
    EXPECT_FALSE(there.traffic.handle(wire::Data{stream, initial_limit, bytes_of("x")}, there.now));
    EXPECT_EQ(there.applications.calls(), "");
    EXPECT_EQ(there.traffic.streams(), 1U);
}

// Each gap between ids that are over costs memory.
TEST_F(Streams, a_node_cannot_leave_out_as_many_ids_as_it_likes) {
    std::uint64_t id = 6;
    const auto once = [&] {
        return there.hear(wire::Open{id, "A"}) && there.hear(wire::Reset{.stream = id});
    };
    for (int i = 0; i < 65536; ++i, id += 4) ASSERT_TRUE(once()) << id;
    EXPECT_FALSE(there.hear(wire::Open{id, "A"}));
}

TEST_F(Streams, data_of_a_stream_that_is_not_there_is_dropped) {
    EXPECT_TRUE(there.traffic.handle(wire::Data{4, 0, bytes_of("hello")}, there.now));
    here.reset(stream);
    EXPECT_TRUE(here.traffic.handle(wire::Data{stream, 0, bytes_of("hello")}, here.now));
    here.traffic.deliver(here.now);
    EXPECT_EQ(here.applications.read(stream), "");
    EXPECT_FALSE(here.applications.disturbed());
}

TEST_F(Streams, applications_that_name_streams_that_are_over_change_nothing) {
    here.reset(stream);
    bench.exchange();
    EXPECT_TRUE(here.traffic.room({stream}).empty());
    here.traffic.commit({stream}, 0, here.now);
    here.finish(stream);
    here.reset(stream);
    here.traffic.handle_writable({stream}, here.now);
    here.traffic.handle_target_failed({stream}, "too late", here.now);
    EXPECT_THAT(here.causes(EventKind::error), IsEmpty());
    EXPECT_EQ(here.says(), "");
}

}  // namespace
}  // namespace warmspare::core
