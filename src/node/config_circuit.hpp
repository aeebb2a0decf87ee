// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// The circuits of a peer.

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "node/config.hpp"
#include "node/config_reader.hpp"

namespace warmspare::node {

struct CircuitDraft {
    Circuit circuit;
    int line = 0;
};

/// Key `port` of a circuit or, for all its circuits, of a peer.
[[nodiscard]] std::optional<std::uint16_t> read_port(TableReader& table);

/// Key `circuits` of a peer. A circuit with mistakes is there nevertheless, as far as it could be read, so
/// that rows which name it are not mistakes too.
[[nodiscard]] std::vector<CircuitDraft> read_circuits(TableReader& peer, bool dial, std::uint16_t port);

}  // namespace warmspare::node
