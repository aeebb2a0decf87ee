// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// The user processes.

#pragma once

#include <vector>

#include "node/config.hpp"
#include "node/config_peer.hpp"
#include "node/config_reader.hpp"

namespace warmspare::node {

/// Most processes of one peer.
inline constexpr std::size_t most_processes = 1000;

struct ProcessDraft {
    Process process;
    int line = 0;
    int listen_line = 0;
};

/// Every [process.NAME] in the order of the file; the rules of each are put into its peer's draft.
[[nodiscard]] std::vector<ProcessDraft> read_processes(TableReader& root, const core::ProcessConfig& defaults,
                                                       std::vector<PeerDraft>& peers);

}  // namespace warmspare::node
