// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Addresses and endpoints as the file writes them. Nothing is looked up here: host names stay names.

#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "node/config.hpp"

namespace warmspare::node {

enum class Family { ipv4, ipv6 };

struct NumericAddress {
    /// Canonical, without brackets; an IPv6 address keeps its %scope.
    std::string text;
    Family family = Family::ipv4;
    /// 0.0.0.0 or ::.
    bool unspecified = false;
};

/// Empty if the text is no numeric address. IPv6 may stand in brackets.
[[nodiscard]] std::optional<NumericAddress> parse_numeric(std::string_view text);

/// A host name or numeric address. Errors are what follows the text in a message.
[[nodiscard]] std::expected<std::string, std::string> parse_host(std::string_view text);

/// "ADDRESS:PORT", "[IPV6]:PORT" or "unix:/path". `example` is what messages propose.
[[nodiscard]] std::expected<Endpoint, std::string> parse_endpoint(std::string_view text,
                                                                  std::string_view example);

}  // namespace warmspare::node
