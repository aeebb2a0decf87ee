// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "sim/network.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace warmspare::sim {

namespace {

std::string path_key(std::uint32_t dialer, std::uint32_t acceptor, const std::string& link) {
    return fmt::format("{} {} {}", dialer, acceptor, link);
}

}  // namespace

Network::Network(Kernel kernel, const Setup& setup) : kernel_{kernel}, lines_(setup.lines) {
    for (const auto& circuit : setup.circuits) {
        auto& added = circuits_.emplace_back(circuit, lines_);
        const auto [dialer, acceptor] = circuit.hosts;
        for (const auto& peer : setup.nodes[dialer].peers) {
            if (peer.name != setup.nodes[acceptor].name) continue;
            for (const auto& link : peer.links)
                if (link.circuit == circuit.name)
                    paths_.emplace(path_key(dialer, acceptor, link.name),
                                   LinkPath{.circuit = &added, .link = link.name});
        }
    }
    for (auto& [key, path] : paths_) path.note_troubles(kernel_.scheduler.now());
}

std::vector<LinkPath*> Network::paths() {
    std::vector<LinkPath*> found;
    for (auto& [key, path] : paths_) found.push_back(&path);
    return found;
}

LinkPath* Network::path(std::uint32_t dialer, std::uint32_t acceptor, const std::string& link) {
    const auto it = paths_.find(path_key(dialer, acceptor, link));
    return it == paths_.end() ? nullptr : &it->second;
}

std::vector<Connection*> Network::connections(const LinkPath& path) {
    std::vector<Connection*> found;
    for (auto* connection : live_)
        if (&connection->path() == &path && !connection->over()) found.push_back(connection);
    return found;
}

Connection& Network::dial(LinkPath& path) {
    std::erase_if(live_, [](Connection* connection) {
        if (!connection->over()) return false;
        connection->clear();
        return true;
    });
    const auto& ends = path.circuit->setup().hosts;
    auto& connection = connections_.emplace_back(kernel_, path, std::array{hosts_[ends[0]], hosts_[ends[1]]});
    live_.push_back(&connection);
    connection.connect();
    return connection;
}

void Network::handle_changed() {
    for (auto& [key, path] : paths_) path.note_troubles(kernel_.scheduler.now());
    for (auto* connection : live_) connection->handle_path_changed();
}

void Network::reset_all(const SocketOwner& host) {
    for (auto* connection : live_)
        for (const auto side : both_sides)
            if (connection->owner(side) == &host) connection->abort(side);
}

void Network::vanish_all(const SocketOwner& host) {
    for (auto* connection : live_)
        for (const auto side : both_sides)
            if (connection->owner(side) == &host) connection->vanish(side, false);
}

void Network::make_lossless() {
    for (auto& circuit : circuits_) circuit.lossless = true;
}

}  // namespace warmspare::sim
