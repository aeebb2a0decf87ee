// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Who may listen where, seen over the whole file.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "config_text.hpp"
#include "node/config.hpp"

namespace warmspare::node::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Line 9 to 11.
std::string second_process(std::string_view listen) {
    return fmt::format("[process.web]\npeer = \"osaka\"\nlisten = \"{}\"\n", listen);
}

std::string taken(std::string_view listen, std::string_view by) {
    return fmt::format("11: process.web.listen = \"{}\" is taken by {}; write another", listen, by);
}

TEST(ConfigListeners, TwoProcessesOnOneAddress) {
    for (const char* listen : {"127.0.0.1:6380", "0.0.0.0:6380", "[::]:6380"}) {
        EXPECT_THAT(mistakes_of(right + second_process(listen)),
                    ElementsAre(taken(listen, "process.redis at line 8")));
    }
}

TEST(ConfigListeners, AllAddressesFirst) {
    EXPECT_THAT(mistakes_of(with_line(8, "listen = \"0.0.0.0:6380\"") + second_process("127.0.0.1:6380")),
                ElementsAre(taken("127.0.0.1:6380", "process.redis at line 8")));
    EXPECT_THAT(mistakes_of(with_line(8, "listen = \"0.0.0.0:6380\"") + second_process("[::1]:6380")),
                IsEmpty());
}

TEST(ConfigListeners, AnotherAddressOrPortIsFree) {
    for (const char* listen : {"127.0.0.2:6380", "127.0.0.1:6381", "[::1]:6380", "unix:/run/a.sock"}) {
        EXPECT_THAT(mistakes_of(right + second_process(listen)), IsEmpty()) << listen;
    }
}

TEST(ConfigListeners, TwoProcessesOnOnePath) {
    EXPECT_THAT(
        mistakes_of(with_line(8, "listen = \"unix:/run/a.sock\"") + second_process("unix:/run/a.sock")),
        ElementsAre(taken("unix:/run/a.sock", "process.redis at line 8")));
}

TEST(ConfigListeners, TheSameTargetTwiceIsFine) {
    EXPECT_THAT(
        mistakes_of(with_line(8, "target = \"h:1\"") + "[process.web]\npeer = \"osaka\"\ntarget = \"h:1\"\n"),
        IsEmpty());
}

TEST(ConfigListeners, AProcessWhereLinksAreExpected) {
    const std::string dialled = with_line(3, "dial = false");
    EXPECT_THAT(mistakes_of(dialled + second_process("127.0.0.1:7440")),
                ElementsAre(taken("127.0.0.1:7440", "a link of peer.osaka at line 5")));
    EXPECT_THAT(mistakes_of(right + second_process("127.0.0.1:7440")), IsEmpty());
}

TEST(ConfigListeners, LinksOnOneAddressLeaveTheOthersFree) {
    std::string text =
        with_line(5, "circuits = [ { name = \"a\", local = \"10.0.1.1\", remote = \"10.0.1.2\" } ]");
    text.replace(text.find("true"), 4, "false");
    EXPECT_THAT(mistakes_of(text + second_process("127.0.0.1:7440")), IsEmpty());
    EXPECT_THAT(mistakes_of(text + second_process("10.0.1.1:7440")),
                ElementsAre(taken("10.0.1.1:7440", "a link of peer.osaka at line 5")));
}

TEST(ConfigListeners, AProcessWhereALinkIsBoundToDial) {
    const std::string row =
        "[[peer.osaka.link]]\ncircuit = \"lte\"\nown_port = 23\npeer_port = 23\npriority = 1\n";
    EXPECT_THAT(
        mistakes_of(right + second_process("0.0.0.0:23") + row + "process = \"redis\"\n" +
                    "[[peer.osaka.link]]\ncircuit = \"lte\"\nown_port = 0\npeer_port = 23\npriority = 1\n"
                    "name = \"w\"\nprocess = \"web\"\n"),
        ElementsAre(taken("0.0.0.0:23", "a link of peer.osaka at line 12")));
}

TEST(ConfigListeners, SeveralPeersShareOneListener) {
    const std::string dialled = with_line(3, "dial = false");
    EXPECT_THAT(
        mistakes_of(dialled +
                    "[peer.kobe]\nsecurity = \"plain\"\ncircuits = [ { name = \"fiber\", remote = \"h\" } ]\n"
                    "[process.web]\npeer = \"kobe\"\ntarget = \"h:1\"\n"),
        IsEmpty());
}

}  // namespace
}  // namespace warmspare::node::test
