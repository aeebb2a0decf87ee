// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <string>
#include <vector>

#include "net/address.hpp"
#include "net/worker.hpp"

namespace warmspare::net {

/// Addresses of a host, in the order in which they should be tried, or why there are none.
using Addresses = std::expected<std::vector<TcpAddress>, std::string>;

/// Finds the addresses of a host name without holding up the loop. A numeric address is answered before this
/// returns. The caller sees to it that `done` may still be called.
void look_up(Worker& worker, const std::string& host, std::uint16_t port,
             std::function<void(Addresses)> done);

/// The same for a start, which has nothing else to do meanwhile.
[[nodiscard]] Addresses look_up_now(const std::string& host, std::uint16_t port);

}  // namespace warmspare::net
