// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Every mistake of a file outside its rows, each with its line and with what would be right.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <string>
#include <vector>

#include "config_text.hpp"
#include "node/config.hpp"

namespace warmspare::node::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

TEST(ConfigMistakes, TheStartingPointHasNone) {
    EXPECT_THAT(mistakes_of(right), IsEmpty());
}

TEST(ConfigMistakes, SyntaxErrorsEndTheReading) {
    EXPECT_THAT(mistakes_of("nod = 1\nnode = \n"), ElementsAre(StartsWith("2: not valid TOML: ")));
    EXPECT_THAT(mistakes_of("node = \"a\"\n\nnode = \"b\"\n"),
                ElementsAre(StartsWith("3: not valid TOML: ")));
    EXPECT_THAT(
        mistakes_of("dial = tru\n"),
        ElementsAre("1: not valid TOML: Error while parsing boolean: expected 'true', saw 'tru\\u000A'"));
    EXPECT_THAT(mistakes_of("node = \"\xFF\"\n"), ElementsAre(StartsWith("1: not valid TOML: ")));
}

TEST(ConfigMistakes, HeadersThatTheTomlLibraryTakesForImpossible) {
    for (const char* header : {"[\npeer]", "[[[peer]]]", "[=", "[[="}) {
        EXPECT_THAT(mistakes_of(header), ElementsAre(StartsWith("1: not valid TOML: "))) << header;
    }
}

TEST(ConfigMistakes, LettersThatTheTomlLibraryTakesForImpossible) {
    for (const char* text : {"[peer.k\xC3\xB6ln]", "a = \xD1\x9C", "a = 5\xC3\xBC", "a = +\"\xD1\x9C\""}) {
        EXPECT_THAT(mistakes_of(text), ElementsAre(StartsWith("1: not valid TOML: "))) << text;
    }
    EXPECT_THAT(mistakes_of(with_line(1, "node = \"k\xC3\xB6ln\" # \xC3\xB6") + "digest = 1\n"), SizeIs(2));
}

TEST(ConfigMistakes, AnEmptyFileLacksTheName) {
    EXPECT_THAT(mistakes_of(""), ElementsAre("1: node is missing; write node = \"NAME\""));
}

/// One file with one line changed, and the one mistake that this is.
struct OneLine {
    int line;
    std::string text;
    std::string mistake;
};

void PrintTo(const OneLine& one, std::ostream* out) {
    *out << one.text;
}

class OneLineMistake : public ::testing::TestWithParam<OneLine> {};

TEST_P(OneLineMistake, IsReportedWithItsLine) {
    const OneLine& one = GetParam();
    EXPECT_THAT(mistakes_of(with_line(one.line, one.text)), ElementsAre(one.mistake));
}

INSTANTIATE_TEST_SUITE_P(
    Node, OneLineMistake,
    ::testing::Values(OneLine{1, "", "1: node is missing; write node = \"NAME\""},
                      OneLine{1, "node = 7", "1: node = 7 is a number; write a name in quotation marks"},
                      OneLine{1, "node = \"to kyo\"",
                              "1: node = \"to kyo\" is not a name; write 1 to 63 of A-Z a-z 0-9 . _ -"},
                      OneLine{1, "node = \"osaka\"",
                              "2: peer.osaka is this node itself; write the other node's name"},
                      OneLine{1, "node = \"tokyo\"; ",
                              "1: not valid TOML: Error while parsing key-value pair: expected a comment or "
                              "whitespace, saw ';'"}));

INSTANTIATE_TEST_SUITE_P(
    Peer, OneLineMistake,
    ::testing::Values(
        OneLine{3, "dial = \"yes\"",
                "3: peer.osaka.dial = \"yes\" is a string; write true or false, without quotation marks"},
        OneLine{3, "dail = true", "3: unknown key peer.osaka.dail; did you mean dial?"},
        OneLine{3, "colour = 1",
                "3: unknown key peer.osaka.colour; known here: dial, security, port, circuits, link"},
        OneLine{3, "port = 0", "3: peer.osaka.port = 0 is out of range; write 1 to 65535"},
        OneLine{4, "", "2: peer.osaka.security is missing; write security = \"plain\""},
        OneLine{4, "security = \"tls\"", "4: peer.osaka.security = \"tls\" is not known; write \"plain\""},
        OneLine{4, "security = false", "4: peer.osaka.security = false is true or false; write \"plain\""}));

INSTANTIATE_TEST_SUITE_P(
    Circuits, OneLineMistake,
    ::testing::Values(
        OneLine{5, "",
                "2: peer.osaka.circuits is missing; write circuits = [ { name = \"fiber\", remote = "
                "\"10.0.1.2\" } ]"},
        OneLine{5, "circuits = []",
                "5: peer.osaka.circuits is empty; write circuits = [ { name = \"fiber\", remote = "
                "\"10.0.1.2\" } ]"},
        OneLine{5, "circuits = [ \"fiber\" ]",
                "5: peer.osaka.circuits holds something that is not a table; write circuits = [ { name = "
                "\"fiber\", "
                "remote = \"10.0.1.2\" } ]"},
        OneLine{5, "circuits = [ { remote = \"10.0.1.2\" } ]",
                "5: peer.osaka.circuits.name is missing; write name = \"NAME\""},
        OneLine{5, "circuits = [ { name = \"a/b\", remote = \"10.0.1.2\" } ]",
                "5: peer.osaka.circuits.name = \"a/b\" is not a name; write 1 to 63 of A-Z a-z 0-9 . _ -"},
        OneLine{5, "circuits = [ { name = \"a\" } ]",
                "5: peer.osaka.circuits.remote is missing; write remote = \"ADDRESS\", where the other node "
                "listens"},
        OneLine{
            5, "circuits = [ { name = \"a\", remote = \"any\" } ]",
            "5: peer.osaka.circuits.remote = \"any\" cannot be dialled; write the address of the other node"},
        OneLine{5, "circuits = [ { name = \"a\", remote = \"0.0.0.0\" } ]",
                "5: peer.osaka.circuits.remote = \"0.0.0.0\" cannot be dialled; write the address of the "
                "other node"},
        OneLine{5, "circuits = [ { name = \"a\", remote = \"10.0.1.2:7440\" } ]",
                "5: peer.osaka.circuits.remote = \"10.0.1.2:7440\" must be without a port; write that as "
                "port = ..."},
        OneLine{5, "circuits = [ { name = \"a\", remote = \"10.0.1\" } ]",
                "5: peer.osaka.circuits.remote = \"10.0.1\" is neither an address nor a host name; write for "
                "example "
                "\"10.0.1.2\""},
        OneLine{5, "circuits = [ { name = \"a\", local = \"eth0\", remote = \"b\" } ]",
                "5: peer.osaka.circuits.local = \"eth0\" is not an address; write an address of this host, "
                "for example "
                "\"10.0.1.1\""},
        OneLine{5, "circuits = [ { name = \"a\", local = \"10.0.1.1\", remote = \"fd00::1\" } ]",
                "5: peer.osaka.circuits.local \"10.0.1.1\" and peer.osaka.circuits.remote \"fd00::1\" are an "
                "IPv4 and "
                "an IPv6 address; write two of the same kind"},
        OneLine{5, "circuits = [ { name = \"a\", remote = \"b\", device = \"a/b\" } ]",
                "5: peer.osaka.circuits.device = \"a/b\" is not the name of an interface; write 1 to 15 "
                "characters, "
                "for example \"wwan0\""},
        OneLine{5, "circuits = [ { name = \"a\", remote = \"b\", port = 65536 } ]",
                "5: peer.osaka.circuits.port = 65536 is out of range; write 1 to 65535"},
        OneLine{5, "circuits = [ { name = \"a\", remote = \"b\", devise = \"c\" } ]",
                "5: unknown key peer.osaka.circuits.devise; did you mean device?"},
        OneLine{5, "circuits = [ { name = \"a\", remote = \"b\" },\n\n { name = \"a\", remote = \"c\" } ]",
                "7: peer.osaka has the circuit \"a\" at line 5 already; write another name"}));

INSTANTIATE_TEST_SUITE_P(
    Process, OneLineMistake,
    ::testing::Values(
        OneLine{6, "[process.\"re dis\"]",
                "6: process.\"re dis\" does not name a process; write 1 to 63 of A-Z a-z 0-9 . _ -"},
        OneLine{7, "", "6: process.redis.peer is missing; write peer = \"NAME\", as in [peer.NAME]"},
        OneLine{7, "peer = \"osako\"",
                "7: process.redis.peer = \"osako\" names no peer; did you mean \"osaka\"?"},
        OneLine{7, "peer = \"kobe\"",
                "7: process.redis.peer = \"kobe\" names no peer; write one as in [peer.NAME], or write "
                "[peer.kobe]"},
        OneLine{7, "peer = [ \"osaka\" ]",
                "7: process.redis.peer is an array; write a name as in [peer.NAME]"},
        OneLine{8, "",
                "6: process.redis has neither listen nor target; write listen = \"127.0.0.1:6380\" where its "
                "applications are, target = \"127.0.0.1:6379\" where its server is"},
        OneLine{8, "listen = \"127.0.0.1\"",
                "8: process.redis.listen = \"127.0.0.1\" is no ADDRESS:PORT; write for example "
                "\"127.0.0.1:6380\""},
        OneLine{8, "target = 6379",
                "8: process.redis.target = 6379 is a number; write for example \"127.0.0.1:6379\""},
        OneLine{8, "target = \"h:1\"\nlisten = \"h:1\"",
                "8: process.redis.target = \"h:1\" is where this process listens itself; write the address "
                "of its "
                "server"}));

/// Something added at the end of the right file.
struct Added {
    std::string text;
    std::string mistake;
};

void PrintTo(const Added& one, std::ostream* out) {
    *out << one.text;
}

class AddedMistake : public ::testing::TestWithParam<Added> {};

TEST_P(AddedMistake, IsReportedWithItsLine) {
    const Added& one = GetParam();
    EXPECT_THAT(mistakes_of(right + one.text), ElementsAre(one.mistake));
}

INSTANTIATE_TEST_SUITE_P(
    ProcessRules, AddedMistake,
    ::testing::Values(
        Added{"revertive = 1",
              "9: process.redis.revertive = 1 is a number; write true or false, without quotation marks"},
        Added{"wait_to_restore = 5",
              "9: process.redis.wait_to_restore = 5 has no unit; write for example \"5s\""},
        Added{"wait_to_restore = \"25h\"",
              "9: process.redis.wait_to_restore = \"25h\" is out of range; write \"0s\" to \"24h\""},
        Added{"linger = 1.5", "9: process.redis.linger = 1.5 has no unit; write for example \"1s\""},
        Added{"on_no_link = \"drop\"",
              "9: process.redis.on_no_link = \"drop\" is not known; write \"wait\" or \"reset\""},
        Added{"give_up = \"0s\"",
              "9: process.redis.give_up = \"0s\" is out of range; write \"1ms\" to \"8760h\""},
        Added{"digest = \"no\"",
              "9: process.redis.digest = \"no\" is a string; write true or false, without quotation marks"},
        Added{"targget = \"h:1\"", "9: unknown key process.redis.targget; did you mean target?"}));

INSTANTIATE_TEST_SUITE_P(
    Health, AddedMistake,
    ::testing::Values(
        Added{"[health]\nwatchdog = \"10\"",
              "10: health.watchdog = \"10\" has no unit; write for example \"10ms\""},
        Added{"[health]\nwatchdog = 10", "10: health.watchdog = 10 has no unit; write for example \"10ms\""},
        Added{"[health]\nwatchdog = \"0ms\"",
              "10: health.watchdog = \"0ms\" is out of range; write \"1ms\" to \"10s\""},
        Added{"[health]\ninterval = \"9ms\"",
              "10: health.interval = \"9ms\" is out of range; write \"10ms\" to \"1h\""},
        Added{"[health]\nwatchdog = \"1s\"",
              "10: health.interval (1s) is not longer than health.watchdog (1s); write a longer interval or "
              "a shorter "
              "watchdog"},
        Added{"[health]\nidle_interval = \"10ms\"",
              "10: health.idle_interval (10ms) is not longer than health.watchdog (10ms); write a longer "
              "idle_interval "
              "or a shorter watchdog"},
        Added{"[health]\nidle_interval = false",
              "10: health.idle_interval = false is true or false; write for example \"10s\""},
        Added{"[health]\nmisses = 101", "10: health.misses = 101 is out of range; write 1 to 100"},
        Added{"[health]\nmisses = \"3\"",
              "10: health.misses = \"3\" is a string; write a whole number from 1 to 100"},
        Added{"[health]\ndigest = false",
              "10: unknown key health.digest; known here: interval, idle_interval, watchdog, misses, "
              "revertive, "
              "wait_to_restore, linger, on_no_link, give_up"}));

INSTANTIATE_TEST_SUITE_P(
    Memory, AddedMistake,
    ::testing::Values(
        Added{"[memory]\nstream = \"63KiB\"",
              "10: memory.stream = \"63KiB\" is out of range; write \"64KiB\" to \"1GiB\""},
        Added{"[memory]\nnode = 256", "10: memory.node = 256 has no unit; write for example \"256MiB\""},
        Added{"[memory]\nnode = \"4MB\"",
              "10: memory.node = \"4MB\" has the unknown unit \"MB\"; write a whole number and KiB, MiB or "
              "GiB, for "
              "example \"256MiB\""},
        Added{"[memory]\nnode = \"128KiB\"\n[peer.kobe]\nsecurity = \"plain\"\ncircuits = [ { name = \"a\", "
              "remote = "
              "\"b\" } ]",
              "10: memory.node (128KiB) leaves less than 128KiB to each of 2 peers; write at least "
              "\"256KiB\""}));

INSTANTIATE_TEST_SUITE_P(
    WholeSections, AddedMistake,
    ::testing::Values(
        Added{"[helth]", "9: unknown key helth; did you mean health?"},
        Added{"[[health]]", "9: health is an array; write [health]"},
        Added{"[peer]\nkobe = 1", "10: peer.kobe is not a table; write [peer.NAME]"},
        Added{"[process]\nweb = 1", "10: process.web is not a table; write [process.NAME]"},
        Added{"[peer.\"ko\\nbe\"]\nsecurity = \"plain\"\ncircuits = [ { name = \"a\", remote = \"b\" } ]",
              "9: peer.\"ko\\u000Abe\" does not name a peer; write 1 to 63 of A-Z a-z 0-9 . _ -"}));

INSTANTIATE_TEST_SUITE_P(
    TopLevel, OneLineMistake,
    ::testing::Values(OneLine{1, "node = \"tokyo\"\ndrain = 5",
                              "2: drain = 5 has no unit; write for example \"5s\""},
                      OneLine{1, "node = \"tokyo\"\ndrain = \"2h\"",
                              "2: drain = \"2h\" is out of range; write \"0s\" to \"1h\""},
                      OneLine{1, "node = \"tokyo\"\nhealth = 3", "2: health = 3 is a number; write [health]"},
                      OneLine{1, "node = \"tokyo\"\nname = 1979-05-27",
                              "2: unknown key name; known here: node, drain, realtime, busy_poll, health, "
                              "peer, memory, process"}));

std::string many_processes(int count) {
    std::string text = with_line(6, "[process.first]");
    for (int i = 0; i < count - 1; ++i) {
        text += fmt::format("[process.p{}]\npeer = \"osaka\"\ntarget = \"h:1\"\n", i);
    }
    return text;
}

TEST(ConfigMistakes, AThousandProcessesAreThePeersLimit) {
    EXPECT_THAT(mistakes_of(many_processes(1000)), IsEmpty());
    EXPECT_THAT(mistakes_of(many_processes(1001)),
                ElementsAre("2: peer.osaka has 1001 processes; at most 1000 are possible"));
}

std::string many_circuits(int count) {
    std::string circuits = "circuits = [ ";
    for (int i = 0; i < count; ++i) circuits += fmt::format("{{ name = \"c{}\", remote = \"h\" }}, ", i);
    return with_line(5, circuits + "]");
}

TEST(ConfigMistakes, ThreeThousandLinksAreThePeersLimit) {
    EXPECT_THAT(mistakes_of(many_circuits(3000)), IsEmpty());
    EXPECT_THAT(
        mistakes_of(many_circuits(3001)),
        ElementsAre(
            "2: peer.osaka has 3001 links; at most 3000 are possible: write fewer circuits, processes "
            "or rows"));
}

/// Three circuits and a thousand processes, all with names of this length.
std::string long_names(int size) {
    std::string circuits = "circuits = [ ";
    for (int i = 0; i < 3; ++i)
        circuits += fmt::format("{{ name = \"{:c>{}}\", remote = \"h\" }}, ", i, size);
    std::string text = fmt::format("node = \"n\"\n[peer.osaka]\nsecurity = \"plain\"\n{}]\n", circuits);
    for (int i = 0; i < 1000; ++i) {
        text += fmt::format("[process.{:p>{}}]\npeer = \"osaka\"\ntarget = \"h:1\"\n", i, size);
    }
    return text;
}

TEST(ConfigMistakes, TheTableMustFitIntoOneFrame) {
    EXPECT_THAT(mistakes_of(long_names(40)), IsEmpty());
    EXPECT_THAT(
        mistakes_of(long_names(63)),
        ElementsAre(AllOf(StartsWith("2: the table of peer.osaka takes "),
                          EndsWith("at most 524288 are possible: write shorter names or fewer links"))));
}

TEST(ConfigMistakes, AFileThatCannotBeReadHasNoLine) {
    const auto config = load_config("/no/such/file.toml");
    ASSERT_FALSE(config);
    ASSERT_THAT(config.error(), SizeIs(1));
    EXPECT_EQ(to_string(config.error()[0], "/no/such/file.toml"),
              "/no/such/file.toml: cannot be read: No such file or directory");
    const auto directory = load_config("/");
    ASSERT_FALSE(directory);
    EXPECT_EQ(to_string(directory.error().at(0), "/"), "/: cannot be read: Is a directory");
    const auto endless = load_config("/dev/zero");
    ASSERT_FALSE(endless);
    EXPECT_EQ(to_string(endless.error().at(0), "z"), "z: is no configuration: longer than 16MiB");
}

}  // namespace
}  // namespace warmspare::node::test
