// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// What went wrong with a socket, in words for the operator. Everything behind the Asio edge speaks in these
// and never in error numbers.

#pragma once

#include <boost/system/error_code.hpp>
#include <string>

namespace warmspare::net {

/// "connection reset", "address not available", ...
[[nodiscard]] std::string cause_of(int error_number);
[[nodiscard]] std::string cause_of(const boost::system::error_code& error);

/// Why an address could not be bound, and what to do about it.
[[nodiscard]] std::string bind_failure(int error_number);

/// Whether the error says that this host is out of descriptors or memory, which passes.
[[nodiscard]] bool is_exhaustion(int error_number) noexcept;

}  // namespace warmspare::net
