// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "node/json.hpp"

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "node/rfc3339.hpp"

namespace warmspare::node {
namespace {

/// Milliseconds with three decimals: nobody reads nanoseconds, and a short number stays short.
double milliseconds(core::Duration duration) {
    return std::round(std::chrono::duration<double, std::micro>{duration}.count()) / 1000.0;
}

template <class T>
Json or_null(const std::optional<T>& value) {
    return value ? Json(*value) : Json(nullptr);
}

Json or_null(const std::optional<core::Duration>& value) {
    return value ? Json(milliseconds(*value)) : Json(nullptr);
}

void add_endpoints(Json& json, const core::Endpoints& endpoints) {
    json["own_address"] = endpoints.own_address;
    json["own_port"] = endpoints.own_port;
    json["peer_address"] = endpoints.peer_address;
    json["peer_port"] = endpoints.peer_port;
}

Json link_json(const core::LinkStatus& link) {
    Json json = Json::object();
    json["name"] = link.name;
    json["circuit"] = link.circuit;
    add_endpoints(json, link.endpoints);
    json["priority"] = link.priority;
    json["condition"] = to_string(link.condition);
    json["in_use"] = link.in_use;
    json["process"] = or_null(link.process);
    json["test_in_flight"] = link.test_in_flight;
    json["rtt_ms"] = or_null(link.round_trip);
    json["detection_ms"] = or_null(link.detection);
    return json;
}

Json process_json(const core::ProcessStatus& process) {
    Json json = Json::object();
    json["id"] = process.id;
    json["state"] = to_string(process.state);
    json["link"] = or_null(process.link);
    json["streams"] = process.streams;
    json["free_spares"] = process.free_spares;
    return json;
}

Json peer_json(const core::PeerStatus& peer) {
    Json json = Json::object();
    json["name"] = peer.name;
    json["links"] = Json::array();
    for (const auto& link : peer.links) json["links"].push_back(link_json(link));
    json["processes"] = Json::array();
    for (const auto& process : peer.processes) json["processes"].push_back(process_json(process));
    return json;
}

void add_text(Json& json, const char* name, const std::string& text) {
    if (!text.empty()) json[name] = text;
}

/// What belongs to a kind is always there, and the rest only if it was given.
void add_numbers(Json& json, const core::Event& event) {
    const bool resumed = event.kind == core::EventKind::resumed;
    if (event.detect || event.kind == core::EventKind::switch_) json["detect_ms"] = or_null(event.detect);
    if (event.gap || resumed) json["gap_ms"] = milliseconds(event.gap.value_or(core::Duration::zero()));
    if (event.replayed_bytes || resumed) json["replayed_bytes"] = event.replayed_bytes.value_or(0);
    if (event.stream) json["stream"] = *event.stream;
}

}  // namespace

Json status_json(const core::NodeStatus& status) {
    Json json = Json::object();
    json["node"] = status.node;
    json["version"] = WARMSPARE_VERSION;
    json["scheduling"] = status.scheduling;
    json["late_ms"] = milliseconds(status.late);
    json["peers"] = Json::array();
    for (const auto& peer : status.peers) json["peers"].push_back(peer_json(peer));
    return json;
}

Json event_json(const LoggedEvent& logged) {
    const core::Event& event = logged.event;
    Json json = Json::object();
    json["time"] = rfc3339(logged.time);
    json["sequence"] = logged.sequence;
    json["event"] = to_string(event.kind);
    add_text(json, "peer", event.peer);
    add_text(json, "process", event.process);
    add_text(json, "link", event.link);
    add_text(json, "from", event.from);
    add_text(json, "to", event.to);
    if (event.endpoints) add_endpoints(json, *event.endpoints);
    add_text(json, "cause", event.cause);
    add_numbers(json, event);
    return json;
}

std::string to_line(const Json& json) {
    constexpr int no_indent = -1;
    constexpr bool ascii_only = true;
    return json.dump(no_indent, ' ', ascii_only, Json::error_handler_t::replace);
}

}  // namespace warmspare::node
