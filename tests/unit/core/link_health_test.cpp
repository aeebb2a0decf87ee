// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// One link's tests as transcripts (S2, S13): a time in milliseconds and an event, and indented below it what
// came of it.

#include "core/link_health.hpp"

#include <gtest/gtest.h>

#include "tested_link.hpp"

namespace warmspare::core {
namespace {

TEST(LinkHealth, S2_a_reply_in_time_sets_ACT) {
    Tested link;
    link.start_test();
    EXPECT_TRUE(link.health.test_in_flight());
    link.advance_to(1ms);
    link.reply(1, 0ms);
    EXPECT_FALSE(link.health.test_in_flight());
    EXPECT_EQ(link.health.next_deadline(), never);
    link.advance_to(1s);
    EXPECT_EQ(link.transcript(), R"(
     0 up
     0 start test
     0   test 1
     1 reply 1
     1   ACT
)");
    EXPECT_EQ(link.health.condition(), Condition::act);
}

TEST(LinkHealth, S2_with_one_miss_allowed_the_first_watchdog_sets_SBY) {
    Tested link{1};
    link.start_test();
    link.reply(1, 0ms);
    link.start_test();
    link.advance_to(1s);
    EXPECT_EQ(link.transcript(), R"(
     0 up
     0 start test
     0   test 1
     0 reply 1
     0   ACT
     0 start test
     0   test 2
   2.5   test 2 again
    10 SBY
)");
    EXPECT_EQ(link.health.condition(), Condition::sby);
    EXPECT_FALSE(link.health.test_in_flight());
}

TEST(LinkHealth, S13_three_missed_in_a_row_mean_SBY_and_each_is_tested_anew_at_once) {
    Tested link;
    link.start_test();
    link.advance_to(1s);
    EXPECT_EQ(link.transcript(), R"(
     0 up
     0 start test
     0   test 1
   2.5   test 1 again
    10 watchdog missed
    10   test 2
  12.5   test 2 again
    20 watchdog missed
    20   test 3
  22.5   test 3 again
    30 SBY
)");
}

// Until then an acknowledgement that the other kernel has delayed may prove that it is alive.
TEST(LinkHealth, S13_an_ACT_link_is_suspect_at_the_first_miss_and_not_SBY_before_50_ms_more) {
    Tested link;
    link.start_test();
    link.reply(1, 0ms);
    link.advance_to(100ms);
    link.start_test();
    link.advance_to(109ms);
    EXPECT_FALSE(link.health.suspected());
    link.advance_to(110ms);
    EXPECT_TRUE(link.health.suspected());
    EXPECT_EQ(link.health.condition(), Condition::act);
    link.advance_to(1s);
    EXPECT_FALSE(link.health.suspected());
    EXPECT_EQ(link.transcript(), R"(
     0 up
     0 start test
     0   test 1
     0 reply 1
     0   ACT
   100 start test
   100   test 2
 102.5   test 2 again
   110 watchdog missed
   110   test 3
 112.5   test 3 again
   120 watchdog missed
   120   test 4
 122.5   test 4 again
   130 watchdog missed
   130   test 5
 132.5   test 5 again
   140 watchdog missed
   140   test 6
 142.5   test 6 again
   150 watchdog missed
   150   test 7
 152.5   test 7 again
   160 SBY
)");
}

TEST(LinkHealth, S13_a_late_reply_begins_the_row_of_misses_anew_and_ends_no_suspicion) {
    Tested link;
    link.start_test();
    link.reply(1, 0ms);
    link.start_test();
    link.advance_to(45ms);
    link.reply(2, 0ms);
    EXPECT_TRUE(link.health.suspected());
    link.advance_to(89ms);
    EXPECT_EQ(link.health.condition(), Condition::act);
}

// Where much is lost, one reply in time says little.
TEST(LinkHealth, S13_a_suspect_link_is_trusted_again_after_100_ms_of_replies_in_time) {
    Tested link;
    link.start_test();
    link.reply(1, 0ms);
    link.health.suspect(Tested::begin);
    EXPECT_TRUE(link.health.suspected());
    EXPECT_TRUE(link.health.test_in_flight());
    std::uint64_t number = 2;
    for (auto time = 1ms; time < 101ms; time += 10ms) {
        link.advance_to(time);
        link.reply(number++, time - 1ms);
        EXPECT_TRUE(link.health.suspected());
        link.advance_to(time + 9ms);
        link.start_test();
    }
    link.advance_to(101ms);
    link.reply(number, 100ms);
    EXPECT_FALSE(link.health.suspected());
}

// Otherwise a link that loses a third of what is sent would be suspected later each time, by the length of
// the last repair, and the traffic would stand still for that long.
TEST(LinkHealth, S13_replies_that_were_late_now_and_then_do_not_stretch_the_time_to_suspicion) {
    Tested link;
    auto sent = 0ms;
    for (std::uint64_t number = 1; number <= 30; ++number, sent += 100ms) {
        link.advance_to(sent);
        link.start_test();
        const auto round_trip = number % 3 == 0 ? 9ms : 1ms;
        link.advance_to(sent + round_trip);
        link.reply(number, sent);
    }
    EXPECT_GT(link.health.watchdog(), 15ms);
    link.advance_to(sent);
    link.start_test();
    link.advance_to(sent + 10ms);
    EXPECT_FALSE(link.health.suspected());
    link.advance_to(sent + 11ms);
    EXPECT_TRUE(link.health.suspected());
}

// One test a round trip would be answered before the line was cut, or sent so late before it that its reply
// is missed a round trip later.
TEST(LinkHealth, S13_on_a_slow_line_tests_follow_each_other_so_that_silence_is_noticed_at_once) {
    Tested link{3, 50ms};
    link.start_test();
    for (auto time = 0ms; time <= 550ms; time += 5ms) {
        link.advance_to(time);
        if (time <= 500ms) link.answer_what_was_sent_at(time - 50ms);
        const auto due = link.health.next_test_at(link.health.pause_between_tests());
        if (due <= Tested::begin + time) link.keep_testing();
        EXPECT_EQ(link.health.suspected(), time >= 510ms) << time.count();
    }
}

TEST(LinkHealth, S13_the_reply_to_a_later_test_answers_those_before_it) {
    Tested link{1, 50ms};
    link.start_test();
    link.advance_to(10ms);
    link.reply(1, 0ms);
    link.start_test();
    for (const auto time : {15ms, 20ms, 25ms}) {
        link.advance_to(time);
        link.keep_testing();
    }
    link.advance_to(40ms);
    link.reply(4, 20ms);
    EXPECT_TRUE(link.health.test_in_flight());
    link.advance_to(45ms);
    link.reply(5, 25ms);
    EXPECT_FALSE(link.health.test_in_flight());
    EXPECT_EQ(link.transcript(), R"(
     0 up
     0 start test
     0   test 1
    10 reply 1
    10   ACT
    10 start test
    10   test 2
    15 keep testing
    15   test 3
    20 keep testing
    20   test 4
    25 keep testing
    25   test 5
    40 reply 4
    45 reply 5
)");
}

TEST(LinkHealth, S13_a_link_that_is_SBY_is_not_suspect) {
    Tested link;
    link.health.suspect(Tested::begin);
    EXPECT_FALSE(link.health.suspected());
    EXPECT_FALSE(link.health.test_in_flight());
}

// A single lost segment on a quiet link is repaired only when another small one follows it.
TEST(LinkHealth, S13_an_unanswered_test_is_repeated_once_after_a_quarter_of_the_watchdog) {
    Tested link;
    link.start_test();
    link.advance_to(4ms);
    link.reply(1, 2500us);
    link.advance_to(1s);
    EXPECT_EQ(link.transcript(), R"(
     0 up
     0 start test
     0   test 1
   2.5   test 1 again
     4 reply 1
     4   ACT
)");
    EXPECT_EQ(link.health.round_trip(), 1ms + 62500ns);
}

// By the second miss the first repetition has been out for a whole watchdog of 300 ms, and by the third the
// second has: there is no need for three whole watchdogs, one after the other.
TEST(LinkHealth, S13_on_a_slow_circuit_later_misses_count_from_the_repetitions_of_the_first_test) {
    Tested link{3, 100ms};
    link.start_test();
    link.advance_to(2s);
    EXPECT_EQ(link.transcript(), R"(
     0 up
     0 start test
     0   test 1
    75   test 1 again
   150   test 1 again
   225   test 1 again
   300 watchdog missed
   300   test 2
   375 watchdog missed
   375   test 3
   450 SBY
)");
}

TEST(LinkHealth, S2_a_test_in_flight_is_not_disturbed_by_another_request_for_one) {
    Tested link{1};
    link.start_test();
    link.advance_to(8ms);
    link.start_test();
    link.advance_to(1s);
    EXPECT_EQ(link.transcript(), R"(
     0 up
     0 start test
     0   test 1
   2.5   test 1 again
     8 start test
    10 SBY
)");
}

TEST(LinkHealth, S2_a_late_reply_feeds_the_estimate_and_sets_nothing_ACT) {
    Tested link{1};
    link.start_test();
    link.advance_to(15ms);
    link.reply(1, 0ms);
    EXPECT_EQ(link.transcript(), R"(
     0 up
     0 start test
     0   test 1
   2.5   test 1 again
    10 SBY
    15 reply 1
)");
    EXPECT_EQ(link.health.condition(), Condition::sby);
    EXPECT_EQ(link.health.round_trip(), 1ms + 1750us);
}

// Otherwise a path that is slow for a while would be SBY for ever: no reply to it could come in time.
TEST(LinkHealth, S13_late_replies_stretch_the_watchdog_until_one_comes_in_time) {
    Tested link{1};
    for (int round = 0; round < 5 && link.health.condition() == Condition::sby; ++round) {
        const auto sent = round * 1s;
        link.advance_to(sent);
        link.start_test();
        link.advance_to(sent + 40ms);
        link.reply(static_cast<std::uint64_t>(round) + 1, sent);
    }
    EXPECT_EQ(link.health.condition(), Condition::act);
    EXPECT_GT(link.health.watchdog(), 40ms);
}

TEST(LinkHealth, S13_a_late_reply_ends_a_row_of_misses) {
    Tested link;
    link.start_test();
    link.advance_to(21ms);
    link.reply(1, 19ms);
    link.advance_to(1s);
    EXPECT_EQ(link.transcript(), R"(
     0 up
     0 start test
     0   test 1
   2.5   test 1 again
    10 watchdog missed
    10   test 2
  12.5   test 2 again
    20 watchdog missed
    20   test 3
    21 reply 1
  22.5   test 3 again
    30 watchdog missed
    30   test 4
  32.5   test 4 again
    40 watchdog missed
    40   test 5
  42.5   test 5 again
    50 SBY
)");
}

TEST(LinkHealth, S2_the_reply_to_a_former_test_does_not_answer_the_one_in_flight) {
    Tested link{2};
    link.start_test();
    link.advance_to(12ms);
    link.reply(1, 11ms);
    EXPECT_EQ(link.health.condition(), Condition::sby);
    link.advance_to(13ms);
    link.reply(2, 10ms);
    EXPECT_EQ(link.health.condition(), Condition::act);
}

TEST(LinkHealth, S13_the_watchdog_follows_the_round_trip_and_is_never_below_its_configured_value) {
    Tested link;
    EXPECT_EQ(link.health.watchdog(), 10ms);
    link.start_test();
    link.advance_to(9ms);
    link.reply(1, 0ms);
    // SRTT 1 + 8/8, RTTVAR 0.5 + 7.5/4.
    EXPECT_EQ(link.health.watchdog(), 2ms + 4 * 2375us);
    for (int i = 1; i <= 100; ++i) {
        link.advance_to(i * 1s);
        link.start_test();
        link.reply(static_cast<std::uint64_t>(i) + 1, i * 1s);
    }
    EXPECT_EQ(link.health.watchdog(), 10ms);
}

TEST(LinkHealth, S13_a_slow_handshake_gives_the_first_test_the_time_that_it_needs) {
    LinkHealth health{10ms, 1};
    health.handle_up(100ms, Tested::begin);
    health.start_test(Tested::begin);
    EXPECT_EQ(health.handle_deadline(false, Tested::begin + 299ms), Verdict::none);
    EXPECT_EQ(health.handle_deadline(false, Tested::begin + 300ms), Verdict::dead);
}

TEST(LinkHealth, S13_no_path_is_so_slow_that_its_watchdog_is_beyond_three_seconds) {
    LinkHealth health{10ms, 1};
    health.handle_up(1h, Tested::begin);
    EXPECT_EQ(health.watchdog(), 3s);
}

TEST(LinkHealth, S13_whoever_overslept_judges_nobody_and_waits_another_watchdog) {
    Tested link{1};
    link.start_test();
    link.oversleep_to(50ms);
    link.advance_to(51ms);
    link.reply(1, 0ms);
    EXPECT_EQ(link.transcript(), R"(
     0 up
     0 start test
     0   test 1
    50 overslept
    50   test 1 again
    51 reply 1
    51   ACT
)");
}

// A node that is always late must find a dead link all the same.
TEST(LinkHealth, S13_oversleeping_excuses_a_missing_reply_five_times_and_no_more) {
    Tested link{1};
    link.start_test();
    for (int i = 1; i <= 6; ++i) link.oversleep_to(i * 20ms);
    EXPECT_EQ(link.transcript(), R"(
     0 up
     0 start test
     0   test 1
    20 overslept
    20   test 1 again
    40 overslept
    60 overslept
    80 overslept
   100 overslept
   120 overslept
   120 SBY
)");
}

// Timers that fire some milliseconds late must not keep a dead link on a slow line for five of its watchdogs.
TEST(LinkHealth, S13_on_a_slow_line_own_lateness_excuses_for_no_longer_than_on_a_fast_one) {
    Tested link{3, 1s};
    link.start_test();
    link.advance_to(1s);
    link.reply(1, 0ms);
    link.start_test();
    while (link.health.condition() == Condition::act && link.health.next_deadline() < Tested::begin + 10s)
        link.oversleep_to(link.health.next_deadline() + 8ms - Tested::begin);
    EXPECT_EQ(link.health.condition(), Condition::sby);
    EXPECT_LE(link.health.failed_at() - Tested::begin, 6500ms);
}

TEST(LinkHealth, S13_the_last_proof_of_life_is_when_the_answered_test_was_sent) {
    Tested link;
    link.advance_to(100ms);
    link.start_test();
    link.advance_to(103ms);
    link.reply(1, 100ms);
    EXPECT_EQ(link.health.last_proof(), Tested::begin + 100ms);
    EXPECT_EQ(link.health.answered_at(), Tested::begin + 103ms);
}

TEST(LinkHealth, a_link_that_is_down_is_SBY_and_not_tested) {
    Tested link;
    link.start_test();
    link.reply(1, 0ms);
    link.start_test();
    link.down();
    EXPECT_EQ(link.health.condition(), Condition::sby);
    EXPECT_FALSE(link.health.test_in_flight());
    link.start_test();
    link.reply(2, 0ms);
    link.advance_to(1s);
    EXPECT_EQ(link.transcript(), R"(
     0 up
     0 start test
     0   test 1
     0 reply 1
     0   ACT
     0 start test
     0   test 2
     0 down
     0 start test
     0 reply 2
)");
}

TEST(LinkHealth, replies_to_nothing_that_was_sent_are_ignored) {
    Tested link;
    link.advance_to(1s);
    link.start_test();
    link.advance_to(1001ms);
    link.reply(2, 1s);
    link.reply(1, 2s);
    link.reply(1, -2h);
    EXPECT_EQ(link.health.condition(), Condition::sby);
    EXPECT_TRUE(link.health.test_in_flight());
    EXPECT_EQ(link.health.round_trip(), 1ms);
    link.reply(1, 1s);
    EXPECT_EQ(link.health.condition(), Condition::act);
}

TEST(LinkHealth, numbers_go_on_over_connections_so_that_an_old_reply_is_known) {
    Tested link{1};
    link.start_test();
    link.down();
    link.health.handle_up(1ms, Tested::begin);
    link.start_test();
    link.reply(1, 0ms);
    EXPECT_EQ(link.health.condition(), Condition::sby);
    link.reply(2, 0ms);
    EXPECT_EQ(link.health.condition(), Condition::act);
}

}  // namespace
}  // namespace warmspare::core
