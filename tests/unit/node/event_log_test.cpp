// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "node/event_log.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "node/rfc3339.hpp"

namespace warmspare::node {
namespace {

using std::chrono::system_clock;

void append(EventLog& log, core::EventKind kind = core::EventKind::link_up) {
    core::Event event;
    event.kind = kind;
    log.append(event, system_clock::time_point{});
}

TEST(EventLog, KeepsTheLastEventsAndCountsAll) {
    EventLog log{3};
    for (int i = 0; i < 5; ++i) append(log);
    ASSERT_EQ(log.events().size(), 3U);
    EXPECT_EQ(log.events().front()->sequence, 3U);
    EXPECT_EQ(log.events().back()->sequence, 5U);
}

TEST(EventLog, Keeps4096UnlessToldOtherwise) {
    EventLog log;
    for (int i = 0; i < 4097; ++i) append(log);
    EXPECT_EQ(log.events().size(), 4096U);
    EXPECT_EQ(log.events().front()->sequence, 2U);
}

TEST(EventLog, TellsListenersAfterItHasKeptTheEvent) {
    EventLog log;
    std::vector<std::uint64_t> heard;
    const auto subscription = log.subscribe([&](const LoggedEventPtr& event) {
        EXPECT_EQ(log.events().back(), event);
        heard.push_back(event->sequence);
    });
    append(log);
    append(log);
    EXPECT_EQ(heard, (std::vector<std::uint64_t>{1, 2}));
}

TEST(EventLog, ASubscriptionEndsWithItsObject) {
    EventLog log;
    int heard = 0;
    {
        const auto subscription = log.subscribe([&](const LoggedEventPtr&) { ++heard; });
        append(log);
    }
    append(log);
    EXPECT_EQ(heard, 1);
}

TEST(EventLog, AMovedSubscriptionGoesOnAndAReplacedOneEnds) {
    EventLog log;
    int first = 0;
    int second = 0;
    auto kept = log.subscribe([&](const LoggedEventPtr&) { ++first; });
    auto other = log.subscribe([&](const LoggedEventPtr&) { ++second; });
    kept = std::move(other);
    append(log);
    EXPECT_EQ(first, 0);
    EXPECT_EQ(second, 1);
}

TEST(EventLog, AListenerMayEndItselfAndOthers) {
    EventLog log;
    int heard = 0;
    std::optional<EventLog::Subscription> first;
    std::optional<EventLog::Subscription> second;
    first = log.subscribe([&](const LoggedEventPtr&) {
        ++heard;
        first.reset();
        second.reset();
    });
    second = log.subscribe([&](const LoggedEventPtr&) { ++heard; });
    append(log);
    append(log);
    EXPECT_EQ(heard, 1);
}

TEST(EventLog, ASubscriptionMayOutliveTheLog) {
    auto log = std::make_optional<EventLog>();
    auto subscription = log->subscribe([](const LoggedEventPtr&) {});
    log.reset();
    subscription.end();
}

TEST(Rfc3339, HasMicrosecondsAndIsUtc) {
    using namespace std::chrono;
    const sys_days day{2026y / January / 31};
    EXPECT_EQ(rfc3339(day + 12h + 34min + 56s + 123456us), "2026-01-31T12:34:56.123456Z");
    EXPECT_EQ(rfc3339(day + 999ns), "2026-01-31T00:00:00.000000Z");
    EXPECT_EQ(rfc3339(sys_days{2024y / February / 29} + 7us), "2024-02-29T00:00:00.000007Z");
    EXPECT_EQ(rfc3339(sys_days{1970y / January / 1} - 1us), "1969-12-31T23:59:59.999999Z");
}

}  // namespace
}  // namespace warmspare::node
