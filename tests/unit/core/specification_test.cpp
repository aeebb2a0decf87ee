// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// The rules as four transcripts, each told from beginning to end: how a process gets its first link, how
// links are tested, how a process is moved and released, and the life of a stream. Above what follows from it
// stands each rule with its number. A time is in milliseconds; what is indented below an event was done about
// it. The corners of each subject are in tests of their own.

#include <gtest/gtest.h>

#include "rules_bench.hpp"
#include "stream_life.hpp"

namespace warmspare::core {
namespace {

using namespace std::chrono_literals;
using enum Who;

/// A link of its own for A and one for B, and two spares, of which 161 ranks first. Each is a circuit.
PeerConfig two_processes() {
    return peer_with({dedicated("20", "A", "20"), dedicated("21", "B", "21"), spare("161", 2, "161"),
                      spare("162", 3, "162")});
}

TEST(Specification, S1_S2_S3_S9_establishment) {
    RulesBench node{two_processes()};
    node.show_tests();
    node.rule(
        "S2: a request tests the links of the process and every spare, and no link of another process.");
    node.rule("S3: it gets its own link as soon as that has answered, whatever the spares do.");
    node.delay("161", 4ms);
    node.ask("A");
    node.advance(2ms);
    node.rule(
        "S2: a row that is in flight keeps its watchdog, and its answer counts for the next request too.");
    node.rule(
        "S2: what is not answered is tested once more after a quarter of the watchdog, and SBY after it.");
    node.rule(
        "S3: a spare is given when all that ranks above it has failed: 161, although 162 answered before.");
    node.silence({"21"});
    node.ask("B");
    node.advance(20ms);
    node.delay("161", 1ms);
    EXPECT_EQ(node.table(), R"(
| 20 | 1 | 20 | ACT | Y | A | |
| 21 | 1 | 21 | SBY | N | B | |
| 161 | 2 | 161 | ACT | Y | B | |
| 162 | 3 | 162 | ACT | N | | |
)");
    node.rule("S7: who has ended gives its link back after a second, and asks like anybody else again.");
    node.rule("S9: a link that the other node calls SBY is as good as dead, although it answers.");
    node.end("A");
    node.advance(1s);
    node.other_node_says("20", PeerView::sby);
    node.ask("A");
    node.advance(10ms);
    node.rule("S3: with no link at all the process waits, and is told.");
    node.end("A");
    node.advance(1s);
    for (const auto* link : {"20", "162"}) node.disconnect(link);
    node.ask("A");
    node.rule("S5: the first link that fits ends its waiting.");
    node.connect("162");
    node.advance(2ms);
    EXPECT_EQ(node.transcript(), R"(
S2: a request tests the links of the process and every spare, and no link of another process.
S3: it gets its own link as soon as that has answered, whatever the spares do.
      0 A asks
      0   test 20, 161, 162
      1   assign 20 to A
S2: a row that is in flight keeps its watchdog, and its answer counts for the next request too.
S2: what is not answered is tested once more after a quarter of the watchdog, and SBY after it.
S3: a spare is given when all that ranks above it has failed: 161, although 162 answered before.
      2 no answer any more on 21
      2 B asks
      2   test 21, 162
    2.5   test 161 again
    4.5   test 21 again
     12 21 is SBY
     12   assign 161 to B
S7: who has ended gives its link back after a second, and asks like anybody else again.
S9: a link that the other node calls SBY is as good as dead, although it answers.
     22 A ends
   1001 start timer
   1001   test 20, 161, 162
   1022   release 20 of A
   1022 the other node calls 20 SBY
   1022 A asks
   1022   test 20, 161, 162
   1023   assign 162 to A
S3: with no link at all the process waits, and is told.
   1032 A ends
   2001 start timer
   2001   test 20, 161, 162
   2032   release 162 of A
   2032 connection of 20 is reset
   2032 20 is SBY
   2032 connection of 162 is reset
   2032 162 is SBY
   2032 A asks
   2032   test 161
   2032   no link for A, which keeps no link: no link answers
S5: the first link that fits ends its waiting.
   2032 162 is connected
   2032   test 162
   2033 162 is ACT
   2033   assign 162 to A
)");
}

TEST(Specification, S2_S4_S7_S9_S13_health) {
    RulesBench node{two_processes(), HealthConfig{}};
    node.show_tests();
    node.rule("S7: while nothing is in use, all links are tested every 10 s.");
    node.advance(10s + 5ms);
    node.rule("S4: while a link is in use, all are tested every second.");
    node.ask("A");
    node.advance(2s);
    node.rule(
        "S13: the first miss makes a link suspect: it is tested again at once, its traffic takes a detour.");
    node.rule(
        "S13: three misses in a row, and 50 ms after the first, make it SBY, and its process is switched.");
    node.silence({"20"});
    node.advance(1070ms);
    node.rule("S2: its connection is made anew, and the first answer on it makes it ACT.");
    node.answer({"20"});
    node.advance(1s);
    node.rule("(From here on tests are not written down.)");
    node.show_tests(false);
    node.rule("S13: a suspect link that answers again is trusted after 100 ms, and nothing has happened.");
    node.silence({"161"});
    node.advance(950ms);
    node.answer({"161"});
    node.advance(200ms);
    node.rule("S13: what the kernel reports counts at once.");
    node.disconnect("161");
    node.rule("S9: what the other node finds dead has failed too.");
    node.other_node_says("20", PeerView::sby);
    EXPECT_EQ(node.transcript(), R"(
S7: while nothing is in use, all links are tested every 10 s.
  10000 start timer
  10000   test 20, 21, 161, 162
S4: while a link is in use, all are tested every second.
  10005 A asks
  10005   test 20, 161, 162
  10006   assign 20 to A
  11006 start timer
  11006   test 20, 21, 161, 162
S13: the first miss makes a link suspect: it is tested again at once, its traffic takes a detour.
S13: three misses in a row, and 50 ms after the first, make it SBY, and its process is switched.
  12005 no answer any more on 20
  12006 start timer
  12006   test 20, 21, 161, 162
12008.5   test 20 again
  12016   test 20
  12016   detour of A over 161
12018.5   test 20 again
  12026   test 20
12028.5   test 20 again
  12036   test 20
12038.5   test 20 again
  12046   test 20
12048.5   test 20 again
  12056   test 20
12058.5   test 20 again
  12066 20 is SBY
  12066   switch A from 20 to 161: watchdog expired
  12066   no detour of A any more
  13006 start timer
  13006   test 21, 161, 162
S2: its connection is made anew, and the first answer on it makes it ACT.
  13075 answers again on 20
  14006 start timer
  14006   test 20, 21, 161, 162
  14007 20 is ACT
  14007   recovery of 20, told to A on 161
(From here on tests are not written down.)
S13: a suspect link that answers again is trusted after 100 ms, and nothing has happened.
  14075 no answer any more on 161
  15016   detour of A over 20
  15025 answers again on 161
  15127   no detour of A any more
S13: what the kernel reports counts at once.
  15225 connection of 161 is reset
  15225 161 is SBY
  15225   switch A from 161 to 20: connection reset
S9: what the other node finds dead has failed too.
  15225 the other node calls 20 SBY
  15225   switch A from 20 to 162: osaka has no answer on it
)");
}

TEST(Specification, S5_S6_S7_S14_protection) {
    RulesBench node{two_processes()};
    node.ask("A");
    node.ask("B");
    node.advance(500ms);
    static_cast<void>(node.transcript());
    node.rule("S5: whose link fails gets the best free spare.");
    node.disconnect("20");
    node.rule("S5: never the link of another process, although that is free; with none it waits.");
    node.end("B");
    node.advance(1s);
    node.disconnect("162");
    node.disconnect("161");
    node.rule("S5: the row that it held last is kept for it, and the first link that fits ends the waiting.");
    EXPECT_EQ(node.table(), R"(
| 20 | 1 | 20 | SBY | N | A | |
| 21 | 1 | 21 | ACT | N | B | |
| 161 | 2 | 161 | SBY | Y | A | |
| 162 | 3 | 162 | SBY | N | | |
)");
    node.connect("161");
    node.advance(2ms);
    node.rule("S6: it is told at once that its own link answers again.");
    node.rule("S14: it returns when that has stayed ACT for 5 s,");
    node.connect("20");
    node.advance(5s + 2ms);
    node.rule("S14: and later each time when that keeps failing.");
    for (int i = 0; i < 2; ++i) {
        node.disconnect("20");
        node.connect("20");
        node.advance(2ms);
    }
    node.advance(30s);
    node.rule("S5: the longest-waiting is served first.");
    for (const auto* link : {"161", "20"}) node.disconnect(link);
    node.ask("B");
    node.advance(10ms);
    node.disconnect("21");
    node.connect("162");
    node.advance(2ms);
    node.connect("161");
    node.advance(2ms);
    node.rule("S14: when every link is SBY all keep what they have, however long, and go on with the first.");
    for (const auto* link : {"161", "162"}) node.disconnect(link);
    node.advance(1h);
    node.connect("161");
    node.advance(2ms);
    node.rule("S7: a second after its last stream a process is released, and its link serves who waits.");
    node.end("B");
    node.advance(1s);
    node.end("A");
    node.advance(1s);
    EXPECT_EQ(node.transcript(), R"(
S5: whose link fails gets the best free spare.
    500 connection of 20 is reset
    500 20 is SBY
    500   switch A from 20 to 161: connection reset
S5: never the link of another process, although that is free; with none it waits.
    500 B ends
   1500   release 21 of B
   1500 connection of 162 is reset
   1500 162 is SBY
   1500 connection of 161 is reset
   1500 161 is SBY
   1500   no link for A, which keeps 161: connection reset
S5: the row that it held last is kept for it, and the first link that fits ends the waiting.
   1500 161 is connected
   1501 161 is ACT
   1501   switch A from 161 to 161: a link answers again
S6: it is told at once that its own link answers again.
S14: it returns when that has stayed ACT for 5 s,
   1502 20 is connected
   1503 20 is ACT
   1503   recovery of 20, told to A on 161
   6503   restore A from 161 to 20
S14: and later each time when that keeps failing.
   6504 connection of 20 is reset
   6504 20 is SBY
   6504   switch A from 20 to 161: connection reset
   6504 20 is connected
   6505 20 is ACT
   6505   recovery of 20, told to A on 161
   6506 connection of 20 is reset
   6506 20 is SBY
   6506 20 is connected
   6507 20 is ACT
   6507   recovery of 20, told to A on 161
  25743   restore A from 161 to 20
S5: the longest-waiting is served first.
  36508 connection of 161 is reset
  36508 161 is SBY
  36508 connection of 20 is reset
  36508 20 is SBY
  36508   no link for A, which keeps 20: connection reset
  36508 B asks
  36509   assign 21 to B
  36518 connection of 21 is reset
  36518 21 is SBY
  36518   no link for B, which keeps 21: connection reset
  36518 162 is connected
  36519 162 is ACT
  36519   switch A from 20 to 162: a link answers again
  36520 161 is connected
  36521 161 is ACT
  36521   switch B from 21 to 161: a link answers again
S14: when every link is SBY all keep what they have, however long, and go on with the first.
  36522 connection of 161 is reset
  36522 161 is SBY
  36522   no link for B, which keeps 161: connection reset
  36522 connection of 162 is reset
  36522 162 is SBY
  36522   no link for A, which keeps 162: connection reset
3636522 161 is connected
3636523 161 is ACT
3636523   switch B from 161 to 161: a link answers again
S7: a second after its last stream a process is released, and its link serves who waits.
3636524 B ends
3637524   release 161 of B
3637524   switch A from 162 to 161: a link answers again
3637524 A ends
3638524   release 161 of A
)");
    EXPECT_EQ(node.table(), R"(
| 20 | 1 | 20 | SBY | N | A | |
| 21 | 1 | 21 | SBY | N | B | |
| 161 | 2 | 161 | ACT | N | | |
| 162 | 3 | 162 | SBY | N | | |
)");
}

TEST(Specification, S10_S14_the_life_of_a_stream) {
    StreamLife life;
    life.rule("S10: a stream is opened, and the other node connects the target.");
    life.open();
    life.advance(10ms);
    life.rule("S10: bytes go out at once, and are acknowledged when the application has them.");
    life.write(tokyo, "question");
    life.advance(10ms);
    life.rule("S10: on another link each node first says how the stream stands;");
    life.rule(
        "S10: then the bytes follow from the first that is not known to have arrived. None comes twice.");
    life.write(tokyo, ", and more");
    life.lose_link();
    life.advance(10ms);
    life.rule("S14: who does not read is sent no more than is welcome; nothing is thrown away.");
    life.stop_reading(tokyo);
    life.write(osaka, std::string(100'000, 'x'));
    life.advance(10ms);
    life.read_on(tokyo);
    life.advance(10ms);
    life.rule("S10: one direction ends before the other, and an end that was lost is said again.");
    life.finish(tokyo);
    life.lose_link();
    life.advance(10ms);
    life.rule("S10: when both have ended and both nodes know it, nothing is left of the stream.");
    life.finish(osaka);
    life.advance(10ms);
    EXPECT_EQ(life.transcript(), R"(
S10: a stream is opened, and the other node connects the target.
     0 application at tokyo opens 2
     0   tokyo sends open 2 A; ack 2 0/0
     1   osaka: open 2
     1   osaka sends ack 2 0/0
S10: bytes go out at once, and are acknowledged when the application has them.
    10 application at tokyo writes 8 bytes to 2
    10   tokyo sends data 2 0+8
    11   osaka: write 8 bytes
    12   osaka sends ack 2 8/8
S10: on another link each node first says how the stream stands;
S10: then the bytes follow from the first that is not known to have arrived. None comes twice.
    20 application at tokyo writes 10 bytes to 2
    20   tokyo sends data 2 8+10
    20 the link is lost, and the process goes on over another
    20   tokyo sends ack 2 0/0; data 2 8+10
    20   osaka sends ack 2 8/8
    21   osaka: write 10 bytes
    22   osaka sends ack 2 18/18
S14: who does not read is sent no more than is welcome; nothing is thrown away.
    30 application at tokyo stops to read 2
    30 target at osaka writes 100000 bytes to 2
    30   osaka sends data 2 0+65536
    31   tokyo sends ack 2 65536/0
    40 application at tokyo reads on
    40   tokyo: write 65536 bytes
    40   tokyo sends ack 2 65536/65536
    41   osaka sends data 2 65536+34464
    42   tokyo: write 34464 bytes
    42   tokyo sends ack 2 100000/100000
S10: one direction ends before the other, and an end that was lost is said again.
    50 application at tokyo ends 2
    50   tokyo sends finish 2 at 18
    50 the link is lost, and the process goes on over another
    50   tokyo sends ack 2 100000/100000; finish 2 at 18
    50   osaka sends ack 2 18/18
    51   osaka: finish 2
    51   osaka sends ack 2 19/19
S10: when both have ended and both nodes know it, nothing is left of the stream.
    60 target at osaka ends 2
    60   osaka sends finish 2 at 100000
    61   tokyo: finish 2
    61   tokyo sends ack 2 100001/100001
    61   tokyo: close 2
    62   osaka: close 2
)");
    EXPECT_EQ(life.read(osaka), "question, and more");
    EXPECT_EQ(life.read(tokyo).size(), 100'000U);
    for (const auto who : {tokyo, osaka}) EXPECT_EQ(life.end(who).traffic.streams(), 0U);
}

TEST(Specification, S10_a_stream_that_is_reset) {
    StreamLife life;
    life.open();
    life.advance(10ms);
    static_cast<void>(life.transcript());
    life.rule("S10: a reset is passed on at once, and what was not delivered is dropped;");
    life.rule("S10: it is said again on every link until it is confirmed.");
    life.write(osaka, "half an answ");
    life.reset(osaka);
    life.lose_link();
    life.advance(1ms);
    life.lose_link();
    life.advance(10ms);
    EXPECT_EQ(life.transcript(), R"(
S10: a reset is passed on at once, and what was not delivered is dropped;
S10: it is said again on every link until it is confirmed.
    10 target at osaka writes 12 bytes to 2
    10   osaka sends data 2 0+12
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
    for (const auto who : {tokyo, osaka}) EXPECT_EQ(life.end(who).traffic.streams(), 0U);
}

}  // namespace
}  // namespace warmspare::core
