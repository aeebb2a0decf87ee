// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "sim/table_checker.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace warmspare::sim {

core::PeerStatus status_at_dialer(World& world, const Pairing& pairing) {
    return world.host(pairing.dialer).node().status(pairing.acceptor_at_dialer);
}

core::PeerStatus status_at_acceptor(World& world, const Pairing& pairing) {
    return world.host(pairing.acceptor).node().status(pairing.dialer_at_acceptor);
}

// --- one table ---------------------------------------------------------------------------------------------

void TableChecker::fail(const core::PeerStatus& peer, const std::string& text) {
    world_.journal().fail("table", fmt::format("{}, peer {}: {}", host_name_, peer.name, text));
}

void TableChecker::check_soon(std::uint32_t host, const std::string& peer) {
    const auto number = world_.pairing_of(host, peer);
    const auto& pairing = world_.pairings()[number];
    const auto place = 2 * number + (pairing.dialer == host ? 0 : 1);
    if (due_[place]) return;
    due_[place] = true;
    world_.scheduler().after(core::Duration::zero(), [this, place, host] {
        due_[place] = false;
        check(world_.pairings()[place / 2], host);
    });
}

void TableChecker::check(const Pairing& pairing, std::uint32_t host) {
    if (!world_.host(host).running()) return;
    host_name_ = world_.host(host).name();
    const bool dials = pairing.dialer == host;
    const auto peer = dials ? status_at_dialer(world_, pairing) : status_at_acceptor(world_, pairing);
    const auto index = dials ? pairing.acceptor_at_dialer : pairing.dialer_at_acceptor;
    for (const auto& link : peer.links) {
        check_link(world_.setup().nodes[host].peers[index.value], peer, link);
        if (link.condition == core::Condition::act && pairing.find_link(link.name) == nullptr)
            fail(peer, fmt::format("link {} is ACT, which the two files have differently", link.name));
    }
    for (const auto& process : peer.processes) check_process(peer, process);
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

// --- two tables --------------------------------------------------------------------------------------------

namespace {

std::optional<std::string> difference(const core::ProcessStatus& here, const core::ProcessStatus& there) {
    if (here.state == there.state && here.link == there.link) return std::nullopt;
    return fmt::format("process {} is {} on {} here and {} on {} there", here.id, core::to_string(here.state),
                       here.link.value_or("no link"), core::to_string(there.state),
                       there.link.value_or("no link"));
}

std::optional<std::string> difference(const core::LinkStatus& here, const core::LinkStatus& there) {
    if (here.in_use == there.in_use && here.process == there.process && here.condition == there.condition)
        return std::nullopt;
    return fmt::format("link {} is {}, in use {}, process {} here and {}, {}, {} there", here.name,
                       core::to_string(here.condition), here.in_use, here.process.value_or("none"),
                       core::to_string(there.condition), there.in_use, there.process.value_or("none"));
}

}  // namespace

std::optional<std::string> disagreement(World& world, const Pairing& pairing) {
    const auto one = status_at_dialer(world, pairing);
    const auto other = status_at_acceptor(world, pairing);
    for (const auto& process : one.processes) {
        const auto* known = pairing.find_process(process.id);
        // Who may have to wait for a spare tells nobody what for.
        if (known == nullptr || !known->has_own) continue;
        const auto twin = std::ranges::find(other.processes, process.id, &core::ProcessStatus::id);
        if (auto found = difference(process, *twin)) return found;
    }
    for (const auto& link : one.links) {
        if (pairing.find_link(link.name) == nullptr) continue;
        // A process that only one node knows can hold a row there.
        if (link.process && pairing.find_process(*link.process) == nullptr) continue;
        const auto twin = std::ranges::find(other.links, link.name, &core::LinkStatus::name);
        if (auto found = difference(link, *twin)) return found;
    }
    return std::nullopt;
}

}  // namespace warmspare::sim
