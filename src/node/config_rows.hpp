// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Rows of a link table that are written out, [[peer.NAME.link]]. They are the whole table of that peer.

#pragma once

#include <vector>

#include "node/config_links.hpp"
#include "node/config_peer.hpp"
#include "node/config_process.hpp"
#include "node/config_reader.hpp"

namespace warmspare::node {

/// Reads `peer.rows`, which must be there. `processes` are those of all peers.
[[nodiscard]] std::vector<LinkDraft> read_rows(const PeerDraft& peer,
                                               const std::vector<ProcessDraft>& processes,
                                               Mistakes& mistakes);

}  // namespace warmspare::node
