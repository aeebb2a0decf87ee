// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// The table that the founding system is explained with: process C's link 23 has just failed, 161 ranks first
// but is SBY.

#pragma once

#include "core/event.hpp"
#include "core/status.hpp"

namespace warmspare::test {

inline core::LinkStatus example_link(std::uint16_t port, std::uint32_t priority, core::Condition condition,
                                     bool in_use, std::optional<std::string> process, bool in_flight) {
    core::LinkStatus link;
    link.name = "line:" + std::to_string(port) + '-' + std::to_string(port);
    link.circuit = "line";
    link.endpoints = {"130.1.1.1", port, "130.1.1.2", port};
    link.priority = priority;
    link.condition = condition;
    link.in_use = in_use;
    link.process = std::move(process);
    link.test_in_flight = in_flight;
    return link;
}

inline core::NodeStatus worked_example() {
    using enum core::Condition;
    using enum core::ProcessState;
    core::PeerStatus peer;
    peer.name = "osaka";
    peer.links = {example_link(20, 1, act, true, "A", true), example_link(21, 1, act, false, "B", false),
                  example_link(23, 1, sby, true, "C", true), example_link(161, 2, sby, false, {}, false),
                  example_link(162, 3, act, false, {}, false)};
    peer.links[0].round_trip = std::chrono::microseconds{213};
    peer.links[4].round_trip = std::chrono::microseconds{12345};
    peer.links[0].detection = std::chrono::microseconds{15'300};
    peer.links[4].detection = std::chrono::microseconds{21'000};
    peer.processes = {{"A", dedicated, "line:20-20", 2, 1}, {"B", idle, {}, 0, 1}, {"C", waiting, {}, 1, 1}};
    return {"tokyo", {peer}, std::chrono::microseconds{300}, "realtime"};
}

inline core::Event example_switch() {
    core::Event event;
    event.kind = core::EventKind::switch_;
    event.peer = "osaka";
    event.process = "C";
    event.cause = "watchdog expired";
    event.from = "line:23-23";
    event.to = "line:162-162";
    event.endpoints = core::Endpoints{"130.1.1.1", 162, "130.1.1.2", 162};
    event.detect = std::chrono::microseconds{31250};
    return event;
}

}  // namespace warmspare::test
