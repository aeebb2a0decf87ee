// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "cli/status_text.hpp"

#include <fmt/format.h>

#include "cli/table.hpp"

namespace warmspare::cli {
namespace {

Cell condition_cell(core::Condition condition) {
    const bool act = condition == core::Condition::act;
    return {std::string{to_string(condition)}, act ? Style::good : Style::bad};
}

Cell in_use_cell(bool in_use) {
    return in_use ? Cell{"Y", Style::strong} : Cell{"N"};
}

double milliseconds(core::Duration duration) {
    return std::chrono::duration<double, std::milli>{duration}.count();
}

std::string round_trip_text(const std::optional<core::Duration>& round_trip) {
    return round_trip ? fmt::format("{:.3f} ms", milliseconds(*round_trip)) : "";
}

std::string detection_text(const std::optional<core::Duration>& detection) {
    return detection ? fmt::format("{:.1f} ms", milliseconds(*detection)) : "";
}

std::string links_text(const std::vector<core::LinkStatus>& links, bool colour) {
    Table table{{{"own port", Align::right},
                 {"priority", Align::right},
                 {"peer port", Align::right},
                 {"condition"},
                 {"in use"},
                 {"process"},
                 {"in flight"},
                 {"link"},
                 {"rtt", Align::right},
                 {"detection", Align::right}}};
    for (const auto& link : links) {
        table.add_row({{std::to_string(link.endpoints.own_port)},
                       {std::to_string(link.priority)},
                       {std::to_string(link.endpoints.peer_port)},
                       condition_cell(link.condition),
                       in_use_cell(link.in_use),
                       {link.process.value_or("")},
                       {link.test_in_flight ? "Y" : ""},
                       {link.name},
                       {round_trip_text(link.round_trip)},
                       {detection_text(link.detection)}});
    }
    return table.render(colour);
}

Cell state_cell(core::ProcessState state) {
    return {std::string{to_string(state)}, state == core::ProcessState::waiting ? Style::bad : Style::plain};
}

std::string processes_text(const std::vector<core::ProcessStatus>& processes, bool colour) {
    Table table{{{"process"}, {"state"}, {"link"}, {"streams", Align::right}, {"free spares", Align::right}}};
    for (const auto& process : processes) {
        table.add_row({{process.id},
                       state_cell(process.state),
                       {process.link.value_or("")},
                       {std::to_string(process.streams)},
                       {std::to_string(process.free_spares)}});
    }
    return table.render(colour);
}

}  // namespace

std::string status_text(const core::NodeStatus& status, bool colour) {
    std::string out = fmt::format("node {}\n", status.node);
    if (!status.scheduling.empty())
        out += fmt::format("scheduling {}, late by {:.1f} ms at most\n", status.scheduling,
                           milliseconds(status.late));
    for (const auto& peer : status.peers) {
        out += fmt::format("\npeer {}\n{}", peer.name, links_text(peer.links, colour));
        if (!peer.processes.empty()) out += '\n' + processes_text(peer.processes, colour);
    }
    return out;
}

}  // namespace warmspare::cli
