// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "node/config_links.hpp"

#include <fmt/format.h>

namespace warmspare::node {
namespace {

LinkDraft derive(const CircuitDraft& draft, std::string_view label, bool dial) {
    const Circuit& circuit = draft.circuit;
    LinkDraft result;
    result.line = draft.line;
    result.link.name = fmt::format("{}/{}", circuit.name, label);
    result.link.circuit = circuit.name;
    // The side that dials comes from any port.
    (dial ? result.link.peer_port : result.link.own_port) = circuit.port;
    return result;
}

}  // namespace

std::vector<LinkDraft> derive_links(const std::vector<CircuitDraft>& circuits,
                                    const std::vector<core::ProcessConfig>& processes, bool dial) {
    std::vector<LinkDraft> result;
    if (circuits.empty()) return result;
    for (const core::ProcessConfig& process : processes) {
        LinkDraft& dedicated = result.emplace_back(derive(circuits.front(), process.name, dial));
        dedicated.link.process = process.name;
    }
    std::uint32_t priority = 2;
    for (std::size_t circuit = 1; circuit < circuits.size(); ++circuit) {
        for (std::size_t n = 1; n <= processes.size(); ++n) {
            LinkDraft& spare = result.emplace_back(derive(circuits[circuit], std::to_string(n), dial));
            spare.link.priority = priority++;
        }
    }
    return result;
}

std::string default_link_name(std::string_view circuit, std::uint16_t dial_port, std::uint16_t accept_port) {
    return fmt::format("{}:{}-{}", circuit, dial_port, accept_port);
}

}  // namespace warmspare::node
