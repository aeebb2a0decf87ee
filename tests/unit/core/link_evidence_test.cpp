// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// What excuses a reply that does not come, and for how long (S13).

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "core/link_health.hpp"
#include "tested_link.hpp"

namespace warmspare::core {
namespace {

// What is acknowledged until then had left before the test. A test that waits for the window to open is
// another matter: then acknowledgements come once a round trip.
TEST(LinkEvidence, S13_acknowledgements_put_off_suspicion_by_no_more_than_is_usual_between_them) {
    for (const auto& [unsent, latest] : {std::pair{false, 110ms}, std::pair{true, 160ms}}) {
        Tested link{3, 50ms};
        link.start_test();
        link.advance_to(50ms);
        link.reply(1, 0ms);
        link.start_test();
        auto time = 50ms;
        for (; !link.health.suspected() && time < 1s; ++time) {
            link.advance_to(time);
            const auto bytes = static_cast<std::uint64_t>(std::min(time, 99ms) / 1ms);
            link.health.handle_evidence({.bytes_acked = bytes, .some_unsent = unsent}, Tested::begin + time);
        }
        EXPECT_LE(time, latest + 1ms) << unsent;
        EXPECT_GE(time, latest - 10ms) << unsent;
    }
}

// A connection that has just begun sends what its window takes, and then nothing for a round trip.
TEST(LinkEvidence, S13_a_test_that_waited_in_this_host_is_answered_a_round_trip_after_it_left) {
    Tested link{3, 50ms};
    link.answer_first_test();
    link.start_test();
    auto time = 50ms;
    for (; !link.health.suspected() && time < 1s; ++time) {
        link.advance_to(time);
        const auto bytes = static_cast<std::uint64_t>(std::min(time, 99ms) / 1ms);
        link.health.handle_evidence({.bytes_acked = bytes, .some_unsent = time < 100ms},
                                    Tested::begin + time);
    }
    EXPECT_GE(time, 150ms);
    EXPECT_LE(time, 161ms);
}

TEST(LinkEvidence, S13_acknowledgements_that_came_in_clumps_may_come_in_clumps) {
    Tested link{3, 50ms};
    link.answer_first_test();
    link.acknowledged(1);
    for (const auto clump : {60ms, 100ms, 140ms})
        for (auto time = clump; time < clump + 10ms; ++time) {
            link.advance_to(time);
            link.acknowledged(static_cast<std::uint64_t>(time / 1ms));
        }
    link.advance_to(150ms);
    link.start_test();
    for (auto time = 180ms; time < 190ms; ++time) {
        link.advance_to(time);
        link.acknowledged(static_cast<std::uint64_t>(time / 1ms));
    }
    link.advance_to(189ms + 31ms);
    EXPECT_FALSE(link.health.suspected());
    link.advance_to(230ms);
    EXPECT_TRUE(link.health.suspected());
}

TEST(LinkEvidence, S13_a_pause_in_which_there_was_nothing_to_acknowledge_says_nothing) {
    Tested link{3, 50ms};
    link.answer_first_test();
    link.acknowledged(1);
    link.advance_to(200ms);
    link.acknowledged(2);
    link.start_test();
    link.advance_to(210ms);
    link.acknowledged(3);
    link.advance_to(211ms);
    link.acknowledged(4);
    link.advance_to(261ms);
    EXPECT_TRUE(link.health.suspected());
}

TEST(LinkEvidence, S13_acknowledgements_newer_than_the_test_keep_suspicion_away) {
    Tested link;
    link.start_test();
    link.reply(1, 0ms);
    link.start_test();
    for (auto time = 1ms; time <= 100ms; ++time) {
        link.advance_to(time);
        EXPECT_FALSE(link.health.suspected());
        link.health.handle_evidence({.bytes_acked = static_cast<std::uint64_t>(time / 1ms)},
                                    Tested::begin + time);
    }
    link.advance_to(115ms);
    EXPECT_TRUE(link.health.suspected());
}

// The other program is busy, but its kernel has heard us since the test was sent.
// With three misses they do not stand in three times.
TEST(LinkEvidence, S13_acknowledgements_newer_than_the_test_stand_in_for_a_reply_for_two_seconds) {
    for (const auto& [misses, latest] : {std::pair{1U, 2010ms}, std::pair{3U, 2070ms}}) {
        Tested link{misses};
        link.start_test();
        link.reply(1, 0ms);
        link.start_test();
        Duration dead{};
        for (auto time = 1ms; time <= 3000ms; ++time) {
            link.advance_to(time);
            if (link.health.test_in_flight())
                link.health.handle_evidence({.bytes_acked = static_cast<std::uint64_t>(time / 1ms)},
                                            Tested::begin + time);
            else if (dead == Duration{})
                dead = time;
        }
        EXPECT_GE(dead, 2s) << misses;
        EXPECT_LE(dead, latest) << misses;
    }
}

// There is no room for the test over there, so it has not even left.
TEST(LinkEvidence, S13_a_reader_that_has_stopped_excuses_a_missing_reply_for_two_seconds) {
    Tested link{1};
    link.start_test();
    link.reply(1, 0ms);
    link.start_test();
    link.health.handle_evidence({.waits_for_reader = true}, Tested::begin);
    link.advance_to(1999ms);
    EXPECT_EQ(link.health.condition(), Condition::act);
    link.advance_to(2011ms);
    EXPECT_EQ(link.health.condition(), Condition::sby);
}

// Between the nodes may stand a box that acknowledges for a peer that is dead.
TEST(LinkEvidence, S13_acknowledgements_keep_suspicion_away_for_no_longer_than_100_ms_or_four_round_trips) {
    for (const auto& [round_trip, longest] : {std::pair{1ms, 100ms}, std::pair{50ms, 200ms}}) {
        Tested link{3, round_trip};
        link.answer_first_test();
        link.start_test();
        auto time = 0ms;
        while (!link.health.suspected() && time < 1s) {
            ++time;
            link.advance_to(round_trip + time);
            link.health.handle_evidence({.bytes_acked = static_cast<std::uint64_t>(time / 1ms)},
                                        Tested::begin + round_trip + time);
        }
        EXPECT_GE(time, longest) << round_trip.count();
        EXPECT_LE(time, longest + round_trip + 30ms) << round_trip.count();
    }
}

// They were seen after the test was sent, but may have come before: they prove only that the other host heard
// this one after the acknowledgements were last looked at.
TEST(LinkEvidence, S13_acknowledgements_that_may_be_older_than_the_test_prove_nothing) {
    Tested link{1};
    link.acknowledged(1000);
    link.advance_to(100ms);
    link.start_test();
    link.advance_to(105ms);
    link.acknowledged(2000);
    link.advance_to(1s);
    EXPECT_EQ(link.transcript(), R"(
     0 up
     0 1000 bytes acknowledged
   100 start test
   100   test 1
 102.5   test 1 again
   105 2000 bytes acknowledged
   110 SBY
)");
}

// They are looked at when a watchdog runs out, and then the next test is sent.
TEST(LinkEvidence, S13_acknowledgements_that_come_after_they_were_looked_at_with_the_test_are_newer_than_it) {
    Tested link;
    link.start_test();
    link.reply(1, 0ms);
    link.advance_to(100ms);
    link.start_test();
    link.advance_to(109ms);
    for (auto time = 110ms; time <= 1s; time += 10ms) {
        link.health.handle_evidence({.bytes_acked = static_cast<std::uint64_t>(time / 1ms)},
                                    Tested::begin + time);
        link.advance_to(time);
    }
    EXPECT_EQ(link.health.condition(), Condition::act);
}

// A link that became a black hole just behind them would be kept for as long as they may stand in.
TEST(LinkEvidence, S13_acknowledgements_that_have_ceased_stand_in_for_one_watchdog) {
    Tested link{1};
    link.start_test();
    link.advance_to(1ms);
    link.acknowledged(1000);
    link.advance_to(2ms);
    link.acknowledged(2000);
    link.advance_to(1s);
    EXPECT_EQ(link.transcript(), R"(
     0 up
     0 start test
     0   test 1
     1 1000 bytes acknowledged
     2 2000 bytes acknowledged
   2.5   test 1 again
    20 SBY
)");
}

TEST(LinkEvidence, S13_acknowledgements_that_do_not_advance_prove_nothing) {
    Tested link{1};
    link.start_test();
    for (const auto time : {2ms, 4ms, 6ms, 8ms}) {
        link.advance_to(time);
        link.health.handle_evidence({.bytes_acked = 500}, Tested::begin + time);
    }
    link.advance_to(1s);
    EXPECT_EQ(link.health.condition(), Condition::sby);
    EXPECT_FALSE(link.health.test_in_flight());
}

/// What becomes of a link, with three misses, that was answered once and then is not, while this is seen
/// every millisecond: when it is suspect, and when it is SBY.
struct Unanswered {
    explicit Unanswered(const std::function<void(LinkHealth&, std::uint64_t, Time)>& see) {
        Tested link;
        link.start_test();
        link.reply(1, 0ms);
        link.start_test();
        for (auto time = 1ms; time <= 3000ms && dead == Duration{}; ++time) {
            link.advance_to(time);
            if (link.health.condition() == Condition::sby) dead = time;
            if (suspect == Duration{} && link.health.suspected()) suspect = time;
            see(link.health, static_cast<std::uint64_t>(time / 1ms), Tested::begin + time);
        }
    }

    Duration suspect{};
    Duration dead{};
};

// A line that loses much when its queue overflows is not dead. What is behind a hole is of no use yet,
// though.
TEST(LinkEvidence, S13_segments_behind_a_hole_put_off_the_verdict_for_two_seconds_and_no_suspicion) {
    const Unanswered link{[](LinkHealth& health, std::uint64_t count, Time now) {
        health.handle_evidence({.bytes_acked = 500, .segments_delivered = count}, now);
    }};
    EXPECT_LE(link.suspect, 11ms);
    EXPECT_GE(link.dead, 2s);
    EXPECT_LE(link.dead, 2070ms);
}

// The replies wait in a queue behind them, perhaps. If not, the other node hears nothing, and is the one that
// judges.
TEST(LinkEvidence, S13_received_bytes_put_off_the_verdict_for_two_seconds_and_no_suspicion) {
    const Unanswered link{[](LinkHealth& health, std::uint64_t, Time now) { health.handle_heard(now); }};
    EXPECT_LE(link.suspect, 11ms);
    EXPECT_GE(link.dead, 2s);
    EXPECT_LE(link.dead, 2070ms);
}

TEST(LinkEvidence, S13_without_a_sign_of_life_the_verdict_comes_50_ms_after_the_first_miss) {
    const Unanswered link{[](LinkHealth&, std::uint64_t, Time) {}};
    EXPECT_LE(link.suspect, 11ms);
    EXPECT_GE(link.dead, 60ms);
    EXPECT_LE(link.dead, 71ms);
}

// The founding behaviour: there is no suspicion that would keep the traffic going meanwhile.
TEST(LinkEvidence, S13_where_one_miss_is_the_verdict_received_bytes_prove_nothing) {
    Tested link{1};
    link.start_test();
    link.advance_to(9ms);
    link.health.handle_heard(Tested::begin + 9ms);
    link.advance_to(10ms);
    EXPECT_FALSE(link.health.test_in_flight());
    EXPECT_EQ(link.health.last_heard(), Tested::begin + 9ms);
    EXPECT_EQ(link.health.last_proof(), Tested::begin);
}

}  // namespace
}  // namespace warmspare::core
