// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "node/control_protocol.hpp"

#include <nlohmann/json.hpp>

#include "node/json.hpp"

namespace warmspare::node::control {
namespace {

std::string reply(const char* name, Json value) {
    Json json = Json::object();
    json["version"] = version;
    json[name] = std::move(value);
    return to_line(json) + '\n';
}

bool speaks_this_version(const Json& request) {
    const auto found = request.find("version");
    return found != request.end() && found->is_number_integer() && *found == version;
}

}  // namespace

std::string request_line(const Request& request) {
    Json json = Json::object();
    json["version"] = version;
    json["command"] = request.command == Command::status ? "status" : "events";
    if (request.follow) json["follow"] = true;
    return to_line(json) + '\n';
}

std::expected<Request, std::string> parse_request(std::string_view line) {
    const Json json = parse_line(line);
    if (!json.is_object()) return std::unexpected{"a request is a JSON object on one line"};
    if (!speaks_this_version(json)) return std::unexpected{"only version 1 is spoken here: \"version\": 1"};
    const Json command = json.value("command", Json{});
    const Json follow = json.value("follow", Json(false));
    if (!follow.is_boolean()) return std::unexpected{"\"follow\" is true or false"};
    if (command == "status") return Request{Command::status, false};
    if (command == "events") return Request{Command::events, follow.get<bool>()};
    return std::unexpected{"\"command\" is \"status\" or \"events\""};
}

std::string status_line(const core::NodeStatus& status) {
    return reply("status", status_json(status));
}

std::string event_line(const LoggedEvent& logged) {
    return reply("event", event_json(logged));
}

std::string end_line() {
    return reply("end", true);
}

std::string error_line(std::string_view message) {
    return reply("error", message);
}

}  // namespace warmspare::node::control
