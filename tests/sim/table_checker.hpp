// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/status.hpp"
#include "sim/world.hpp"

namespace warmspare::sim {

/// What this node says of that peer. It must be running.
[[nodiscard]] core::PeerStatus status_at_dialer(World& world, const Pairing& pairing);
[[nodiscard]] core::PeerStatus status_at_acceptor(World& world, const Pairing& pairing);

/// Invariant 4, at any time: in one node's table no row serves two processes, none serves another's, and
/// flags say what processes say. And no link that the two files have differently is ever ACT.
class TableChecker {
  public:
    explicit TableChecker(World& world) : world_{world}, due_(2 * world.pairings().size()) {}
    /// Looks at the node's table for that peer once all that happens at this instant has happened.
    void check_soon(std::uint32_t host, const std::string& peer);

  private:
    void check(const Pairing& pairing, std::uint32_t host);
    void check_process(const core::PeerStatus& peer, const core::ProcessStatus& process);
    void check_link(const core::PeerConfig& config, const core::PeerStatus& peer,
                    const core::LinkStatus& link);
    void fail(const core::PeerStatus& peer, const std::string& text);

    World& world_;
    std::string host_name_;
    /// Two of each pair.
    std::vector<bool> due_;
};

/// Invariant 4, at rest: both nodes agree. Says what they differ in, if anything, as far as their files allow
/// it.
[[nodiscard]] std::optional<std::string> disagreement(World& world, const Pairing& pairing);

}  // namespace warmspare::sim
