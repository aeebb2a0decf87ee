// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// What the kernel says of interfaces and addresses over rtnetlink(7), as far as it takes a path away or
// brings it back.

#pragma once

#include <boost/asio/ip/address.hpp>
#include <cstddef>
#include <span>
#include <variant>
#include <vector>

namespace warmspare::net {

/// Nothing gets out of this interface any more.
struct InterfaceLost {
    unsigned index = 0;
    /// Taken down by somebody here; otherwise its line is dead.
    bool taken_down = false;

    friend bool operator==(const InterfaceLost&, const InterfaceLost&) = default;
};

/// The interface is up and its line is alive.
struct InterfaceAlive {
    unsigned index = 0;

    friend bool operator==(const InterfaceAlive&, const InterfaceAlive&) = default;
};

/// The interface does not have this address any more.
struct AddressLost {
    boost::asio::ip::address address;

    friend bool operator==(const AddressLost&, const AddressLost&) = default;
};

using InterfaceChange = std::variant<InterfaceLost, InterfaceAlive, AddressLost>;

/// Reads one datagram of a netlink socket. What it does not understand it leaves out.
[[nodiscard]] std::vector<InterfaceChange> read_interface_changes(std::span<const std::byte> datagram);

}  // namespace warmspare::net
