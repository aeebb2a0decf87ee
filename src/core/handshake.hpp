// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// What two nodes must agree on before a connection carries a link, and what they should agree on altogether:
// pure comparisons of configured values with what the other node says. Texts name both sides' values.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/config.hpp"
#include "wire/frames.hpp"

namespace warmspare::core {

/// Why the link that this hello is for cannot be; empty: it can. `node` is this node's name.
[[nodiscard]] std::optional<wire::Refuse> judge(const wire::Hello& hello, const std::string& node,
                                                const PeerConfig& peer);

/// The table as it is told to the other node.
[[nodiscard]] wire::Table describe_table(const PeerConfig& peer, std::uint32_t misses);

/// What differs between this node's table and the other's, one sentence each; nothing if they match.
[[nodiscard]] std::vector<std::string> differences(const wire::Table& own, const wire::Table& other,
                                                   const std::string& node, const std::string& peer);

}  // namespace warmspare::core
