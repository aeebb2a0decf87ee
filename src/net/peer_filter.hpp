// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Whom a connection that came to a listener may belong to. Host names of the other nodes are looked up
// beforehand, and again when somebody comes whom nobody knows: who has a new address is let in at the next
// attempt.

#pragma once

#include <memory>
#include <vector>

#include "core/node.hpp"
#include "core/time.hpp"
#include "net/address.hpp"
#include "net/listen_plan.hpp"
#include "net/lookup.hpp"
#include "net/worker.hpp"

namespace warmspare::net {

class PeerFilter : public std::enable_shared_from_this<PeerFilter> {
  public:
    PeerFilter(Worker& worker, std::vector<ListenCircuit> circuits);

    /// Looks the host names up, unless that was done a moment ago.
    void refresh();

    /// In the order of the circuits; empty: nobody's.
    [[nodiscard]] std::vector<core::Candidate> candidates(const Address& own, const Address& source) const;

  private:
    struct Rule {
        ListenCircuit circuit;
        /// The addresses that the remote has, as far as they are known.
        std::vector<Address> remotes;
    };

    void look_up_remote(std::size_t index);
    void learn(std::size_t index, const Addresses& addresses);
    [[nodiscard]] static bool admits(const Rule& rule, const Address& own, const Address& source);

    Worker& worker_;
    std::vector<Rule> rules_;
    std::optional<core::Time> refreshed_;
};

}  // namespace warmspare::net
