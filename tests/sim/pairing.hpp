// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/config.hpp"
#include "core/ids.hpp"
#include "sim/network.hpp"
#include "sim/setup.hpp"

namespace warmspare::sim {

/// Two nodes that are peers, and what they have in common: their files may differ.
struct Pairing {
    struct Link {
        std::string name;
        const LinkPath* path = nullptr;
        /// Whose it is; empty on spares.
        std::string process;
    };
    struct Process {
        std::string name;
        /// Some link may carry it, and one of those is its own: otherwise it may have to wait for a spare.
        bool carried = false;
        bool has_own = false;
        /// As the node that dials has it, and so decides.
        core::ProcessConfig config;
    };

    std::uint32_t dialer = 0;
    std::uint32_t acceptor = 0;
    /// What each calls the other.
    core::PeerIndex acceptor_at_dialer;
    core::PeerIndex dialer_at_acceptor;
    /// Links and processes that are the same at both nodes.
    std::vector<Link> links;
    std::vector<Process> processes;

    [[nodiscard]] const Link* find_link(const std::string& name) const;
    [[nodiscard]] const Process* find_process(const std::string& name) const;
};

[[nodiscard]] std::vector<Pairing> find_pairings(const Setup& setup, Network& network);

/// The peer by its name, from a node's configuration.
[[nodiscard]] core::PeerIndex peer_index(const core::NodeConfig& config, const std::string& peer);
[[nodiscard]] core::ProcessIndex process_index(const core::PeerConfig& config, const std::string& process);

}  // namespace warmspare::sim
