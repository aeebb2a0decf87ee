// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// A right configuration to start from, and what reading a text gave, in a form that tests can compare.

#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "node/config.hpp"

namespace warmspare::node::test {

/// Lines 1 to 8 of a file without mistakes; what a test adds begins at line 9.
inline const std::string right =
    "node = \"tokyo\"\n"
    "[peer.osaka]\n"
    "dial = true\n"
    "security = \"plain\"\n"
    "circuits = [ { name = \"fiber\", remote = \"10.0.1.2\" }, { name = \"lte\", remote = \"10.0.2.2\" } ]\n"
    "[process.redis]\n"
    "peer = \"osaka\"\n"
    "listen = \"127.0.0.1:6380\"\n";

/// `right` with another line `number`, counted from 1.
inline std::string with_line(int number, std::string_view line) {
    std::string text = right;
    std::size_t begin = 0;
    for (int i = 1; i < number; ++i) begin = text.find('\n', begin) + 1;
    return text.replace(begin, text.find('\n', begin) - begin, line);
}

/// "LINE: message" of each mistake; empty if there was none.
inline std::vector<std::string> mistakes_of(std::string_view text) {
    std::vector<std::string> result;
    const auto config = parse_config(text);
    if (config) return result;
    for (const Mistake& one : config.error()) result.push_back(fmt::format("{}: {}", one.line, one.message));
    return result;
}

/// The value of a text that must be right.
inline Config config_of(std::string_view text) {
    auto config = parse_config(text);
    for (const std::string& mistake : mistakes_of(text)) ADD_FAILURE() << mistake;
    return config.value_or(Config{});
}

/// "NAME CIRCUIT PRIORITY OWNPORT PEERPORT PROCESS" of each row of a peer.
inline std::vector<std::string> rows_of(const Peer& peer) {
    std::vector<std::string> result;
    for (const core::LinkConfig& link : peer.table.links) {
        result.push_back(fmt::format("{} {} {} {} {} {}", link.name, link.circuit, link.priority,
                                     link.own_port, link.peer_port,
                                     link.process.empty() ? "-" : link.process));
    }
    return result;
}

}  // namespace warmspare::node::test
