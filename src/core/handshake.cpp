// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "core/handshake.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace warmspare::core {

namespace {

std::string role_of(std::uint32_t priority, const std::string& process) {
    return priority == 1 ? fmt::format("dedicated to {}", process) : std::string{"a spare"};
}

std::string port_text(std::uint16_t port) {
    return port == 0 ? std::string{"any"} : std::to_string(port);
}

template <class Item, class Key>
std::map<std::string, const Item*> by_name(const std::vector<Item>& items, Key key) {
    std::map<std::string, const Item*> found;
    for (const auto& item : items) found.emplace(item.*key, &item);
    return found;
}

bool ports_differ(std::uint16_t one, std::uint16_t other) {
    return one != 0 && other != 0 && one != other;
}

void compare_rows(const wire::TableRow& own, const wire::TableRow& other, const std::string& node,
                  const std::string& peer, std::vector<std::string>& found) {
    const auto differ = [&](std::string_view what, const std::string& here, const std::string& there) {
        if (here != there)
            found.push_back(
                fmt::format("link {}: {} is {} at {} and {} at {}", own.link, what, here, node, there, peer));
    };
    differ("circuit", own.circuit, other.circuit);
    differ("priority", std::to_string(own.priority), std::to_string(other.priority));
    differ("its use", role_of(own.priority, own.process), role_of(other.priority, other.process));
    if (ports_differ(own.dial_port, other.dial_port))
        differ("the dialling port", port_text(own.dial_port), port_text(other.dial_port));
    if (ports_differ(own.accept_port, other.accept_port))
        differ("the listening port", port_text(own.accept_port), port_text(other.accept_port));
}

void compare_processes(const wire::TableProcess& own, const wire::TableProcess& other,
                       const std::string& node, const std::string& peer, std::vector<std::string>& found) {
    if (own.revertive != other.revertive)
        found.push_back(
            fmt::format("process {}: revertive is {} at {} and {} at {}; the node that dials decides",
                        own.name, own.revertive, node, other.revertive, peer));
    if (own.wait_to_restore_ns != other.wait_to_restore_ns)
        found.push_back(fmt::format(
            "process {}: wait_to_restore is {} ms at {} and {} ms at {}; the node that dials decides",
            own.name, own.wait_to_restore_ns / 1'000'000, node, other.wait_to_restore_ns / 1'000'000, peer));
}

template <class Map, class Compare>
void compare_sets(std::string_view what, const Map& own, const Map& other, const std::string& node,
                  const std::string& peer, std::vector<std::string>& found, Compare compare) {
    for (const auto& [name, item] : own) {
        if (const auto match = other.find(name); match != other.end())
            compare(*item, *match->second);
        else
            found.push_back(
                fmt::format("{} {} is in the file of {} and not in the file of {}", what, name, node, peer));
    }
    for (const auto& [name, item] : other)
        if (!own.contains(name))
            found.push_back(
                fmt::format("{} {} is in the file of {} and not in the file of {}", what, name, peer, node));
}

}  // namespace

std::optional<wire::Refuse> judge(const wire::Hello& hello, const std::string& node, const PeerConfig& peer) {
    using enum wire::RefuseReason;
    if (hello.version_min > wire::protocol_version || hello.version_max < wire::protocol_version)
        return wire::Refuse{
            version, fmt::format("{} speaks protocol version {}, {} speaks {} to {}", node,
                                 wire::protocol_version, hello.node, hello.version_min, hello.version_max)};
    if (peer.dial)
        return wire::Refuse{
            wrong_role,
            fmt::format("{} and {} both have dial = true; exactly one side must dial", node, hello.node)};
    const auto row = std::ranges::find(peer.links, hello.link, &LinkConfig::name);
    if (row == peer.links.end())
        return wire::Refuse{unknown_link,
                            fmt::format("link {} is in the file of {} and not in the file of {}", hello.link,
                                        hello.node, node)};
#ifndef WARMSPARE_MUTANT_STRANGE_LINKS
    const bool same_use = row->dedicated() == (hello.priority == 1) && row->process == hello.process;
    if (!same_use || row->circuit != hello.circuit)
        return wire::Refuse{
            mismatch, fmt::format("link {} is {} on circuit {} at {} and {} on circuit {} at {}", hello.link,
                                  role_of(row->priority, row->process), row->circuit, node,
                                  role_of(hello.priority, hello.process), hello.circuit, hello.node)};
#endif
    return std::nullopt;
}

wire::Table describe_table(const PeerConfig& peer, std::uint32_t misses) {
    wire::Table table{.misses = misses};
    for (const auto& link : peer.links)
        table.rows.push_back({.link = link.name,
                              .circuit = link.circuit,
                              .priority = link.priority,
                              .process = link.process,
                              .dial_port = peer.dial ? link.own_port : link.peer_port,
                              .accept_port = peer.dial ? link.peer_port : link.own_port});
    for (const auto& process : peer.processes)
        table.processes.push_back(
            {.name = process.name,
             .revertive = process.revertive,
             .wait_to_restore_ns = static_cast<std::uint64_t>(process.wait_to_restore.count())});
    return table;
}

std::vector<std::string> differences(const wire::Table& own, const wire::Table& other,
                                     const std::string& node, const std::string& peer) {
    std::vector<std::string> found;
    if (own.misses != other.misses)
        found.push_back(fmt::format("health.misses is {} at {} and {} at {}; each node judges by its own",
                                    own.misses, node, other.misses, peer));
    compare_sets("process", by_name(own.processes, &wire::TableProcess::name),
                 by_name(other.processes, &wire::TableProcess::name), node, peer, found,
                 [&](const auto& a, const auto& b) { compare_processes(a, b, node, peer, found); });
    compare_sets("link", by_name(own.rows, &wire::TableRow::link), by_name(other.rows, &wire::TableRow::link),
                 node, peer, found,
                 [&](const auto& a, const auto& b) { compare_rows(a, b, node, peer, found); });
    return found;
}

}  // namespace warmspare::core
