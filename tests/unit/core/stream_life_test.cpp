// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// The life of a stream as transcripts (S10, S14): how it is opened, carries bytes, ends, and moves to another
// link. "data 2 5+3" are three bytes of stream 2 from offset 5 on; "ack 2 9/4" says that the bytes before 9
// are in memory and those before 4 in the application's socket.

#include <gtest/gtest.h>

#include "stream_life.hpp"

namespace warmspare::core {
namespace {

using namespace std::chrono_literals;
using enum Who;

/// Opened and connected.
struct OpenStream : testing::Test {
    StreamLife life;

    void SetUp() override {
        life.open();
        life.advance(10ms);
        EXPECT_EQ(life.transcript(), R"(
     0 application at tokyo opens 2
     0   tokyo sends open 2 A; ack 2 0/0
     1   osaka: open 2
     1   osaka sends ack 2 0/0
)");
    }

    void expect_gone() {
        for (const auto who : {tokyo, osaka}) {
            EXPECT_EQ(life.end(who).traffic.streams(), 0U);
            EXPECT_FALSE(life.end(who).traffic.wanted({0}));
            EXPECT_EQ(life.end(who).budget.used(), 0U);
        }
    }
};

TEST_F(OpenStream, S10_carries_bytes_that_are_acknowledged_when_the_application_has_them) {
    life.write(tokyo, "question");
    life.advance(10ms);
    life.write(osaka, "answer");
    life.advance(10ms);
    EXPECT_EQ(life.transcript(), R"(
    10 application at tokyo writes 8 bytes to 2
    10   tokyo sends data 2 0+8
    11   osaka: write 8 bytes
    12   osaka sends ack 2 8/8
    20 target at osaka writes 6 bytes to 2
    20   osaka sends data 2 0+6
    21   tokyo: write 6 bytes
    22   tokyo sends ack 2 6/6
)");
    EXPECT_EQ(life.read(osaka), "question");
    EXPECT_EQ(life.read(tokyo), "answer");
}

TEST_F(OpenStream, S10_ends_one_direction_after_the_other) {
    life.write(tokyo, "question");
    life.finish(tokyo);
    life.advance(10ms);
    life.write(osaka, "answer");
    life.advance(10ms);
    life.finish(osaka);
    life.advance(10ms);
    EXPECT_EQ(life.transcript(), R"(
    10 application at tokyo writes 8 bytes to 2
    10   tokyo sends data 2 0+8
    10 application at tokyo ends 2
    10   tokyo sends finish 2 at 8
    11   osaka: write 8 bytes
    11   osaka: finish 2
    11   osaka sends ack 2 9/9
    20 target at osaka writes 6 bytes to 2
    20   osaka sends data 2 0+6
    21   tokyo: write 6 bytes
    22   tokyo sends ack 2 6/6
    30 target at osaka ends 2
    30   osaka sends finish 2 at 6
    31   tokyo: finish 2
    31   tokyo sends ack 2 7/7
    31   tokyo: close 2
    32   osaka: close 2
)");
    expect_gone();
}

TEST_F(OpenStream, S10_is_reset_at_the_other_end_as_well) {
    life.write(tokyo, "question");
    life.reset(tokyo);
    life.advance(10ms);
    EXPECT_EQ(life.transcript(), R"(
    10 application at tokyo writes 8 bytes to 2
    10   tokyo sends data 2 0+8
    10 application at tokyo resets 2
    10   tokyo: reset 2
    10   tokyo sends reset 2 for reset by the application
    11   osaka: write 8 bytes
    11   osaka: reset 2
    11   osaka sends closed 2
)");
    expect_gone();
}

TEST_F(OpenStream, S10_whose_target_cannot_be_reached_is_reset) {
    life.refuse_target("connection refused");
    life.advance(10ms);
    EXPECT_EQ(life.transcript(), R"(
    10 target at osaka cannot be reached: connection refused
    10   osaka: reset 2
    10   osaka sends reset 2 for target unreachable: connection refused
    11   tokyo: reset 2
    11   tokyo sends closed 2
)");
    expect_gone();
}

// Both nodes first say how the stream stands; then the bytes follow from the first one on that is not known
// to have arrived.
TEST_F(OpenStream, S10_moves_to_another_link_at_the_exact_byte) {
    life.write(tokyo, "once ");
    life.advance(10ms);
    life.write(tokyo, "upon ");
    life.lose_link();
    life.write(tokyo, "a time");
    life.advance(10ms);
    EXPECT_EQ(life.transcript(), R"(
    10 application at tokyo writes 5 bytes to 2
    10   tokyo sends data 2 0+5
    11   osaka: write 5 bytes
    12   osaka sends ack 2 5/5
    20 application at tokyo writes 5 bytes to 2
    20   tokyo sends data 2 5+5
    20 the link is lost, and the process goes on over another
    20   tokyo sends ack 2 0/0; data 2 5+5
    20   osaka sends ack 2 5/5
    20 application at tokyo writes 6 bytes to 2
    20   tokyo sends data 2 10+6
    21   osaka: write 11 bytes
    22   osaka sends ack 2 16/16
)");
    EXPECT_EQ(life.read(osaka), "once upon a time");
}

// The bytes arrived, only their acknowledgement was lost: they come twice and are written once.
TEST_F(OpenStream, S10_bytes_that_come_twice_are_written_once) {
    life.write(tokyo, "once");
    life.advance(1ms);
    life.lose_link();
    life.advance(10ms);
    EXPECT_EQ(life.transcript(), R"(
    10 application at tokyo writes 4 bytes to 2
    10   tokyo sends data 2 0+4
    11   osaka: write 4 bytes
    11 the link is lost, and the process goes on over another
    11   tokyo sends ack 2 0/0; data 2 0+4
    11   osaka sends ack 2 4/4
)");
    EXPECT_EQ(life.read(osaka), "once");
}

TEST_F(OpenStream, S10_an_end_that_was_lost_with_the_link_is_said_again) {
    life.write(tokyo, "bye");
    life.finish(tokyo);
    life.lose_link();
    life.advance(10ms);
    EXPECT_EQ(life.transcript(), R"(
    10 application at tokyo writes 3 bytes to 2
    10   tokyo sends data 2 0+3
    10 application at tokyo ends 2
    10   tokyo sends finish 2 at 3
    10 the link is lost, and the process goes on over another
    10   tokyo sends ack 2 0/0; data 2 0+3
    10   tokyo sends finish 2 at 3
    10   osaka sends ack 2 0/0
    11   osaka: write 3 bytes
    11   osaka: finish 2
    11   osaka sends ack 2 4/4
)");
}

TEST_F(OpenStream, S10_a_reset_that_was_lost_with_the_link_is_said_again_until_it_is_confirmed) {
    life.reset(osaka);
    life.lose_link();
    life.advance(1ms);
    life.lose_link();
    life.advance(10ms);
    EXPECT_EQ(life.transcript(), R"(
    10 target at osaka resets 2
    10   osaka: reset 2
    10   osaka sends reset 2 for reset by the application
    10 the link is lost, and the process goes on over another
    10   tokyo sends ack 2 0/0
    10   osaka sends reset 2 for reset by the application
    11   tokyo: reset 2
    11   tokyo sends closed 2
    11 the link is lost, and the process goes on over another
    11   osaka sends reset 2 for reset by the application
    12   tokyo sends closed 2
)");
    expect_gone();
}

// The last acknowledgement is lost: osaka repeats its end and is told that the stream is over.
TEST_F(OpenStream, S10_who_missed_the_last_word_is_told_that_all_is_over) {
    life.finish(tokyo);
    life.advance(10ms);
    life.finish(osaka);
    life.advance(1ms);
    life.lose_link();
    life.advance(10ms);
    EXPECT_EQ(life.transcript(), R"(
    10 application at tokyo ends 2
    10   tokyo sends finish 2 at 0
    11   osaka: finish 2
    11   osaka sends ack 2 1/1
    20 target at osaka ends 2
    20   osaka sends finish 2 at 0
    21   tokyo: finish 2
    21   tokyo sends ack 2 1/1
    21   tokyo: close 2
    21 the link is lost, and the process goes on over another
    21   osaka sends ack 2 1/1; finish 2 at 0
    22   tokyo sends closed 2
    23   osaka: close 2
)");
    expect_gone();
}

TEST(StreamLife, S10_an_open_that_was_lost_with_the_link_is_said_again) {
    StreamLife life;
    life.open();
    life.write(tokyo, "hello");
    life.lose_link();
    life.advance(10ms);
    EXPECT_EQ(life.transcript(), R"(
     0 application at tokyo opens 2
     0   tokyo sends open 2 A; ack 2 0/0
     0 application at tokyo writes 5 bytes to 2
     0   tokyo sends data 2 0+5
     0 the link is lost, and the process goes on over another
     0   tokyo sends open 2 A; ack 2 0/0; data 2 0+5
     1   osaka: open 2
     1   osaka: write 5 bytes
     1   osaka sends ack 2 5/5
)");
}

// 64 KiB are welcome before the application has taken any; tokyo keeps what else its application writes, as
// much as it has memory for, and reads on when there is room again.
TEST_F(OpenStream, S14_a_target_that_does_not_read_slows_the_application_down) {
    life.stop_reading(osaka);
    life.write(tokyo, std::string(5'000'000, 'x'));
    life.advance(10ms);
    life.read_on(osaka);
    life.advance(2ms);
    EXPECT_EQ(life.transcript(), R"(
    10 target at osaka stops to read 2
    10 application at tokyo writes 4194304 bytes to 2
    10   tokyo sends data 2 0+65536
    11   osaka sends ack 2 65536/0
    20 target at osaka reads on
    20   osaka: write 65536 bytes
    20   osaka sends ack 2 65536/65536
    21   tokyo: resume 2
    21   tokyo sends data 2 65536+65536; data 2 131072+65536
    22   osaka: write 131072 bytes
    22   osaka sends ack 2 196608/196608
)");
}

}  // namespace
}  // namespace warmspare::core
