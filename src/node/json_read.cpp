// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// JSON back to status and events, for a program that shows them. What is missing or of another type is an
// error and not a default: a table with invented cells would be worse than none.

#include <array>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>

#include "node/json.hpp"

namespace warmspare::node {
namespace {

constexpr int deepest = 16;

/// The library would cut a number to the size of T.
template <std::unsigned_integral T>
T number(const Json& json) {
    const bool negative =
        json.is_number_integer() && !json.is_number_unsigned() && json.get<std::int64_t>() < 0;
    if (!json.is_number_integer() || negative || json.get<std::uint64_t>() > std::numeric_limits<T>::max())
        throw std::out_of_range{"a number is not within its limits"};
    return json.get<T>();
}

core::Duration from_milliseconds(double value) {
    constexpr double longest = 9.2e12;
    if (!(std::abs(value) <= longest)) throw std::out_of_range{"a time is not within its limits"};
    return core::Duration{std::llround(value * 1e6)};
}

template <class T>
std::optional<T> optional_value(const Json& json, const char* name) {
    const auto found = json.find(name);
    if (found == json.end() || found->is_null()) return std::nullopt;
    if constexpr (std::unsigned_integral<T>)
        return number<T>(*found);
    else
        return found->get<T>();
}

std::optional<core::Duration> optional_duration(const Json& json, const char* name) {
    return optional_value<double>(json, name).transform(from_milliseconds);
}

std::string text_or_empty(const Json& json, const char* name) {
    return optional_value<std::string>(json, name).value_or("");
}

core::Endpoints endpoints(const Json& json) {
    return {json.at("own_address"), number<std::uint16_t>(json.at("own_port")), json.at("peer_address"),
            number<std::uint16_t>(json.at("peer_port"))};
}

/// The value among `values` that to_string calls `text`.
template <class Values>
auto named(const Values& values, const std::string& text) {
    for (const auto value : values) {
        if (to_string(value) == text) return value;
    }
    throw std::invalid_argument{"unknown word \"" + text + '"'};
}

core::Condition condition(const std::string& text) {
    return named(std::array{core::Condition::act, core::Condition::sby}, text);
}

core::ProcessState process_state(const std::string& text) {
    using enum core::ProcessState;
    return named(std::array{idle, dedicated, spare, waiting}, text);
}

core::EventKind event_kind(const std::string& text) {
    using enum core::EventKind;
    return named(std::array{link_up, link_down, assign, switch_, resumed, recovery, restore, release, no_link,
                            stream_open, stream_close, error},
                 text);
}

core::LinkStatus link_status(const Json& json) {
    core::LinkStatus link;
    link.name = json.at("name");
    link.circuit = json.at("circuit");
    link.endpoints = endpoints(json);
    link.priority = number<std::uint32_t>(json.at("priority"));
    link.condition = condition(json.at("condition"));
    link.in_use = json.at("in_use");
    link.process = optional_value<std::string>(json, "process");
    link.test_in_flight = json.at("test_in_flight");
    link.round_trip = optional_duration(json, "rtt_ms");
    link.detection = optional_duration(json, "detection_ms");
    return link;
}

core::ProcessStatus process_status(const Json& json) {
    core::ProcessStatus process;
    process.id = json.at("id");
    process.state = process_state(json.at("state"));
    process.link = optional_value<std::string>(json, "link");
    process.streams = number<std::uint64_t>(json.at("streams"));
    process.free_spares = number<std::uint64_t>(json.at("free_spares"));
    return process;
}

core::PeerStatus peer_status(const Json& json) {
    core::PeerStatus peer;
    peer.name = json.at("name");
    for (const auto& link : json.at("links")) peer.links.push_back(link_status(link));
    for (const auto& process : json.at("processes")) peer.processes.push_back(process_status(process));
    return peer;
}

core::NodeStatus node_status(const Json& json) {
    core::NodeStatus status;
    status.node = json.at("node");
    status.late = optional_duration(json, "late_ms").value_or(core::Duration::zero());
    status.scheduling = text_or_empty(json, "scheduling");
    for (const auto& peer : json.at("peers")) status.peers.push_back(peer_status(peer));
    return status;
}

ReadEvent event_and_time(const Json& json) {
    ReadEvent read{json.at("time"), {}};
    core::Event& event = read.event;
    event.kind = event_kind(json.at("event"));
    event.peer = text_or_empty(json, "peer");
    event.process = text_or_empty(json, "process");
    event.link = text_or_empty(json, "link");
    event.cause = text_or_empty(json, "cause");
    event.from = text_or_empty(json, "from");
    event.to = text_or_empty(json, "to");
    if (json.contains("own_address")) event.endpoints = endpoints(json);
    event.detect = optional_duration(json, "detect_ms");
    event.gap = optional_duration(json, "gap_ms");
    event.replayed_bytes = optional_value<std::uint64_t>(json, "replayed_bytes");
    event.stream = optional_value<std::uint64_t>(json, "stream");
    return read;
}

/// The library below reports with exceptions; they end here.
template <class Read>
auto without_exceptions(Read read, const Json& json) -> std::expected<decltype(read(json)), std::string> {
    try {
        return read(json);
    } catch (const std::exception& error) {
        return std::unexpected{std::string{error.what()}};
    }
}

}  // namespace

Json parse_line(std::string_view line) {
    bool too_deep = false;
    const auto shallow = [&](int depth, Json::parse_event_t, const Json&) {
        too_deep = too_deep || depth > deepest;
        return !too_deep;
    };
    auto json = Json::parse(line, shallow, false);
    return too_deep ? Json(Json::value_t::discarded) : json;
}

std::expected<core::NodeStatus, std::string> read_status(const Json& json) {
    return without_exceptions(node_status, json);
}

std::expected<ReadEvent, std::string> read_event(const Json& json) {
    return without_exceptions(event_and_time, json);
}

}  // namespace warmspare::node
