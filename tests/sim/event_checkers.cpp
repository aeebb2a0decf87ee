// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "sim/event_checkers.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace warmspare::sim {

using namespace std::chrono_literals;

// --- notices -----------------------------------------------------------------------------------------------

void NoticeChecker::handle_event(std::uint32_t host, const core::Event& event) {
    using enum core::EventKind;
    if (event.kind != switch_ && event.kind != restore && event.kind != resumed) return;
    auto& owed = owed_[{host, event.peer, event.process}];
    if (event.kind != resumed)
        ++owed;
    else if (--owed < 0)
        world_.journal().fail("notices", fmt::format("{}: process {} of {} resumed without a switch",
                                                     world_.host(host).name(), event.process, event.peer));
}

void NoticeChecker::handle_restart(std::uint32_t host) {
    std::erase_if(owed_, [host](const auto& entry) { return std::get<0>(entry.first) == host; });
}

std::optional<std::string> NoticeChecker::owed() const {
    for (const auto& [who, count] : owed_)
        if (count != 0)
            return fmt::format("node {} owes {} resumed for process {} of {}", std::get<0>(who), count,
                               std::get<2>(who), std::get<1>(who));
    return std::nullopt;
}

// --- honesty -----------------------------------------------------------------------------------------------

void HonestyChecker::handle_event(std::uint32_t host, const core::Event& event) {
    for (const auto* mistake : {"protocol error", "digest mismatch"})
        if (event.cause.find(mistake) != std::string::npos)
            world_.journal().fail(
                "honesty", fmt::format("{} of {}: {}", world_.host(host).name(), event.peer, event.cause));
}

// --- false alarms ------------------------------------------------------------------------------------------

void AlarmCounter::handle_event(std::uint32_t host, const core::Event& event) {
    if (event.kind != core::EventKind::link_down || event.cause != "watchdog expired") return;
    constexpr core::Duration long_enough = 5s;
    const auto& pairing = world_.pairings()[world_.pairing_of(host, event.peer)];
    const auto* link = pairing.find_link(event.link);
    if (link == nullptr) return;
    const auto quiet_since = std::max({link->path->clean_since, world_.host(pairing.dialer).steady_since(),
                                       world_.host(pairing.acceptor).steady_since()});
    if (quiet_since == core::never || quiet_since + long_enough > world_.scheduler().now()) return;
    ++false_alarms_;
    last_at_ = world_.scheduler().now();
    world_.journal().note("alarm", "false: link " + event.link);
}

}  // namespace warmspare::sim
