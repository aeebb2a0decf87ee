// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// The link table that follows from circuits and processes when no rows are written out: a dedicated link for
// every process on the first circuit, and on every further circuit as many spares as there are processes, so
// that nobody waits when one circuit dies.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/config.hpp"
#include "node/config_circuit.hpp"

namespace warmspare::node {

/// Most links of one peer.
inline constexpr std::size_t most_links = 3000;

struct LinkDraft {
    core::LinkConfig link;
    /// Of the row, or of the circuit that a derived link is on.
    int line = 0;
};

/// Links CIRCUIT/PROCESS with priority 1, in the order of `processes`, then CIRCUIT/1 ... CIRCUIT/P. On
/// circuit c, counted from 1, spare n has the priority 2 + (c - 2) * P + (n - 1).
[[nodiscard]] std::vector<LinkDraft> derive_links(const std::vector<CircuitDraft>& circuits,
                                                  const std::vector<core::ProcessConfig>& processes,
                                                  bool dial);

/// "CIRCUIT:DIALPORT-ACCEPTPORT", which is the same on both sides.
[[nodiscard]] std::string default_link_name(std::string_view circuit, std::uint16_t dial_port,
                                            std::uint16_t accept_port);

}  // namespace warmspare::node
