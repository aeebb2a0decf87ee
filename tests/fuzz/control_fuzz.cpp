// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Both ends of the control socket: whatever line the daemon is asked, it answers with one line of plain text;
// whatever line a client is answered, it shows something that no terminal takes for a command. What either
// understands, it says again in words that it understands as the same.
//
// Input: one line.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "cli/control_client.hpp"
#include "cli/status_text.hpp"
#include "node/control_protocol.hpp"
#include "node/event_text.hpp"
#include "node/json.hpp"
#include "program.hpp"

namespace warmspare::fuzz {
namespace {

bool plain(char byte) {
    return byte >= ' ' && byte <= '~';
}

void check_one_line(std::string_view line) {
    check(!line.empty() && line.back() == '\n' &&
          std::ranges::all_of(line.substr(0, line.size() - 1), plain));
}

void ask(std::string_view line) {
    const auto request = node::control::parse_request(line);
    if (request)
        check(node::control::parse_request(node::control::request_line(*request)) == *request);
    else
        check_one_line(node::control::error_line(request.error()));
}

void show_status(const node::Json& json) {
    const auto status = node::read_status(json);
    if (!status) return;
    static_cast<void>(cli::status_text(*status, true));
    // Times are said in microseconds, so the second time is the one to compare with.
    const auto again = node::read_status(node::status_json(*status));
    check(again.has_value());
    check(node::read_status(node::status_json(*again)) == *again);
    check_one_line(node::control::status_line(*again));
}

void show_event(const node::Json& json) {
    check_one_line(node::to_line(json) + '\n');
    const auto read = node::read_event(json);
    if (!read) return;
    check(std::ranges::all_of(node::event_text(read->time, read->event), plain));
    node::LoggedEvent logged;
    logged.event = read->event;
    const auto again = node::read_event(node::event_json(logged));
    check(again && again->event.kind == read->event.kind);
    check_one_line(node::control::event_line(logged));
}

void answer(std::string_view line) {
    const auto reply = cli::read_reply(line, "socket");
    if (!reply) return;
    if (const auto status = reply->find("status"); status != reply->end()) show_status(*status);
    if (const auto event = reply->find("event"); event != reply->end()) show_event(*event);
}

}  // namespace
}  // namespace warmspare::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string line{reinterpret_cast<const char*>(data), size};
    warmspare::fuzz::ask(line);
    warmspare::fuzz::answer(line);
    return 0;
}
