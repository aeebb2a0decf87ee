// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Which listeners the links of the peers that dial us need. An address and port is one listener however many
// circuits and peers share it, so whom an accepted connection may belong to follows from where it comes from.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/node.hpp"
#include "net/address.hpp"
#include "node/config.hpp"

namespace warmspare::net {

/// A circuit whose links come to a listener.
struct ListenCircuit {
    core::Candidate candidate;
    std::string peer_name;
    /// The own address of the circuit; empty: any.
    std::optional<Address> local;
    /// Host name or numeric address of the other node; empty: any.
    std::optional<std::string> remote;
};

struct ListenPoint {
    /// The unspecified address if any circuit asks for any address of this host: no other socket could have
    /// the port then.
    Address address;
    std::uint16_t port = 0;
    std::optional<std::string> device;
    std::vector<ListenCircuit> circuits;
    /// No link comes in here. A peer that wrongly dials too shall hear of it instead of finding nobody; if
    /// that cannot be had, nothing is lost.
    bool only_to_refuse = false;
};

/// In the order of the configuration.
[[nodiscard]] std::vector<ListenPoint> plan_listeners(const std::vector<node::Peer>& peers);

/// "10.0.0.1:7440", with the device if one is named.
[[nodiscard]] std::string to_text(const ListenPoint& point);

}  // namespace warmspare::net
