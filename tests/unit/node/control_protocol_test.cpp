// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "node/control_protocol.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace warmspare::node::control {
namespace {

TEST(ControlProtocol, RequestsReadBackAsTheyWere) {
    for (const Request& request :
         {Request{Command::status, false}, Request{Command::events, false}, Request{Command::events, true}}) {
        EXPECT_EQ(parse_request(request_line(request)), request);
    }
    EXPECT_EQ(request_line({Command::events, true}),
              "{\"version\":1,\"command\":\"events\",\"follow\":true}\n");
}

TEST(ControlProtocol, NamesThatAreNotKnownArePassedOver) {
    EXPECT_EQ(parse_request(R"({"version":1,"command":"status","colour":"green"})"), Request{});
}

TEST(ControlProtocol, WrongRequestsAreToldWhatWouldBeRight) {
    const std::pair<const char*, const char*> wrong[] = {
        {"", "a JSON object"},
        {"status", "a JSON object"},
        {"[1]", "a JSON object"},
        {R"({"version":1,"command":"status"} trailing)", "a JSON object"},
        {R"({"command":"status"})", "version 1"},
        {R"({"version":2,"command":"status"})", "version 1"},
        {R"({"version":"1","command":"status"})", "version 1"},
        {R"({"version":1})", "\"command\""},
        {R"({"version":1,"command":7})", "\"command\""},
        {R"({"version":1,"command":"reboot"})", "\"command\""},
        {R"({"version":1,"command":"events","follow":"yes"})", "\"follow\""},
    };
    for (const auto& [line, right] : wrong) {
        const auto request = parse_request(line);
        ASSERT_FALSE(request) << line;
        EXPECT_THAT(request.error(), testing::HasSubstr(right)) << line;
    }
}

TEST(ControlProtocol, DeepNestingIsOnlyAWrongRequest) {
    EXPECT_FALSE(parse_request(std::string(60000, '[')));
    const auto nested = std::string(30000, '[') + std::string(30000, ']');
    EXPECT_FALSE(parse_request(nested));
    for (const auto* name : {"command", "follow", "version", "other"})
        EXPECT_FALSE(
            parse_request(fmt::format(R"({{"version":1,"command":"status","{}":{}}})", name, nested)));
}

TEST(ControlProtocol, RepliesCarryTheVersionAndEndTheirLine) {
    EXPECT_EQ(end_line(), "{\"version\":1,\"end\":true}\n");
    EXPECT_EQ(error_line("no \"such\"\nthing"), "{\"version\":1,\"error\":\"no \\\"such\\\"\\nthing\"}\n");
    EXPECT_THAT(status_line({"tokyo", {}}), testing::StartsWith(R"({"version":1,"status":{"node":"tokyo")"));
    EXPECT_THAT(event_line({}), testing::StartsWith(R"({"version":1,"event":{"time":")"));
}

}  // namespace
}  // namespace warmspare::node::control
