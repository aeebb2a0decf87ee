// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "node/json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "../support/worked_example.hpp"

namespace warmspare::node {
namespace {

using testing::HasSubstr;

LoggedEvent logged(core::Event event) {
    using namespace std::chrono;
    return {7, sys_days{2026y / January / 31} + 12h + 34min + 56s + 123456us, std::move(event)};
}

core::Event event_of(core::EventKind kind) {
    core::Event event;
    event.kind = kind;
    return event;
}

TEST(StatusJson, HasTheNamesThatScriptsRelyOn) {
    auto status = test::worked_example();
    status.peers[0].links.resize(1);
    status.peers[0].processes.resize(1);
    EXPECT_EQ(
        to_line(status_json(status)),
        R"({"node":"tokyo","version":")" WARMSPARE_VERSION
        R"(","scheduling":"realtime","late_ms":0.3,"peers":[{"name":"osaka","links":[)"
        R"({"name":"line:20-20","circuit":"line","own_address":"130.1.1.1","own_port":20,)"
        R"("peer_address":"130.1.1.2","peer_port":20,"priority":1,"condition":"ACT","in_use":true,)"
        R"("process":"A","test_in_flight":true,"rtt_ms":0.213,"detection_ms":15.3}],)"
        R"("processes":[{"id":"A","state":"dedicated","link":"line:20-20","streams":2,"free_spares":1}]}]})");
}

TEST(StatusJson, HasNullsWhereThereIsNothing) {
    const Json peer = status_json(test::worked_example())["peers"][0];
    EXPECT_TRUE(peer["links"][3]["process"].is_null());
    EXPECT_TRUE(peer["links"][3]["rtt_ms"].is_null());
    EXPECT_EQ(peer["links"][3]["condition"], "SBY");
    EXPECT_TRUE(peer["processes"][2]["link"].is_null());
    EXPECT_EQ(peer["processes"][2]["state"], "waiting");
}

TEST(StatusJson, HasEmptyListsForANodeWithoutAny) {
    EXPECT_EQ(status_json({"tokyo", {}})["peers"], Json::array());
    EXPECT_EQ(status_json({"tokyo", {{"osaka", {}, {}}}})["peers"][0]["links"], Json::array());
}

TEST(StatusJson, ReadsBackAsItWas) {
    const auto read = read_status(status_json(test::worked_example()));
    ASSERT_TRUE(read) << read.error();
    EXPECT_EQ(*read, test::worked_example());
}

TEST(StatusJson, WhatIsMissingOrOfAnotherTypeIsAnError) {
    Json json = status_json(test::worked_example());
    json["peers"][0]["links"][1].erase("priority");
    ASSERT_FALSE(read_status(json));
    EXPECT_THAT(read_status(json).error(), HasSubstr("priority"));

    json = status_json(test::worked_example());
    json["peers"][0]["links"][1]["condition"] = "MAYBE";
    ASSERT_FALSE(read_status(json));
    EXPECT_THAT(read_status(json).error(), HasSubstr("MAYBE"));

    EXPECT_FALSE(read_status(Json("text")));
    EXPECT_FALSE(read_status(Json(nullptr)));
}

TEST(EventJson, ASwitchIsTheWholeNotice) {
    EXPECT_EQ(to_line(event_json(logged(test::example_switch()))),
              R"({"time":"2026-01-31T12:34:56.123456Z","sequence":7,"event":"switch","peer":"osaka",)"
              R"("process":"C","from":"line:23-23","to":"line:162-162","own_address":"130.1.1.1",)"
              R"("own_port":162,"peer_address":"130.1.1.2","peer_port":162,"cause":"watchdog expired",)"
              R"("detect_ms":31.25})");
}

TEST(EventJson, ASwitchThatTheOtherNodeDecidedHasNoTimeButSaysSo) {
    auto event = test::example_switch();
    event.detect.reset();
    const Json json = event_json(logged(event));
    ASSERT_TRUE(json.contains("detect_ms"));
    EXPECT_TRUE(json["detect_ms"].is_null());
}

TEST(EventJson, ResumedAlwaysHasItsNumbers) {
    auto event = event_of(core::EventKind::resumed);
    EXPECT_EQ(event_json(logged(event))["gap_ms"], 0.0);
    EXPECT_EQ(event_json(logged(event))["replayed_bytes"], 0);
    event.gap = std::chrono::microseconds{41007};
    event.replayed_bytes = 65536;
    EXPECT_EQ(event_json(logged(event))["gap_ms"], 41.007);
    EXPECT_EQ(event_json(logged(event))["replayed_bytes"], 65536);
}

// A number that is cut to fit would be an invented one.
TEST(StatusJson, NumbersThatDoNotFitAreMistakes) {
    const auto with = [](const char* name, const Json& value) {
        Json json = status_json(test::worked_example());
        json["peers"][0]["links"][0][name] = value;
        return read_status(json).has_value();
    };
    EXPECT_TRUE(with("own_port", 65535));
    EXPECT_FALSE(with("own_port", 65536));
    EXPECT_FALSE(with("own_port", -1));
    EXPECT_FALSE(with("own_port", 1.5));
    EXPECT_FALSE(with("own_port", true));
    EXPECT_TRUE(with("priority", 4294967295U));
    EXPECT_FALSE(with("priority", 4294967296U));
    EXPECT_TRUE(with("rtt_ms", 9e12));
    EXPECT_FALSE(with("rtt_ms", 1e13));
    EXPECT_FALSE(with("rtt_ms", -1e300));
}

TEST(ParseLine, TakesWhatIsSaidHereAndNothingDeeper) {
    const std::string line = to_line(status_json(test::worked_example()));
    EXPECT_EQ(to_line(parse_line(line)), line);
    EXPECT_TRUE(parse_line("{").is_discarded());
    EXPECT_TRUE(parse_line("").is_discarded());
    EXPECT_FALSE(parse_line(std::string(16, '[') + std::string(16, ']')).is_discarded());
    EXPECT_TRUE(parse_line(std::string(18, '[') + std::string(18, ']')).is_discarded());
    EXPECT_TRUE(parse_line(std::string(1'000'000, '[') + std::string(1'000'000, ']')).is_discarded());
}

TEST(EventJson, LeavesOutWhatDoesNotApply) {
    auto event = event_of(core::EventKind::stream_open);
    event.stream = 12;
    EXPECT_EQ(to_line(event_json(logged(event))),
              R"({"time":"2026-01-31T12:34:56.123456Z","sequence":7,"event":"stream_open","stream":12})");
}

TEST(EventJson, EveryKindHasItsName) {
    using enum core::EventKind;
    const std::pair<core::EventKind, const char*> names[] = {
        {link_up, "link_up"},         {link_down, "link_down"},       {assign, "assign"},
        {switch_, "switch"},          {resumed, "resumed"},           {recovery, "recovery"},
        {restore, "restore"},         {release, "release"},           {no_link, "no_link"},
        {stream_open, "stream_open"}, {stream_close, "stream_close"}, {error, "error"},
    };
    for (const auto& [kind, name] : names) {
        const Json json = event_json(logged(event_of(kind)));
        EXPECT_EQ(json["event"], name);
        const auto read = read_event(json);
        ASSERT_TRUE(read) << read.error();
        EXPECT_EQ(read->event.kind, kind);
    }
}

TEST(EventJson, ReadsBackAsItWas) {
    auto event = test::example_switch();
    event.link = "x";
    event.gap = std::chrono::microseconds{41007};
    event.replayed_bytes = 5;
    event.stream = 6;
    const Json json = event_json(logged(event));
    const auto read = read_event(json);
    ASSERT_TRUE(read) << read.error();
    EXPECT_EQ(read->time, "2026-01-31T12:34:56.123456Z");
    EXPECT_EQ(event_json(logged(read->event)), json);
    EXPECT_EQ(read->event.detect, event.detect);
    EXPECT_FALSE(read_event(Json::object()));
}

TEST(EventJson, BytesFromElsewhereCannotBreakALineNorReachATerminal) {
    auto event = event_of(core::EventKind::error);
    event.cause = "peer said \x1b[2J\n\xff\xc2\x9b";
    const std::string line = to_line(event_json(logged(event)));
    for (const char byte : line) EXPECT_TRUE(byte >= ' ' && byte <= '~') << int{byte};
    EXPECT_THAT(line, HasSubstr(R"(\u001b[2J\n\ufffd\u009b)"));
}

}  // namespace
}  // namespace warmspare::node
