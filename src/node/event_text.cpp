// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "node/event_text.hpp"

#include <fmt/format.h>

#include <vector>

namespace warmspare::node {
namespace {

/// 10.0.0.1:80, [::1]:80; a port that is not known yet is a star.
std::string endpoint_text(const std::string& address, std::uint16_t port) {
    const std::string host = address.find(':') == std::string::npos ? address : '[' + address + ']';
    return host + ':' + (port == 0 ? "*" : std::to_string(port));
}

std::string milliseconds_text(core::Duration duration) {
    return fmt::format("{:.1f} ms", std::chrono::duration<double, std::milli>{duration}.count());
}

void add_names(std::vector<std::string>& parts, const core::Event& event) {
    if (!event.peer.empty()) parts.push_back("peer " + event.peer);
    if (!event.process.empty()) parts.push_back("process " + event.process);
    if (!event.link.empty()) parts.push_back("link " + event.link);
    if (!event.from.empty() || !event.to.empty()) {
        parts.push_back(fmt::format("{} -> {}", event.from.empty() ? "no link" : event.from,
                                    event.to.empty() ? "no link" : event.to));
    }
}

void add_numbers(std::vector<std::string>& parts, const core::Event& event) {
    if (event.stream) parts.push_back(fmt::format("stream {}", *event.stream));
    if (event.detect) parts.push_back("found in " + milliseconds_text(*event.detect));
    if (event.gap) parts.push_back("stood still for " + milliseconds_text(*event.gap));
    if (event.replayed_bytes) parts.push_back(fmt::format("{} bytes sent again", *event.replayed_bytes));
}

}  // namespace

std::string printable(std::string_view text) {
    std::string out;
    for (const char byte : text) {
        if (byte >= ' ' && byte <= '~') {
            out += byte;
        } else {
            out += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
        }
    }
    return out;
}

std::string details_text(const core::Event& event) {
    std::vector<std::string> parts;
    add_names(parts, event);
    if (event.endpoints) {
        const core::Endpoints& ends = *event.endpoints;
        parts.push_back(fmt::format("{} to {}", endpoint_text(ends.own_address, ends.own_port),
                                    endpoint_text(ends.peer_address, ends.peer_port)));
    }
    if (!event.cause.empty()) parts.push_back("cause: " + event.cause);
    add_numbers(parts, event);
    return printable(fmt::format("{}", fmt::join(parts, ", ")));
}

std::string event_text(const core::Event& event) {
    const std::string details = details_text(event);
    std::string line{to_string(event.kind)};
    if (!details.empty()) line += ": " + details;
    return line;
}

std::string event_text(std::string_view time, const core::Event& event) {
    return printable(time) + ' ' + event_text(event);
}

}  // namespace warmspare::node
