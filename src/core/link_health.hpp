// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Whether one link is alive. A numbered test goes out and its watchdog starts; a reply in time means ACT; so
// many watchdogs missed in a row mean SBY (S2, S13).
//
// A reply is asked for rather than traffic counted, because with one direction dead the other still brings
// bytes. A late reply proves that the path is slow and not dead: it feeds the estimate that stretches the
// watchdog, and ends a row of misses, but makes no link ACT.
//
// While something is outstanding tests follow each other, several of them on their way at the same time where
// the round trip is long: otherwise the first one to miss its reply would be up to a round trip late.
//
// Before the verdict a link is suspect. To suspect costs nothing but bandwidth, because the traffic of its
// process takes a detour meanwhile; so the suspicion comes as soon as a reply is later than usual, and the
// verdict can wait for the last evidence that may still come. A link that was suspect has to answer in time
// for a while before it is trusted again: where much is lost, the next reply says little.

#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/evidence.hpp"
#include "core/progress.hpp"
#include "core/recent_maximum.hpp"
#include "core/round_trip.hpp"
#include "core/status.hpp"
#include "core/time.hpp"
#include "wire/frames.hpp"

namespace warmspare::core {

/// What came of a deadline.
enum class Verdict {
    /// Nothing to judge, or the test was given more time.
    none,
    /// A watchdog was missed, but not enough of them yet; the next test is on its way.
    missed,
    /// The link is SBY.
    dead,
};

class LinkHealth {
  public:
    LinkHealth(Duration watchdog, std::uint32_t misses) noexcept
        : configured_watchdog_{watchdog}, allowed_misses_{misses} {}

    [[nodiscard]] Condition condition() const noexcept { return condition_; }
    /// It is ACT, but there is no answer, here or at the other node.
    [[nodiscard]] bool suspected() const noexcept { return suspected_ && condition_ == Condition::act; }
    [[nodiscard]] bool test_in_flight() const noexcept { return phase_ == Phase::in_flight; }
    [[nodiscard]] std::optional<Duration> round_trip() const noexcept { return estimate_.smoothed(); }
    /// When the last reply came in time; Time{} if none did since the connection came up.
    [[nodiscard]] Time answered_at() const noexcept { return answered_at_; }
    /// When it was last judged SBY by its watchdog; Time{} if it was not since the connection came up.
    [[nodiscard]] Time failed_at() const noexcept { return failed_at_; }
    /// When the other host was last known to have heard this one.
    [[nodiscard]] Time last_proof() const noexcept { return last_proof_; }
    /// When anything was last heard from the other host, or known to be heard there. For people: with one
    /// direction dead the other still brings bytes.
    [[nodiscard]] Time last_heard() const noexcept { return std::max(last_heard_, last_proof_); }
    /// How long a reply is waited for now: the configured time, or what the round trip asks for.
    [[nodiscard]] Duration watchdog() const noexcept;
    /// How long a reply may take before the link is suspect: no longer than that.
    [[nodiscard]] Duration patience() const noexcept;
    /// How long after a test the next one goes out, while anything is outstanding.
    [[nodiscard]] Duration pause_between_tests() const noexcept { return configured_watchdog_ / 2; }
    /// When the next test is due if they are to be so far apart; never: one in flight has to be answered
    /// first.
    [[nodiscard]] Time next_test_at(Duration pause) const noexcept;

    /// The connection is accepted, after a handshake that took `round_trip`.
    void handle_up(Duration round_trip, Time now) noexcept;
    /// The connection is gone: SBY.
    void handle_down() noexcept;
    /// Sends a test unless one is in flight or there is no connection.
    void start_test(Time now) noexcept;
    /// The same, but behind a test in flight if that is not late.
    void keep_testing(Time now);
    /// The other node suspects the link: so does this one until it is answered, and tests it now.
    void suspect(Time now) noexcept;
    /// True if the link became ACT by it.
    bool handle_reply(const wire::Reply& reply, Time now) noexcept;
    void handle_heard(Time now) noexcept { last_heard_ = now; }
    void handle_evidence(const Evidence& evidence, Time now) noexcept;
    /// `late`: the caller itself overslept, so that a missing reply proves nothing.
    Verdict handle_deadline(bool late, Time now) noexcept;

    [[nodiscard]] Time next_deadline() const noexcept;
    /// The next test is the first one of this connection.
    [[nodiscard]] bool untested() const noexcept { return untested_; }
    /// The test to send now, once.
    [[nodiscard]] std::optional<wire::Test> poll_test(Time now) noexcept;

  private:
    enum class Phase { down, resting, in_flight };
    struct Sent {
        std::uint64_t number = 0;
        Time at{};
        /// When it was last seen to wait in this host, or first to have left after that; Time{}: never.
        Time waited_until{};
    };

    bool excused(bool late, Time now) noexcept;
    void note_waiting(bool some_unsent, Time now) noexcept;
    [[nodiscard]] Time sign_of_life() const noexcept;
    /// Suspected first, while its traffic takes a detour: then the verdict can wait.
    [[nodiscard]] bool judged_in_two_steps() const noexcept;
    [[nodiscard]] bool certain(Time now) const noexcept;
    void doubt() noexcept;
    void trust(bool in_time, Time now) noexcept;
    void handle_overdue(Time now) noexcept;
    void send(Duration wait, Time now) noexcept;
    void wait_for_reply(Duration wait) noexcept;
    void rest() noexcept;
    [[nodiscard]] bool may_follow() const noexcept;
    [[nodiscard]] const Sent& last_sent() const noexcept {
        return following_.empty() ? test_ : following_.back();
    }
    /// How far apart repetitions are, and misses after the first one.
    [[nodiscard]] Duration pace() const noexcept;

    Duration configured_watchdog_;
    std::uint32_t allowed_misses_;
    RoundTrip estimate_;
    Condition condition_ = Condition::sby;
    Phase phase_ = Phase::down;
    /// The test in flight, or the last one; repetitions aside.
    Sent test_;
    /// Tests that were sent behind the one in flight, oldest first.
    std::vector<Sent> following_;
    Time deadline_ = never;
    /// When the test in flight is sent once more.
    Time repeat_at_ = never;
    /// When the link becomes suspect unless something proves it alive.
    Time overdue_at_ = never;
    /// Since when all replies have come in time, while it is suspect; never: the last did not.
    Time in_time_since_ = never;
    Time answered_at_{};
    Time failed_at_{};
    Time last_proof_{};
    Time last_heard_{};
    /// When the first test of a row without replies was sent.
    Time row_began_{};
    /// What the other host's kernel has without a hole, so that its program can have it.
    Progress in_order_;
    /// What it has at all: where a full line loses much, what is behind the holes.
    Progress delivered_;
    /// When nothing that was written was left to send.
    Time all_left_at_{};
    /// How far apart acknowledgements came while there was something to acknowledge.
    RecentMaximum ack_pauses_{std::chrono::milliseconds{500}};
    /// The sign of life that excused a missing reply last.
    Time excused_by_{};
    /// Watchdogs missed in a row, and when the first of them was.
    std::uint32_t missed_ = 0;
    Time first_missed_at_{};
    /// How often in a row the test in flight was given more time because the caller was late.
    std::uint32_t late_excuses_ = 0;
    bool waits_for_reader_ = false;
    bool suspected_ = false;
    bool untested_ = true;
    bool test_to_send_ = false;
};

}  // namespace warmspare::core
