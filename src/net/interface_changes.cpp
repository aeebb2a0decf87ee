// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "net/interface_changes.hpp"

#include <linux/if_addr.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <optional>

namespace warmspare::net {

namespace {

using Bytes = std::span<const std::byte>;
namespace ip = boost::asio::ip;

/// The fixed part at the head of a message, and what follows it; empty if there is not so much.
template <class Header>
std::optional<Header> take(Bytes& bytes) {
    if (bytes.size() < sizeof(Header)) return std::nullopt;
    Header header;
    std::memcpy(&header, bytes.data(), sizeof header);
    bytes = bytes.subspan(std::min(bytes.size(), std::size_t{NLMSG_ALIGN(sizeof header)}));
    return header;
}

std::optional<InterfaceChange> read_link(std::uint16_t type, Bytes body) {
    const auto link = take<ifinfomsg>(body);
    if (!link) return std::nullopt;
    const bool up = (link->ifi_flags & IFF_UP) != 0;
    const bool running = (link->ifi_flags & IFF_RUNNING) != 0;
    const auto index = static_cast<unsigned>(link->ifi_index);
    if (type == RTM_NEWLINK && up && running) return InterfaceAlive{index};
    return InterfaceLost{index, type == RTM_DELLINK || !up};
}

std::optional<ip::address> read_address(int family, Bytes value) {
    if (family == AF_INET && value.size() == sizeof(ip::address_v4::bytes_type)) {
        ip::address_v4::bytes_type bytes;
        std::memcpy(bytes.data(), value.data(), bytes.size());
        return ip::address_v4(bytes);
    }
    if (family == AF_INET6 && value.size() == sizeof(ip::address_v6::bytes_type)) {
        ip::address_v6::bytes_type bytes;
        std::memcpy(bytes.data(), value.data(), bytes.size());
        return ip::address_v6(bytes);
    }
    return std::nullopt;
}

/// On point-to-point interfaces IFA_ADDRESS is the other end's, and IFA_LOCAL the own one.
std::optional<InterfaceChange> read_lost_address(Bytes body) {
    const auto message = take<ifaddrmsg>(body);
    if (!message) return std::nullopt;
    std::optional<ip::address> found;
    while (const auto attribute = take<rtattr>(body)) {
        const std::size_t size =
            attribute->rta_len - std::min<std::size_t>(attribute->rta_len, RTA_LENGTH(0));
        if (attribute->rta_len < RTA_LENGTH(0) || size > body.size()) break;
        const bool local = attribute->rta_type == IFA_LOCAL;
        if (local || (attribute->rta_type == IFA_ADDRESS && !found))
            found = read_address(message->ifa_family, body.first(size));
        body = body.subspan(std::min(body.size(), std::size_t{RTA_ALIGN(size)}));
    }
    if (!found) return std::nullopt;
    return AddressLost{*found};
}

}  // namespace

std::vector<InterfaceChange> read_interface_changes(Bytes datagram) {
    std::vector<InterfaceChange> changes;
    while (const auto header = take<nlmsghdr>(datagram)) {
        const std::size_t size = header->nlmsg_len - std::min<std::size_t>(header->nlmsg_len, NLMSG_HDRLEN);
        if (header->nlmsg_len < NLMSG_HDRLEN || size > datagram.size()) break;
        const auto body = datagram.first(size);
        std::optional<InterfaceChange> change;
        if (header->nlmsg_type == RTM_NEWLINK || header->nlmsg_type == RTM_DELLINK)
            change = read_link(header->nlmsg_type, body);
        else if (header->nlmsg_type == RTM_DELADDR)
            change = read_lost_address(body);
        if (change) changes.push_back(*change);
        datagram = datagram.subspan(std::min(datagram.size(), std::size_t{NLMSG_ALIGN(size)}));
    }
    return changes;
}

}  // namespace warmspare::net
