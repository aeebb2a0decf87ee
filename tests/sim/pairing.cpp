// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "sim/pairing.hpp"

#include <algorithm>

namespace warmspare::sim {

namespace {

/// As the protocol has it: the same circuit, and the same use.
bool same(const core::LinkConfig& one, const core::LinkConfig& other) {
    return one.name == other.name && one.circuit == other.circuit && one.dedicated() == other.dedicated() &&
           one.process == other.process;
}

void find_common(Pairing& pairing, const core::PeerConfig& one, const core::PeerConfig& other,
                 Network& network) {
    for (const auto& link : one.links)
        if (std::ranges::any_of(other.links, [&](const auto& twin) { return same(link, twin); }))
            pairing.links.push_back(
                {link.name, network.path(pairing.dialer, pairing.acceptor, link.name), link.process});
    for (const auto& process : one.processes) {
        if (std::ranges::count(other.processes, process.name, &core::ProcessConfig::name) == 0) continue;
        const bool carried = std::ranges::any_of(pairing.links, [&](const auto& link) {
            return link.process.empty() || link.process == process.name;
        });
        const bool has_own = std::ranges::count(pairing.links, process.name, &Pairing::Link::process) > 0;
        pairing.processes.push_back({process.name, carried, has_own, process});
    }
}

template <class Item>
const Item* find(const std::vector<Item>& items, const std::string& name) {
    const auto it = std::ranges::find(items, name, &Item::name);
    return it == items.end() ? nullptr : &*it;
}

}  // namespace

const Pairing::Link* Pairing::find_link(const std::string& name) const {
    return find(links, name);
}

const Pairing::Process* Pairing::find_process(const std::string& name) const {
    return find(processes, name);
}

std::vector<Pairing> find_pairings(const Setup& setup, Network& network) {
    std::vector<Pairing> found;
    for (std::uint32_t i = 0; i < setup.nodes.size(); ++i) {
        for (const auto& peer : setup.nodes[i].peers) {
            if (!peer.dial) continue;
            const auto twin = std::ranges::find(setup.nodes, peer.name, &core::NodeConfig::name);
            Pairing pairing{.dialer = i, .acceptor = static_cast<std::uint32_t>(twin - setup.nodes.begin())};
            pairing.acceptor_at_dialer = peer_index(setup.nodes[i], peer.name);
            pairing.dialer_at_acceptor = peer_index(*twin, setup.nodes[i].name);
            find_common(pairing, peer, twin->peers[pairing.dialer_at_acceptor.value], network);
            found.push_back(std::move(pairing));
        }
    }
    return found;
}

core::PeerIndex peer_index(const core::NodeConfig& config, const std::string& peer) {
    const auto it = std::ranges::find(config.peers, peer, &core::PeerConfig::name);
    return {static_cast<std::uint32_t>(it - config.peers.begin())};
}

core::ProcessIndex process_index(const core::PeerConfig& config, const std::string& process) {
    const auto it = std::ranges::find(config.processes, process, &core::ProcessConfig::name);
    return {static_cast<std::uint32_t>(it - config.processes.begin())};
}

}  // namespace warmspare::sim
