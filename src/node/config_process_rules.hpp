// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// How a process is treated. These keys stand in [process.NAME], or in [health] for all processes.

#pragma once

#include "core/config.hpp"
#include "node/config_reader.hpp"

namespace warmspare::node {

/// Reads revertive, wait_to_restore, linger, on_no_link and give_up; what is not written keeps its value.
void read_process_rules(TableReader& table, core::ProcessConfig& rules);

}  // namespace warmspare::node
