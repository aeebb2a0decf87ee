// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "node/event_text.hpp"

#include <gtest/gtest.h>

#include "../support/worked_example.hpp"

namespace warmspare::node {
namespace {

TEST(EventText, ASwitchSaysWhatMovedWhereAndWhy) {
    EXPECT_EQ(event_text("2026-01-31T12:34:56.123456Z", test::example_switch()),
              "2026-01-31T12:34:56.123456Z switch: peer osaka, process C, line:23-23 -> line:162-162, "
              "130.1.1.1:162 to 130.1.1.2:162, cause: watchdog expired, found in 31.2 ms");
}

TEST(EventText, ResumedSaysHowLongAndHowMuch) {
    core::Event event;
    event.kind = core::EventKind::resumed;
    event.process = "C";
    event.gap = std::chrono::microseconds{41260};
    event.replayed_bytes = 65536;
    EXPECT_EQ(event_text(event), "resumed: process C, stood still for 41.3 ms, 65536 bytes sent again");
}

TEST(EventText, StreamsLinksAndMissingEnds) {
    core::Event event;
    event.kind = core::EventKind::stream_open;
    event.link = "fiber/redis";
    event.stream = 4;
    EXPECT_EQ(event_text(event), "stream_open: link fiber/redis, stream 4");
    event = {};
    event.kind = core::EventKind::restore;
    event.to = "fiber/redis";
    EXPECT_EQ(event_text(event), "restore: no link -> fiber/redis");
    event = {};
    event.kind = core::EventKind::release;
    EXPECT_EQ(event_text(event), "release");
}

TEST(EventText, Ipv6HasBracketsAndAPortThatIsNotKnownIsAStar) {
    core::Event event;
    event.kind = core::EventKind::assign;
    event.endpoints = core::Endpoints{"fd00::1", 0, "fd00::2", 7440};
    EXPECT_EQ(event_text(event), "assign: [fd00::1]:* to [fd00::2]:7440");
}

TEST(EventText, DetailsAreAllButTheKind) {
    EXPECT_EQ("switch: " + details_text(test::example_switch()), event_text(test::example_switch()));
    EXPECT_EQ(details_text({.kind = core::EventKind::release}), "");
}

TEST(EventText, BytesFromElsewhereCannotControlATerminal) {
    core::Event event;
    event.cause = "said \x1b[2J\r\n\xc2\x9b";
    EXPECT_EQ(event_text(event), R"(error: cause: said \x1b[2J\x0d\x0a\xc2\x9b)");
}

}  // namespace
}  // namespace warmspare::node
