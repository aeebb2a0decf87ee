// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <set>
#include <utility>
#include <vector>

#include "sim/host.hpp"
#include "sim/pairing.hpp"
#include "sim/setup.hpp"

namespace warmspare::sim {

/// Several nodes, the network between them and their applications, on virtual time.
class World {
  public:
    using EventHook = std::function<void(std::uint32_t host, const core::Event&)>;

    World(Setup setup, std::uint64_t seed, Journal::Level level);
    World(World&&) = delete;

    [[nodiscard]] const Setup& setup() const noexcept { return setup_; }
    [[nodiscard]] Scheduler& scheduler() noexcept { return scheduler_; }
    [[nodiscard]] Random& random() noexcept { return random_; }
    [[nodiscard]] Journal& journal() noexcept { return journal_; }
    [[nodiscard]] Network& network() noexcept { return network_; }
    [[nodiscard]] Ledger& ledger() noexcept { return ledger_; }
    [[nodiscard]] const std::vector<Pairing>& pairings() const noexcept { return pairings_; }
    /// Which of them is meant when this node speaks of that peer.
    [[nodiscard]] std::size_t pairing_of(std::uint32_t host, const std::string& peer) const;
    [[nodiscard]] std::deque<Host>& hosts() noexcept { return hosts_; }
    [[nodiscard]] Host& host(std::uint32_t index) { return hosts_[index]; }

    /// Called with every event of every node, in the order of hooking.
    void hook(EventHook hook) { hooks_.push_back(std::move(hook)); }
    /// Called when a node is about to lose all it knew.
    void on_crash(std::function<void(std::uint32_t)> hook) { crash_hook_ = std::move(hook); }
    /// This node has had a link ACT to the other in the other's present life, if that is not its first.
    [[nodiscard]] bool acquainted(std::uint32_t host, std::uint32_t other) const;
    /// Starts this node, with an incarnation that no node had before.
    void start(std::uint32_t host);
    enum class Ending { crash, power_cut, shutdown };
    void restart(std::uint32_t host, Ending ending, core::Duration pause);
    /// It has been ended and will be started again.
    [[nodiscard]] bool restarting(std::uint32_t host) const { return restarting_.contains(host); }
    /// Lets events happen up to then, or to the first violation.
    void run_until(core::Time when);

  private:
    void end(std::uint32_t host, bool power_cut);
    void note_acquaintance(std::uint32_t host, const core::Event& event);

    Setup setup_;
    Scheduler scheduler_;
    Random random_;
    Journal journal_;
    Network network_;
    Ledger ledger_;
    StreamCheckers checkers_;
    Surroundings surroundings_;
    std::vector<EventHook> hooks_;
    std::function<void(std::uint32_t)> crash_hook_;
    std::set<std::pair<std::uint32_t, std::uint32_t>> acquainted_;
    std::set<std::uint32_t> crashed_;
    std::set<std::uint32_t> restarting_;
    std::deque<Host> hosts_;
    std::vector<Pairing> pairings_;
};

}  // namespace warmspare::sim
