// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "sim/world.hpp"

#include <algorithm>
#include <utility>

namespace warmspare::sim {

namespace {

/// So many steps without time going on are a loop that never ends.
constexpr std::uint64_t most_steps_at_once = 1'000'000;

}  // namespace

World::World(Setup setup, std::uint64_t seed, Journal::Level level)
    : setup_{std::move(setup)},
      random_{seed},
      journal_{scheduler_, level},
      network_{Kernel{scheduler_, random_, setup_.tcp}, setup_},
      checkers_{journal_},
      surroundings_{.kernel = {scheduler_, random_, setup_.tcp},
                    .network = network_,
                    .ledger = ledger_,
                    .journal = journal_,
                    .checkers = checkers_,
                    .setup = setup_,
                    .on_event = [this](std::uint32_t host, const core::Event& event) {
                        note_acquaintance(host, event);
                        for (const auto& hook : hooks_) hook(host, event);
                    }} {
    std::vector<SocketOwner*> owners;
    for (std::uint32_t i = 0; i < setup_.nodes.size(); ++i)
        owners.push_back(&hosts_.emplace_back(surroundings_, i));
    network_.attach(std::move(owners));
    pairings_ = find_pairings(setup_, network_);
}

void World::note_acquaintance(std::uint32_t host, const core::Event& event) {
    if (event.kind != core::EventKind::link_up) return;
    const auto other = hosts_[host].host_of(peer_index(setup_.nodes[host], event.peer));
    // The reply may come from a former life, or from one that is about to end.
    const bool present =
        hosts_[host].life_at_other_end() == hosts_[other].life() && !restarting_.contains(other);
    if (hosts_[other].running() && present) acquainted_.emplace(host, other);
}

std::size_t World::pairing_of(std::uint32_t host, const std::string& peer) const {
    const auto& nodes = setup_.nodes;
    const auto it = std::ranges::find_if(pairings_, [&](const Pairing& pairing) {
        return (pairing.dialer == host && nodes[pairing.acceptor].name == peer) ||
               (pairing.acceptor == host && nodes[pairing.dialer].name == peer);
    });
    return static_cast<std::size_t>(it - pairings_.begin());
}

bool World::acquainted(std::uint32_t host, std::uint32_t other) const {
    return !crashed_.contains(other) || acquainted_.contains({host, other});
}

void World::start(std::uint32_t host) {
    hosts_[host].start(random_.next());
    // What was sent to it while it had no power is sent again.
    network_.handle_changed();
}

void World::end(std::uint32_t host, bool power_cut) {
    if (crash_hook_) crash_hook_(host);
    hosts_[host].crash(power_cut);
}

void World::restart(std::uint32_t host, Ending ending, core::Duration pause) {
    if (!restarting_.insert(host).second) return;
    // Streams of the peers end with the node that they led to.
    for (auto& stream : ledger_.streams())
        if (!stream.over() && (stream.hosts[0] == host || stream.hosts[1] == host))
            stream.excuse = "a node was restarted";
    std::erase_if(acquainted_,
                  [host](const auto& pair) { return pair.first == host || pair.second == host; });
    crashed_.insert(host);
    if (ending == Ending::shutdown)
        hosts_[host].shut_down();
    else
        end(host, ending == Ending::power_cut);
    scheduler_.after(pause, [this, host] {
        restarting_.erase(host);
        end(host, false);
        start(host);
    });
}

void World::run_until(core::Time when) {
    auto instant = scheduler_.now();
    auto steps = scheduler_.steps();
    while (!journal_.failure() && scheduler_.next() <= when) {
        scheduler_.step();
        if (std::exchange(instant, scheduler_.now()) != scheduler_.now()) steps = scheduler_.steps();
        if (scheduler_.steps() - steps > most_steps_at_once) journal_.fail("liveness", "time stands still");
    }
    if (!journal_.failure()) scheduler_.run_until(when);
}

}  // namespace warmspare::sim
