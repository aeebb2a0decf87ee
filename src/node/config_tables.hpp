// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// From drafts to link tables.

#pragma once

#include <vector>

#include "node/config.hpp"
#include "node/config_peer.hpp"
#include "node/config_process.hpp"
#include "node/config_reader.hpp"

namespace warmspare::node {

/// Builds the table of each peer, from its rows or by derivation, and checks what concerns several of them.
/// The result is of use only if no mistake was noted.
[[nodiscard]] std::vector<Peer> build_peers(const std::vector<PeerDraft>& drafts,
                                            const std::vector<ProcessDraft>& processes, Mistakes& mistakes);

}  // namespace warmspare::node
