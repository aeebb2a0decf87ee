// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Whatever the text, reading it ends with a configuration whose parts fit together, or with mistakes that are
// each one line and in order.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "node/config.hpp"

namespace {

using namespace warmspare;

void require(bool holds) {
    if (!holds) std::abort();
}

void check_mistakes(const std::vector<node::Mistake>& mistakes, int lines) {
    require(!mistakes.empty());
    require(std::ranges::is_sorted(mistakes, {}, &node::Mistake::line));
    for (const node::Mistake& mistake : mistakes) {
        require(mistake.line >= 1 && mistake.line <= lines);
        require(!mistake.message.empty() && mistake.message.find('\n') == std::string::npos);
    }
}

void check_peer(const node::Peer& peer) {
    for (const core::LinkConfig& link : peer.table.links) {
        require(std::ranges::find(peer.circuits, link.circuit, &node::Circuit::name) != peer.circuits.end());
        require((peer.table.dial ? link.peer_port : link.own_port) != 0);
        require(link.dedicated() != link.process.empty());
    }
    for (const core::ProcessConfig& process : peer.table.processes) {
        require(std::ranges::find(peer.table.links, process.name, &core::LinkConfig::process) !=
                peer.table.links.end());
    }
}

void check_config(const node::Config& config) {
    require(core::NodeConfig{node::core_config(config)}.peers.size() == config.peers.size());
    for (const node::Peer& peer : config.peers) check_peer(peer);
    for (const node::Process& process : config.processes) {
        const auto& table = config.peers.at(process.peer.value).table;
        require(table.processes.at(process.process.value).name == process.name);
        require(process.listen || process.target);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const auto config = node::parse_config(text);
    if (config) {
        check_config(*config);
    } else {
        check_mistakes(config.error(), 1 + static_cast<int>(std::ranges::count(text, '\n')));
    }
    return 0;
}
