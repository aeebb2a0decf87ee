// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// What goes over the control socket: JSON objects, one a line, each with the protocol's version. The page
// docs/control-protocol.md describes it for those who write a client.

#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "core/status.hpp"
#include "node/event_log.hpp"

namespace warmspare::node::control {

inline constexpr int version = 1;

/// The longest request line, its end included.
inline constexpr std::size_t max_request_bytes = std::size_t{64} << 10;

enum class Command { status, events };

struct Request {
    Command command = Command::status;
    /// events: whether to go on with those that are yet to come.
    bool follow = false;

    friend bool operator==(const Request&, const Request&) = default;
};

/// One request as a line with its end.
[[nodiscard]] std::string request_line(const Request& request);
/// The error is a sentence for whoever wrote the request.
[[nodiscard]] std::expected<Request, std::string> parse_request(std::string_view line);

// Replies: each is one line with its end.
[[nodiscard]] std::string status_line(const core::NodeStatus& status);
[[nodiscard]] std::string event_line(const LoggedEvent& logged);
[[nodiscard]] std::string end_line();
[[nodiscard]] std::string error_line(std::string_view message);

}  // namespace warmspare::node::control
