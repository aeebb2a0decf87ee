// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Rows that are written out.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "config_text.hpp"
#include "node/config.hpp"

namespace warmspare::node::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Lines 9 to 14: a row on circuit fiber with the given keys after it.
std::string row(const std::string& keys) {
    return "[[peer.osaka.link]]\ncircuit = \"fiber\"\n" + keys + "\n";
}

const std::string dedicated = row("own_port = 23\npeer_port = 24\npriority = 1\nprocess = \"redis\"");

TEST(ConfigRows, TheyAreTheWholeTable) {
    const auto config = config_of(right + dedicated + row("own_port = 161\npeer_port = 161\npriority = 2") +
                                  row("name = \"reserve\"\nown_port = 0\npeer_port = 162\npriority = 7"));
    EXPECT_THAT(rows_of(config.peers.at(0)),
                ElementsAre("fiber:23-24 fiber 1 23 24 redis", "fiber:161-161 fiber 2 161 161 -",
                            "reserve fiber 7 0 162 -"));
}

TEST(ConfigRows, TheDefaultNameIsTheSameOnBothSides) {
    const std::string other = with_line(3, "dial = false") +
                              row("own_port = 24\npeer_port = 23\npriority = 1\nprocess = \"redis\"");
    EXPECT_THAT(rows_of(config_of(other).peers.at(0)), ElementsAre("fiber:23-24 fiber 1 24 23 redis"));
}

TEST(ConfigRows, AProcessMayHaveSeveralDedicatedLinks) {
    const auto config = config_of(right + dedicated +
                                  row("own_port = 25\npeer_port = 25\npriority = 1\nprocess = \"redis\""));
    EXPECT_THAT(rows_of(config.peers.at(0)),
                ElementsAre("fiber:23-24 fiber 1 23 24 redis", "fiber:25-25 fiber 1 25 25 redis"));
}

/// Rows from line 15 on, after a right one, and the only mistake.
struct Wrong {
    std::string rows;
    std::string mistake;
    bool dial = true;
};

void PrintTo(const Wrong& one, std::ostream* out) {
    *out << one.rows;
}

class RowMistake : public ::testing::TestWithParam<Wrong> {};

TEST_P(RowMistake, IsReportedWithItsLine) {
    const Wrong& one = GetParam();
    const std::string text = one.dial ? right : with_line(3, "dial = false");
    EXPECT_THAT(mistakes_of(text + dedicated + one.rows), ElementsAre(one.mistake));
}

INSTANTIATE_TEST_SUITE_P(
    Keys, RowMistake,
    ::testing::Values(
        Wrong{"[[peer.osaka.link]]\nown_port = 1\npeer_port = 1\npriority = 2",
              "15: peer.osaka.link.circuit is missing; write circuit = \"NAME\""},
        Wrong{
            "[[peer.osaka.link]]\ncircuit = \"dsl\"\nown_port = 1\npeer_port = 1\npriority = 2",
            "16: peer.osaka.link.circuit = \"dsl\" is no circuit of peer.osaka; write \"fiber\" or \"lte\""},
        Wrong{row("peer_port = 1\npriority = 2"),
              "15: peer.osaka.link.own_port is missing; write own_port = PORT, or own_port = 0 for any"},
        Wrong{row("own_port = 1\npriority = 2"),
              "15: peer.osaka.link.peer_port is missing; write peer_port = PORT"},
        Wrong{row("own_port = 1\npeer_port = 1"),
              "15: peer.osaka.link.priority is missing; write priority = 1 for a dedicated link, 2 or more "
              "for a "
              "spare"},
        Wrong{row("own_port = 1\npeer_port = 1\npriority = 0"),
              "19: peer.osaka.link.priority = 0 is out of range; write 1 to 65535"},
        Wrong{row("own_port = 1\npeer_port = 1\npriority = 1"),
              "15: peer.osaka.link.process is missing; write process = \"NAME\", as priority 1 is dedicated "
              "to a "
              "process"},
        Wrong{row("own_port = 1\npeer_port = 1\npriority = 2\nprocess = \"redis\""),
              "20: peer.osaka.link.process = \"redis\" is for priority 1 only; take it out, as a spare "
              "belongs to "
              "nobody"},
        Wrong{row("own_port = 1\npeer_port = 1\npriority = 1\nprocess = \"web\""),
              "20: peer.osaka.link.process = \"web\" is no process; write [process.NAME] for it, with peer = "
              "\"osaka\""},
        Wrong{row("own_port = 1\npeer_port = 1\npriority = 2\nprot = 3"),
              "20: unknown key peer.osaka.link.prot; known here: circuit, own_port, peer_port, priority, "
              "process, name"},
        Wrong{row("name = \"a b\"\nown_port = 1\npeer_port = 1\npriority = 2"),
              "17: peer.osaka.link.name = \"a b\" is not a name; write 1 to 63 of A-Z a-z 0-9 . _ -"}));

INSTANTIATE_TEST_SUITE_P(
    Ports, RowMistake,
    ::testing::Values(Wrong{row("own_port = 65536\npeer_port = 1\npriority = 2"),
                            "17: peer.osaka.link.own_port = 65536 is out of range; write 0 to 65535"},
                      Wrong{row("own_port = 1\npeer_port = 0\npriority = 2"),
                            "18: peer.osaka.link.peer_port = 0 cannot be any port, as the side that is "
                            "dialled listens on it; write "
                            "1 to 65535"},
                      Wrong{row("own_port = 0\npeer_port = 1\npriority = 2"),
                            "17: peer.osaka.link.own_port = 0 cannot be any port, as the side that is "
                            "dialled listens on it; write 1 "
                            "to 65535",
                            false},
                      Wrong{row("own_port = 0\npeer_port = 1\npriority = 2"),
                            "15: peer.osaka.link.name is missing; write name = \"NAME\", as port 0 gives the "
                            "link no name of its "
                            "own"},
                      Wrong{row("own_port = 1\npeer_port = 0\npriority = 2"),
                            "15: peer.osaka.link.name is missing; write name = \"NAME\", as port 0 gives the "
                            "link no name of its own",
                            false}));

INSTANTIATE_TEST_SUITE_P(
    Twice, RowMistake,
    ::testing::Values(
        Wrong{row("own_port = 23\npeer_port = 24\npriority = 2"),
              "15: peer.osaka has the link \"fiber:23-24\" at line 9 already; write other ports or another "
              "name"},
        Wrong{
            row("name = \"x\"\nown_port = 23\npeer_port = 24\npriority = 2"),
            "15: peer.osaka: the link at line 9 has these ports on circuit \"fiber\" already; write others"},
        Wrong{row("name = \"x\"\nown_port = 0\npeer_port = 24\npriority = 2") +
                  row("name = \"x\"\nown_port = 0\npeer_port = 24\npriority = 3"),
              "21: peer.osaka has the link \"x\" at line 15 already; write other ports or another name"}));

TEST(ConfigRows, AnyPortMayComeTwice) {
    EXPECT_THAT(
        mistakes_of(right + dedicated + row("name = \"x\"\nown_port = 0\npeer_port = 24\npriority = 2") +
                    row("name = \"y\"\nown_port = 0\npeer_port = 24\npriority = 3")),
        IsEmpty());
}

TEST(ConfigRows, AProcessNeedsALinkOfItsOwn) {
    EXPECT_THAT(
        mistakes_of(right + row("own_port = 161\npeer_port = 161\npriority = 2")),
        ElementsAre(
            "6: process.redis has no link of its own; write a [[peer.osaka.link]] with priority = 1 and "
            "process = \"redis\""));
}

TEST(ConfigRows, AProcessOfAnotherPeerHasNoLinkHere) {
    const std::string other =
        "[peer.kobe]\nsecurity = \"plain\"\ncircuits = [ { name = \"a\", remote = \"b\" } ]\n"
        "[process.web]\npeer = \"kobe\"\ntarget = \"h:1\"\n";
    EXPECT_THAT(
        mistakes_of(right + other + dedicated +
                    row("own_port = 1\npeer_port = 1\npriority = 1\nprocess = \"web\"")),
        ElementsAre(
            "26: peer.osaka.link.process = \"web\" is a process of another peer (line 12); write one of "
            "peer.osaka"));
}

TEST(ConfigRows, OneMistakeIsNotTwo) {
    const std::string text = with_line(7, "peer = \"osako\"") + dedicated;
    EXPECT_THAT(mistakes_of(text),
                ElementsAre("7: process.redis.peer = \"osako\" names no peer; did you mean \"osaka\"?"));
}

TEST(ConfigRows, NoRowsAtAll) {
    EXPECT_THAT(
        mistakes_of(with_line(3, "dial = true\nlink = []")),
        ElementsAre("4: peer.osaka.link has no rows; write [[peer.osaka.link]] above each row, or leave it "
                    "out"));
    EXPECT_THAT(
        mistakes_of(right + "[peer.osaka.link]\ncircuit = \"fiber\"\n"),
        ElementsAre("9: peer.osaka.link has no rows; write [[peer.osaka.link]] above each row, or leave it "
                    "out"));
}

}  // namespace
}  // namespace warmspare::node::test
