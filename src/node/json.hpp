// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Status and events as JSON. The names are a contract with whoever reads `warmspare status --json` and
// `warmspare events --json` (docs/control-protocol.md): names may be added, never changed.

#pragma once

#include <expected>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "core/event.hpp"
#include "core/status.hpp"
#include "node/event_log.hpp"

namespace warmspare::node {

/// Keeps its keys in the order in which they were added, so that people can read it.
using Json = nlohmann::ordered_json;

[[nodiscard]] Json status_json(const core::NodeStatus& status);
/// Fields that do not apply to the event are left out.
[[nodiscard]] Json event_json(const LoggedEvent& logged);

/// One line without its end, in ASCII: causes may carry bytes that a peer sent, and none of them may reach
/// a terminal or break a parser. Bytes that are not UTF-8 are replaced.
[[nodiscard]] std::string to_line(const Json& json);

/// The reverse of to_line. Discarded (is_discarded()) if it is no JSON, or is nested deeper than anything
/// that is said here: the library works through a value by recursion, and a line of brackets would end the
/// program.
[[nodiscard]] Json parse_line(std::string_view line);

/// An event as it is read back. `time` stays text.
struct ReadEvent {
    std::string time;
    core::Event event;
};

/// The reverse of status_json; names it does not know are passed over. The error says what is wrong.
[[nodiscard]] std::expected<core::NodeStatus, std::string> read_status(const Json& json);
/// The reverse of event_json, except for Event::at, which has no place there.
[[nodiscard]] std::expected<ReadEvent, std::string> read_event(const Json& json);

}  // namespace warmspare::node
