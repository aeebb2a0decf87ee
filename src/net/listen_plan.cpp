// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "net/listen_plan.hpp"

#include <algorithm>
#include <set>

namespace warmspare::net {

namespace {

/// The address that a circuit alone would listen on. A host name may turn out to be IPv6.
Address listen_address(const node::Circuit& circuit) {
    if (circuit.local) {
        if (const auto local = numeric_address(*circuit.local)) return *local;
    }
    const auto remote = circuit.remote ? numeric_address(*circuit.remote) : std::nullopt;
    const bool both_families = circuit.remote && (!remote || remote->is_v6());
    if (both_families) return boost::asio::ip::address_v6::any();
    return boost::asio::ip::address_v4::any();
}

/// One socket for both if one of them takes any address; [::] takes IPv4 too.
Address merged(const Address& one, const Address& other) {
    if (one == other) return one;
    if (one.is_v6() || other.is_v6()) return boost::asio::ip::address_v6::any();
    return boost::asio::ip::address_v4::any();
}

bool share_socket(const ListenPoint& one, const ListenPoint& other) {
    if (one.port != other.port || one.device != other.device) return false;
    return one.address == other.address || one.address.is_unspecified() || other.address.is_unspecified();
}

/// Takes in every point that cannot have a socket of its own beside this one.
void add(std::vector<ListenPoint>& points, ListenPoint point) {
    auto shared = [&](const ListenPoint& other) { return share_socket(point, other); };
    for (auto it = std::ranges::find_if(points, shared); it != points.end();
         it = std::ranges::find_if(points, shared)) {
        it->circuits.insert(it->circuits.end(), point.circuits.begin(), point.circuits.end());
        point.address = merged(it->address, point.address);
        point.circuits = std::move(it->circuits);
        point.only_to_refuse = point.only_to_refuse && it->only_to_refuse;
        points.erase(it);
    }
    points.push_back(std::move(point));
}

ListenPoint point_for(core::PeerIndex index, const node::Peer& peer, const node::Circuit& circuit,
                      std::uint16_t port) {
    const auto local = circuit.local ? numeric_address(*circuit.local) : std::nullopt;
    return {.address = listen_address(circuit),
            .port = port,
            .device = circuit.device,
            .circuits = {{.candidate = {.peer = index, .circuit = circuit.name},
                          .peer_name = peer.table.name,
                          .local = local && !local->is_unspecified() ? local : std::nullopt,
                          .remote = circuit.remote}}};
}

/// The ports on which links of this circuit come in, each once.
std::set<std::uint16_t> ports_of(const node::Peer& peer, const node::Circuit& circuit) {
    std::set<std::uint16_t> ports;
    for (const core::LinkConfig& link : peer.table.links) {
        if (link.circuit == circuit.name) ports.insert(link.own_port);
    }
    return ports;
}

/// Where the other node would dial if its file had dial = true as well. Only on addresses that are written
/// down, so that no port of other addresses is taken.
std::set<std::uint16_t> ports_to_refuse_on(const node::Peer& peer, const node::Circuit& circuit) {
    std::set<std::uint16_t> ports;
    for (const core::LinkConfig& link : peer.table.links) {
        if (circuit.local && link.circuit == circuit.name && link.own_port == 0) ports.insert(link.peer_port);
    }
    return ports;
}

}  // namespace

std::vector<ListenPoint> plan_listeners(const std::vector<node::Peer>& peers) {
    std::vector<ListenPoint> points;
    for (std::uint32_t i = 0; i < peers.size(); ++i) {
        const bool dials = peers[i].table.dial;
        for (const node::Circuit& circuit : peers[i].circuits) {
            for (const std::uint16_t port :
                 dials ? ports_to_refuse_on(peers[i], circuit) : ports_of(peers[i], circuit)) {
                ListenPoint point = point_for(core::PeerIndex{i}, peers[i], circuit, port);
                point.only_to_refuse = dials;
                add(points, std::move(point));
            }
        }
    }
    return points;
}

std::string to_text(const ListenPoint& point) {
    const std::string address = to_text(TcpAddress(point.address, point.port));
    return point.device ? address + " on " + *point.device : address;
}

}  // namespace warmspare::net
