// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "sim/world_checkers.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace warmspare::sim {

using namespace std::chrono_literals;

std::vector<Pairing> pairings(const Setup& setup) {
    std::vector<Pairing> found;
    for (std::uint32_t i = 0; i < setup.nodes.size(); ++i)
        for (const auto& peer : setup.nodes[i].peers)
            if (peer.dial) {
                const auto it = std::ranges::find(setup.nodes, peer.name, &core::NodeConfig::name);
                found.push_back({i, static_cast<std::uint32_t>(it - setup.nodes.begin())});
            }
    return found;
}

core::PeerStatus status_of(World& world, std::uint32_t host, std::uint32_t peer) {
    const auto status = world.host(host).node().status();
    const auto index = peer_index(world.setup().nodes[host], world.setup().nodes[peer].name);
    return status.peers[index.value];
}

// --- one table
// -------------------------------------------------------------------------------------------------

void TableChecker::fail(const core::PeerStatus& peer, const std::string& text) {
    world_.journal().fail("table", fmt::format("{}, peer {}: {}", host_name_, peer.name, text));
}

void TableChecker::check(std::uint32_t host) {
    if (!world_.host(host).running()) return;
    const auto& config = world_.setup().nodes[host];
    host_name_ = config.name;
    const auto status = world_.host(host).node().status();
    for (std::size_t i = 0; i < status.peers.size(); ++i) {
        for (const auto& link : status.peers[i].links) check_link(config.peers[i], status.peers[i], link);
        for (const auto& process : status.peers[i].processes) check_process(status.peers[i], process);
    }
}

void TableChecker::check_link(const core::PeerConfig& config, const core::PeerStatus& peer,
                              const core::LinkStatus& link) {
    const auto row = std::ranges::find(config.links, link.name, &core::LinkConfig::name);
    if (row == config.links.end()) return fail(peer, "has a row that is not configured: " + link.name);
    if (row->dedicated() && link.process != row->process)
        fail(peer, fmt::format("dedicated link {} serves {}", link.name, link.process.value_or("nobody")));
    if (!row->dedicated() && link.in_use != link.process.has_value())
        fail(peer, fmt::format("spare {} {}", link.name,
                               link.in_use ? "is in use by nobody" : "is free and serves " + *link.process));
    const auto users = std::ranges::count_if(
        peer.processes, [&](const core::ProcessStatus& process) { return process.link == link.name; });
    if (users > 1) fail(peer, fmt::format("link {} serves {} processes", link.name, users));
}

void TableChecker::check_process(const core::PeerStatus& peer, const core::ProcessStatus& process) {
    const auto held = std::ranges::count_if(
        peer.links, [&](const core::LinkStatus& link) { return link.in_use && link.process == process.id; });
    if (held > 1) fail(peer, fmt::format("process {} holds {} links", process.id, held));
    using enum core::ProcessState;
    const bool carried = process.state == dedicated || process.state == spare;
    if (carried != process.link.has_value())
        return fail(peer, fmt::format("process {} is {} on {}", process.id, core::to_string(process.state),
                                      process.link.value_or("no link")));
    if (!carried) return;
    const auto link = std::ranges::find(peer.links, *process.link, &core::LinkStatus::name);
    if (link == peer.links.end())
        return fail(peer, "process " + process.id + " is on a link that is not there");
    if (!link->in_use || link->process != process.id || (link->priority == 1) != (process.state == dedicated))
        fail(peer, fmt::format("process {} is {} on {}, whose row says in use {}, process {}", process.id,
                               core::to_string(process.state), link->name, link->in_use,
                               link->process.value_or("none")));
}

std::optional<std::string> disagreement(const core::PeerStatus& one, const core::PeerStatus& other) {
    for (const auto& process : one.processes) {
        const auto twin = std::ranges::find(other.processes, process.id, &core::ProcessStatus::id);
        if (twin == other.processes.end()) return "process " + process.id + " is at one node only";
        if (twin->state != process.state || twin->link != process.link)
            return fmt::format("process {} is {} on {} here and {} on {} there", process.id,
                               core::to_string(process.state), process.link.value_or("no link"),
                               core::to_string(twin->state), twin->link.value_or("no link"));
    }
    for (const auto& link : one.links) {
        const auto twin = std::ranges::find(other.links, link.name, &core::LinkStatus::name);
        if (twin == other.links.end()) return "link " + link.name + " is at one node only";
        if (twin->in_use != link.in_use || twin->process != link.process || twin->condition != link.condition)
            return fmt::format("link {} is {}, in use {}, process {} here and {}, {}, {} there", link.name,
                               core::to_string(link.condition), link.in_use, link.process.value_or("none"),
                               core::to_string(twin->condition), twin->in_use,
                               twin->process.value_or("none"));
    }
    return std::nullopt;
}

// --- memory
// ----------------------------------------------------------------------------------------------------

void MemoryChecker::check(std::uint32_t host) {
    if (!world_.host(host).running()) return;
    const auto& memory = world_.setup().nodes[host].memory;
    // Both directions of each stream, each with a block that is partly used.
    const auto streams = world_.host(host).node().stream_count();
    const auto limit = std::min(memory.node, streams * 2 * (memory.stream + 64 * 1024));
    const auto held = world_.host(host).node().memory_held();
    if (held > limit)
        world_.journal().fail("memory",
                              fmt::format("{} holds {} bytes of {}", world_.host(host).name(), held, limit));
}

// --- notices
// ---------------------------------------------------------------------------------------------------

void NoticeChecker::handle_event(std::uint32_t host, const core::Event& event) {
    using enum core::EventKind;
    auto& owed = owed_[{host, event.peer, event.process}];
    if (event.kind == switch_ || event.kind == restore) ++owed;
    if (event.kind == resumed && --owed < 0)
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

// --- at rest
// ---------------------------------------------------------------------------------------------------

std::optional<std::string> unsettled(World& world) {
    for (const auto& host : world.hosts())
        if (!host.running()) return host.name() + " is not running";
    for (const auto& pair : pairings(world.setup())) {
        const auto one = status_of(world, pair.dialer, pair.acceptor);
        const auto other = status_of(world, pair.acceptor, pair.dialer);
        for (const auto& link : one.links)
            if (link.condition != core::Condition::act) return "link " + link.name + " is SBY";
        if (auto difference = disagreement(one, other)) return difference;
        const auto& config = world.setup().nodes[pair.dialer];
        const auto& peer = config.peers[peer_index(config, one.name).value];
        for (const auto& process : one.processes) {
            const auto& wanted = peer.processes[process_index(peer, process.id).value];
            if (process.state == core::ProcessState::dedicated) continue;
            if (process.state == core::ProcessState::spare && !wanted.revertive) continue;
            return fmt::format("process {} is {}", process.id, core::to_string(process.state));
        }
    }
    return std::nullopt;
}

std::optional<std::string> unreleased(World& world) {
    for (auto& host : world.hosts()) {
        for (const auto& peer : host.node().status().peers) {
            for (const auto& link : peer.links)
                if (link.in_use) return host.name() + " still uses link " + link.name;
            for (const auto& process : peer.processes)
                if (process.state != core::ProcessState::idle || process.streams != 0)
                    return fmt::format("process {} at {} is {} with {} streams", process.id, host.name(),
                                       core::to_string(process.state), process.streams);
        }
        if (const auto held = host.node().memory_held(); held != 0)
            return fmt::format("{} still holds {} bytes", host.name(), held);
    }
    return std::nullopt;
}

std::string print_status(World& world) {
    std::string text;
    for (auto& host : world.hosts()) {
        if (!host.running()) continue;
        for (const auto& peer : host.node().status().peers) {
            text += fmt::format("  {} to {}:\n", host.name(), peer.name);
            for (const auto& link : peer.links)
                text += fmt::format("    {:<8} {:>2} {} {} {:<2} {}\n", link.name, link.priority,
                                    core::to_string(link.condition), link.in_use ? "Y" : "N",
                                    link.process.value_or(""), link.test_in_flight ? "test in flight" : "");
            for (const auto& process : peer.processes)
                text +=
                    fmt::format("    process {}: {} on {}, {} streams\n", process.id,
                                core::to_string(process.state), process.link.value_or("-"), process.streams);
        }
    }
    for (const auto& stream : world.ledger().streams()) {
        if (stream.over()) continue;
        const auto& [there, back] = stream.progress;
        text +=
            fmt::format("  stream {} (id {}, {}, {} -> {}): {}/{}/{} there, {}/{}/{} back{}\n", stream.number,
                        stream.id.value, stream.process, stream.hosts[0], stream.hosts[1], there.delivered,
                        there.committed, stream.plans[0].size, back.delivered, back.committed,
                        stream.plans[1].size, stream.target_opened ? "" : ", not opened at the target");
    }
    return text;
}

}  // namespace warmspare::sim
