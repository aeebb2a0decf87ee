// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "node/control_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <vector>

#include "../support/control_fixture.hpp"
#include "node/control_protocol.hpp"

namespace warmspare::node {
namespace {

using control::Command;
using control::request_line;
using test::LineClient;
using testing::HasSubstr;
using testing::Optional;
using testing::StartsWith;

using ControlServerTest = test::ControlFixture;

const std::string ask_status = request_line({Command::status, false});
const std::string ask_events = request_line({Command::events, false});
const std::string ask_follow = request_line({Command::events, true});

std::string without_end(std::string line) {
    line.pop_back();
    return line;
}

std::vector<std::string> all_lines(LineClient& client) {
    std::vector<std::string> lines;
    while (auto line = client.line()) lines.push_back(std::move(*line));
    return lines;
}

TEST_F(ControlServerTest, AnswersWithTheStatusOfThisMoment) {
    start();
    LineClient client{path_};
    client.send(ask_status);
    EXPECT_EQ(client.line(), without_end(control::status_line(test::worked_example())));
    on_loop([this] { status_.node = "kyoto"; });
    client.send(ask_status);
    EXPECT_THAT(client.line(), Optional(HasSubstr("\"kyoto\"")));
}

TEST_F(ControlServerTest, AnswersRequestsThatComeInPiecesOrTogether) {
    start();
    LineClient client{path_};
    for (const char byte : ask_status) client.send(std::string(1, byte));
    EXPECT_THAT(client.line(), Optional(HasSubstr("\"status\"")));
    client.send(ask_status + ask_events + ask_status);
    client.end_input();
    const auto lines = all_lines(client);
    ASSERT_EQ(lines.size(), 3U);
    EXPECT_THAT(lines[0], HasSubstr("\"status\""));
    EXPECT_EQ(lines[1] + '\n', control::end_line());
    EXPECT_THAT(lines[2], HasSubstr("\"status\""));
}

TEST_F(ControlServerTest, GivesTheEventsOfTheLogAndSaysWhereTheyEnd) {
    for (int i = 0; i < 5000; ++i) append(error_event("cause " + std::to_string(i)));
    start();
    LineClient client{path_};
    client.send(ask_events);
    for (int i = 5000 - 4096; i < 5000; ++i) {
        ASSERT_THAT(client.line(), Optional(HasSubstr("\"cause " + std::to_string(i) + "\""))) << i;
    }
    EXPECT_EQ(client.line(), without_end(control::end_line()));
    client.send(ask_status);
    EXPECT_THAT(client.line(), Optional(HasSubstr("\"status\"")));
}

TEST_F(ControlServerTest, AFollowerGetsThePastAndThenWhatComes) {
    append(error_event("before"));
    start();
    LineClient client{path_};
    client.send(ask_follow);
    EXPECT_THAT(client.line(), Optional(HasSubstr("\"before\"")));
    for (const char* cause : {"first", "second"}) {
        on_loop([&] { append(error_event(cause)); });
        EXPECT_THAT(client.line(), Optional(HasSubstr(cause)));
    }
}

TEST_F(ControlServerTest, AFollowerThatGoesAwayIsForgotten) {
    append(error_event("before"));
    start();
    {
        LineClient client{path_};
        client.send(ask_follow);
        EXPECT_THAT(client.line(), Optional(HasSubstr("\"before\"")));
    }
    LineClient other{path_};
    std::size_t clients = 2;
    while (clients > 1) {
        // The answer also says that the server's loop went round and looked at all its sockets.
        other.send(ask_status);
        ASSERT_TRUE(other.line());
        on_loop([&] { clients = server_->client_count(); });
    }
    EXPECT_EQ(clients, 1U);
}

TEST_F(ControlServerTest, AFollowerThatEndsItsInputGetsWhatThereIs) {
    for (int i = 0; i < 4096; ++i) append(error_event("x"));
    start();
    LineClient client{path_};
    client.send(ask_follow);
    client.end_input();
    EXPECT_EQ(all_lines(client).size(), 4096U);
}

TEST_F(ControlServerTest, AFollowerThatDoesNotReadIsDroppedAndToldSo) {
    ControlLimits limits;
    limits.waiting_events = 50;
    start(limits);
    LineClient deaf{path_};
    deaf.send(ask_follow);
    LineClient other{path_};
    // Far more than the kernel keeps for a socket. The other client is served all the time.
    constexpr std::size_t events = 4000;
    for (std::size_t i = 0; i < events; i += 40) {
        on_loop([&] {
            for (int k = 0; k < 40; ++k) append(error_event(std::string(2000, 'x')));
        });
        other.send(ask_status);
        ASSERT_THAT(other.line(), Optional(HasSubstr("\"status\"")));
    }
    const auto lines = all_lines(deaf);
    ASSERT_FALSE(lines.empty());
    EXPECT_LT(lines.size(), events);
    EXPECT_THAT(lines.back(), StartsWith(R"({"version":1,"error":"dropped: )"));
}

TEST_F(ControlServerTest, WrongRequestsAreAnsweredAndEndTheConnection) {
    start();
    for (const char* wrong : {"hello\n", "\n", "{\"version\":2}\n", "{\"version\":1,\"command\":\"x\"}\n"}) {
        LineClient client{path_};
        client.send(wrong);
        EXPECT_THAT(client.line(), Optional(StartsWith(R"({"version":1,"error":")"))) << wrong;
        EXPECT_EQ(client.line(), std::nullopt);
    }
}

TEST_F(ControlServerTest, ARequestWithoutAnEndIsNotReadForEver) {
    start();
    LineClient client{path_};
    client.send(std::string(1 << 20, 'x'));
    EXPECT_THAT(client.line(), Optional(HasSubstr("at most 65536 bytes")));
    EXPECT_EQ(client.line(), std::nullopt);
}

TEST_F(ControlServerTest, ARequestThatEndsInTheMiddleIsForgotten) {
    start();
    LineClient client{path_};
    client.send("{\"version\":1");
    client.end_input();
    EXPECT_EQ(client.line(), std::nullopt);
}

TEST_F(ControlServerTest, AClientTooManyIsToldSo) {
    ControlLimits limits;
    limits.clients = 2;
    start(limits);
    LineClient first{path_};
    LineClient second{path_};
    for (LineClient* client : {&first, &second}) {
        client->send(ask_status);
        ASSERT_TRUE(client->line());
    }
    LineClient third{path_};
    EXPECT_THAT(third.line(), Optional(HasSubstr("too many clients")));
    EXPECT_EQ(third.line(), std::nullopt);
    first.send(ask_status);
    EXPECT_TRUE(first.line());
}

TEST_F(ControlServerTest, OneThatIsStuckMakesRoomForOneThatAsks) {
    ControlLimits limits;
    limits.clients = 2;
    start(limits);
    LineClient silent{path_};
    LineClient asking{path_};
    asking.send(ask_status);
    ASSERT_TRUE(asking.line());
    LineClient third{path_};
    third.send(ask_status);
    EXPECT_THAT(third.line(), Optional(HasSubstr("\"status\"")));
    EXPECT_EQ(silent.line(), std::nullopt);
    asking.send(ask_status);
    EXPECT_TRUE(asking.line());
}

TEST_F(ControlServerTest, TheSocketIsItsOwnersAlone) {
    start();
    struct stat found{};
    ASSERT_EQ(::lstat(path_.c_str(), &found), 0);
    EXPECT_EQ(found.st_mode, S_IFSOCK | 0600U);
}

TEST_F(ControlServerTest, ASecondInstanceIsRefusedAndTheFirstGoesOn) {
    start();
    boost::asio::io_context context;
    EventLog log;
    const auto second = ControlServer::open(context, path_, [] { return core::NodeStatus{}; }, log);
    ASSERT_FALSE(second);
    EXPECT_THAT(second.error(), HasSubstr(path_.string() + ": another program answers there"));
    LineClient client{path_};
    client.send(ask_status);
    EXPECT_TRUE(client.line());
}

TEST_F(ControlServerTest, TheEndGivesFollowersTheLastEventsAndRemovesTheSocket) {
    append(error_event("before"));
    start();
    LineClient client{path_};
    client.send(ask_follow);
    ASSERT_TRUE(client.line());
    on_loop([this] {
        append(error_event("last words"));
        server_.reset();
    });
    EXPECT_THAT(client.line(), Optional(HasSubstr("last words")));
    EXPECT_EQ(client.line(), std::nullopt);
    EXPECT_FALSE(std::filesystem::exists(path_));
    EXPECT_FALSE(LineClient{path_}.connected());
}

}  // namespace
}  // namespace warmspare::node
