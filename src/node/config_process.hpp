// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// The user processes.

#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "node/config.hpp"
#include "node/config_peer.hpp"
#include "node/config_reader.hpp"

namespace warmspare::node {

/// Most processes of one peer.
inline constexpr std::size_t most_processes = 1000;

/// The peer of a process that names none, or none that exists.
inline constexpr core::PeerIndex no_peer{std::numeric_limits<std::uint32_t>::max()};

struct ProcessDraft {
    Process process;
    /// As in the file: "process.redis".
    std::string path;
    int line = 0;
    int listen_line = 0;
};

/// Every [process.NAME] in the order of the file; the rules of each are put into its peer's draft.
[[nodiscard]] std::vector<ProcessDraft> read_processes(TableReader& root, const core::ProcessConfig& defaults,
                                                       std::vector<PeerDraft>& peers);

}  // namespace warmspare::node
