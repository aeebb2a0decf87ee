// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <string>

#include "core/status.hpp"

namespace warmspare::cli {

/// The link tables as people read them, peer by peer, rows in the order of the table (S1), each followed by
/// its processes.
[[nodiscard]] std::string status_text(const core::NodeStatus& status, bool colour);

}  // namespace warmspare::cli
