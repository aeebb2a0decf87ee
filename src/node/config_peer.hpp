// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// The peers, before their tables are built.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/config.hpp"
#include "core/ids.hpp"
#include "node/config_circuit.hpp"
#include "node/config_reader.hpp"

namespace warmspare::node {

struct PeerDraft {
    std::string name;
    /// As in the file: "peer.osaka".
    std::string path;
    core::PeerIndex index;
    int line = 0;
    bool dial = false;
    std::vector<CircuitDraft> circuits;
    /// Key `link`, if rows are written out; lives as long as the document.
    const Value* rows = nullptr;
    int rows_line = 0;
    /// Filled in by read_processes(), in the order of their names.
    std::vector<core::ProcessConfig> processes;
};

/// Every [peer.NAME], in the order of the file, with mistakes or without. `node` is this node's own name.
[[nodiscard]] std::vector<PeerDraft> read_peers(TableReader& root, std::string_view node);

/// What is right but unwise, to be said at each start.
void warn(const PeerDraft& peer, Mistakes& warnings);

}  // namespace warmspare::node
