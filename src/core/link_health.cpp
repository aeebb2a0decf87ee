// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "core/link_health.hpp"

#include <algorithm>
#include <utility>

namespace warmspare::core {

namespace {

/// However slow a path was, a test on it is not waited for longer than this.
constexpr Duration longest_watchdog = std::chrono::seconds{3};

/// How long the kernels' word may stand in for a reply: the peer's program may be busy that long, but a box
/// in between that acknowledges for a dead peer must not keep the link ACT.
constexpr Duration longest_stand_in = std::chrono::seconds{2};

/// The same for a suspicion, which costs less: long enough for a queue that grows before a full line, and for
/// a connection that waits for its window to grow, which takes so many round trips.
constexpr Duration longest_stand_in_for_trust = std::chrono::milliseconds{100};
constexpr int round_trips_to_grow = 4;

/// The other kernel may delay an acknowledgement so long (Linux: 40 ms), and until then it may prove that the
/// link is alive. Whoever takes the first miss for a verdict does not wait for it.
constexpr Duration longest_delayed_ack = std::chrono::milliseconds{50};

/// Tests on their way at the same time: enough for a round trip of 300 ms, as the pause is by default.
constexpr std::size_t most_following = 60;

/// How long a suspect link must have answered in time before it is trusted again.
constexpr Duration probation = std::chrono::milliseconds{100};

/// How often in a row our own lateness excuses a missing reply. A node that is always late must still find a
/// dead link in the end.
constexpr std::uint32_t most_late_excuses = 5;

}  // namespace

Duration LinkHealth::watchdog() const noexcept {
    return std::clamp(estimate_.expected(configured_watchdog_ / 2), configured_watchdog_,
                      std::max(longest_watchdog, configured_watchdog_));
}

Duration LinkHealth::patience() const noexcept {
    return std::clamp(estimate_.usual(configured_watchdog_), configured_watchdog_, watchdog());
}

void LinkHealth::handle_up(Duration round_trip, Time now) noexcept {
    estimate_.add(round_trip);
    phase_ = Phase::resting;
    last_proof_ = now;
    in_order_.restart();
    delivered_.restart();
    answered_at_ = failed_at_ = {};
    missed_ = 0;
    suspected_ = false;
    untested_ = true;
}

void LinkHealth::handle_down() noexcept {
    condition_ = Condition::sby;
    rest();
    phase_ = Phase::down;
    suspected_ = false;
}

void LinkHealth::start_test(Time now) noexcept {
    if (phase_ != Phase::resting) return;
    phase_ = Phase::in_flight;
    late_excuses_ = 0;
    if (missed_ == 0) row_began_ = now;
    send(watchdog(), now);
}

bool LinkHealth::may_follow() const noexcept {
    return phase_ == Phase::in_flight && condition_ == Condition::act && !suspected_ && missed_ == 0 &&
           following_.size() < most_following;
}

Time LinkHealth::next_test_at(Duration pause) const noexcept {
    if (phase_ == Phase::in_flight && !may_follow()) return never;
    return last_sent().at + pause;
}

void LinkHealth::keep_testing(Time now) {
    if (!may_follow()) return start_test(now);
    following_.push_back({.number = last_sent().number + 1, .at = now});
    // It does what a repetition would.
    repeat_at_ = never;
    test_to_send_ = true;
}

void LinkHealth::suspect(Time now) noexcept {
    if (condition_ != Condition::act) return;
    doubt();
    start_test(now);
}

void LinkHealth::doubt() noexcept {
    suspected_ = true;
    in_time_since_ = never;
}

void LinkHealth::trust(bool in_time, Time now) noexcept {
    if (!in_time)
        in_time_since_ = never;
    else if (in_time_since_ == never)
        in_time_since_ = now;
    else if (now - in_time_since_ >= probation)
        suspected_ = false;
}

Duration LinkHealth::pace() const noexcept {
    return std::max(configured_watchdog_, watchdog() / 4);
}

void LinkHealth::send(Duration wait, Time now) noexcept {
    test_ = {.number = last_sent().number + 1, .at = now};
    following_.clear();
    wait_for_reply(wait);
    // A single lost segment on a quiet link is repaired only after some 200 ms, unless another small segment
    // follows it: so an unanswered test is.
    repeat_at_ = now + watchdog() / 4;
    test_to_send_ = true;
}

void LinkHealth::wait_for_reply(Duration wait) noexcept {
    deadline_ = test_.at + wait;
    overdue_at_ = test_.at + patience();
}

void LinkHealth::rest() noexcept {
    phase_ = Phase::resting;
    test_ = last_sent();
    following_.clear();
    deadline_ = repeat_at_ = overdue_at_ = never;
    test_to_send_ = false;
}

bool LinkHealth::handle_reply(const wire::Reply& reply, Time now) noexcept {
    if (phase_ == Phase::down || reply.number > last_sent().number) return false;
    const Time sent{Duration{static_cast<Duration::rep>(reply.stamp)}};
    if (sent > now || sent <= Time{}) return false;
    trust(now - sent <= patience(), now);
    estimate_.add(now - sent);
    last_proof_ = std::max(last_proof_, sent);
    missed_ = 0;
    if (phase_ != Phase::in_flight) return false;
    if (reply.number < test_.number) {
        row_began_ = test_.at;
        deadline_ = std::max(deadline_, test_.at + watchdog());
        return false;
    }
    answered_at_ = now;
    const auto next =
        std::ranges::find_if(following_, [&](const Sent& test) { return test.number > reply.number; });
    if (next == following_.end()) {
        rest();
    } else {
        test_ = *next;
        following_.erase(following_.begin(), next + 1);
        row_began_ = test_.at;
        late_excuses_ = 0;
        wait_for_reply(watchdog());
        if (following_.empty()) repeat_at_ = std::max(test_.at + watchdog() / 4, now);
    }
    return std::exchange(condition_, Condition::act) == Condition::sby;
}

void LinkHealth::handle_evidence(const Evidence& evidence, Time now) noexcept {
    const auto pause = now - in_order_.advanced_at();
    in_order_.observe(evidence.bytes_acked, now);
    // A longer one says nothing of the path: there was nothing to acknowledge.
    if (in_order_.advanced_at() == now && pause <= patience()) ack_pauses_.add(pause, now);
    delivered_.observe(evidence.bytes_acked + evidence.segments_delivered, now);
    note_waiting(evidence.some_unsent, now);
    last_proof_ = std::max(last_proof_, delivered_.proof());
    waits_for_reader_ = evidence.waits_for_reader;
}

/// How long the tests waited in this host that were sent since nothing did.
void LinkHealth::note_waiting(bool some_unsent, Time now) noexcept {
    const auto note = [&](Sent& test) {
        if (test.at > all_left_at_ && (some_unsent || test.waited_until > test.at)) test.waited_until = now;
    };
    note(test_);
    std::ranges::for_each(following_, note);
    if (!some_unsent) all_left_at_ = now;
}

/// What may stand in for a reply, and when it was; Time{}: nothing may.
Time LinkHealth::sign_of_life() const noexcept {
    const auto delivered = delivered_.proves(test_.at) ? delivered_.proof() : Time{};
    // What comes in may come with our direction dead. But then the other node is the one that hears nothing,
    // and says so; and if it does not, the replies wait in its queue behind what comes in.
    const bool heard = judged_in_two_steps() && last_heard_ > test_.at;
    return heard ? std::max(delivered, last_heard_) : delivered;
}

bool LinkHealth::excused(bool late, Time now) noexcept {
    if (late && late_excuses_ < most_late_excuses) {
        ++late_excuses_;
        // For what lies in a socket or was sent late; where the round trip is long that is little beside it.
        deadline_ = now + configured_watchdog_;
        return true;
    }
    const auto sign = sign_of_life();
    // Each sign excuses once: what comes after a last one is silence.
    if (sign <= excused_by_ && !waits_for_reader_) return false;
    excused_by_ = std::max(excused_by_, sign);
    if (now - row_began_ >= std::max(longest_stand_in, 2 * watchdog())) return false;
    missed_ = 0;
    deadline_ = now + watchdog();
    return true;
}

/// A reply is later than usual. Without anything newer than the test that has got through in order, it is
/// suspect, even if the caller is late: what came in meanwhile has been read, and a suspicion is no verdict.
/// What is behind a hole proves the path alive and is of no use to the application.
void LinkHealth::handle_overdue(Time now) noexcept {
    // While the test waits here for the window to open, a round trip may bring nothing. Once it has left, its
    // reply takes a round trip, and what is acknowledged until then had left before it, at the usual pace.
    const bool waits = test_.waited_until > all_left_at_;
    const auto reply_due = (waits ? in_order_.proof() : test_.waited_until) + patience();
    const auto next_ack_due = in_order_.advanced_at() + ack_pauses_.value(now) + pause_between_tests();
    const auto until = std::max(reply_due, next_ack_due);
    const auto stand_in = std::max(longest_stand_in_for_trust,
                                   round_trips_to_grow * estimate_.smoothed().value_or(Duration::zero()));
    const bool proven = in_order_.proves(test_.at) && until > now && now - test_.at < patience() + stand_in;
    overdue_at_ = proven ? until : never;
    if (!proven) doubt();
}

bool LinkHealth::judged_in_two_steps() const noexcept {
    return allowed_misses_ > 1 && condition_ == Condition::act;
}

bool LinkHealth::certain(Time now) const noexcept {
    if (missed_ < allowed_misses_) return false;
    return !judged_in_two_steps() || now - first_missed_at_ >= longest_delayed_ack;
}

Verdict LinkHealth::handle_deadline(bool late, Time now) noexcept {
    if (phase_ != Phase::in_flight) return Verdict::none;
    if (now >= repeat_at_) {
        repeat_at_ = now + pace() < deadline_ ? now + pace() : never;
        test_to_send_ = true;
    }
    if (now >= overdue_at_) handle_overdue(now);
    if (now < deadline_) return Verdict::none;
    if (excused(late, now)) return Verdict::none;
    if (++missed_ == 1) first_missed_at_ = now;
    if (!certain(now)) {
        doubt();
        // The repetitions before it have been out for a whole watchdog by then.
        send(pace(), now);
        return Verdict::missed;
    }
    missed_ = 0;
    suspected_ = false;
    // Bytes went on arriving there, so it may be the test that waits in a queue of ours. A reply that takes
    // at least this long is a sample too; without it, a slow line would be condemned again for each burst.
    if (delivered_.advanced_at() > row_began_) estimate_.add(now - row_began_);
    rest();
    condition_ = Condition::sby;
    failed_at_ = now;
    return Verdict::dead;
}

Time LinkHealth::next_deadline() const noexcept {
    return phase_ == Phase::in_flight ? std::min({deadline_, repeat_at_, overdue_at_}) : never;
}

std::optional<wire::Test> LinkHealth::poll_test(Time now) noexcept {
    if (!std::exchange(test_to_send_, false)) return std::nullopt;
    untested_ = false;
    return wire::Test{.number = last_sent().number,
                      .stamp = static_cast<std::uint64_t>(now.time_since_epoch().count())};
}

}  // namespace warmspare::core
