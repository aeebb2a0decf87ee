// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "sim/rest.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/table_checker.hpp"

namespace warmspare::sim {

namespace {

std::optional<std::string> missing_link(World& world, const Pairing& pairing, std::uint32_t host,
                                        const core::PeerStatus& status) {
    for (const auto& link : status.links)
        if (link.condition != core::Condition::act && pairing.find_link(link.name) != nullptr)
            return fmt::format("link {} is SBY at {}, peer {}", link.name, world.host(host).name(),
                               status.name);
    return std::nullopt;
}

/// Links are tested while they are idle, or there is a stream.
bool anybody_asks(World& world, const Pairing& pairing) {
    return world.setup().nodes[pairing.dialer].health.idle_interval ||
           std::ranges::any_of(pairing.processes, &Pairing::Process::has_own);
}

std::optional<std::string> stray_process(const Pairing& pairing, const core::PeerStatus& status) {
    using enum core::ProcessState;
    for (const auto& process : status.processes) {
        const auto* known = pairing.find_process(process.id);
        if (known == nullptr || !known->carried || process.state == dedicated) continue;
        if (!known->has_own || (process.state == spare && !known->config.revertive)) continue;
        return fmt::format("process {} of {} is {}", process.id, status.name, core::to_string(process.state));
    }
    return std::nullopt;
}

/// A link that is dead at this node alone may be its last. The node that dials finds that out by a test, or
/// never as long as it has no need of one.
bool may_be_untold(World& world, std::uint32_t host, const core::PeerStatus& peer,
                   const core::LinkStatus& link) {
    const auto& pairing = world.pairings()[world.pairing_of(host, peer.name)];
    return link.condition == core::Condition::sby && pairing.dialer != host &&
           !world.setup().nodes[pairing.dialer].health.idle_interval;
}

}  // namespace

std::optional<std::string> missing_link(World& world) {
    for (const auto& pairing : world.pairings()) {
        if (!anybody_asks(world, pairing)) continue;
        for (const auto host : {pairing.dialer, pairing.acceptor})
            if (!world.host(host).running()) return world.host(host).name() + " is not running";
        if (auto link = missing_link(world, pairing, pairing.dialer, status_at_dialer(world, pairing)))
            return link;
        if (auto link = missing_link(world, pairing, pairing.acceptor, status_at_acceptor(world, pairing)))
            return link;
    }
    return std::nullopt;
}

std::optional<std::string> stray_process(World& world) {
    for (const auto& pairing : world.pairings()) {
        if (!anybody_asks(world, pairing)) continue;
        if (auto stray = stray_process(pairing, status_at_dialer(world, pairing))) return stray;
        if (auto difference = disagreement(world, pairing)) return difference;
    }
    return std::nullopt;
}

std::optional<std::string> disagreement(World& world) {
    for (const auto& pairing : world.pairings()) {
        if (!anybody_asks(world, pairing)) continue;
        if (auto difference = disagreement(world, pairing)) return difference;
    }
    return std::nullopt;
}

std::optional<std::string> unreleased(World& world) {
    for (auto& host : world.hosts()) {
        for (const auto& peer : host.node().status().peers) {
            for (const auto& link : peer.links)
                if (link.in_use && !may_be_untold(world, host.index(), peer, link))
                    return host.name() + " still uses link " + link.name;
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

}  // namespace warmspare::sim
