// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "net/interface_watch.hpp"

#include <fmt/format.h>
#include <ifaddrs.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "net/file_descriptor.hpp"
#include "net/socket_io.hpp"

namespace warmspare::net {

namespace {

/// An interface's address, or just an interface.
struct OwnAddress {
    unsigned interface = 0;
    bool running = false;
    std::optional<Address> address;
};

std::optional<Address> address_of(const sockaddr* address) {
    if (address && address->sa_family == AF_INET) {
        sockaddr_in v4;
        std::memcpy(&v4, address, sizeof v4);
        return asio::ip::address_v4(ntohl(v4.sin_addr.s_addr));
    }
    if (address && address->sa_family == AF_INET6) {
        sockaddr_in6 v6;
        std::memcpy(&v6, address, sizeof v6);
        return asio::ip::address_v6(std::to_array(v6.sin6_addr.s6_addr));
    }
    return std::nullopt;
}

std::vector<OwnAddress> own_addresses() {
    ifaddrs* list = nullptr;
    if (::getifaddrs(&list) != 0) return {};
    const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(list, &::freeifaddrs);
    std::vector<OwnAddress> found;
    for (const ifaddrs* entry = list; entry; entry = entry->ifa_next) {
        found.push_back({.interface = ::if_nametoindex(entry->ifa_name),
                         .running = (entry->ifa_flags & IFF_UP) != 0 && (entry->ifa_flags & IFF_RUNNING) != 0,
                         .address = address_of(entry->ifa_addr)});
    }
    return found;
}

FileDescriptor open_netlink() {
    FileDescriptor socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_ROUTE));
    if (!socket.is_open()) return {};
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR;
    if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return {};
    return socket;
}

std::string name_of(unsigned interface) {
    std::array<char, IF_NAMESIZE> name{};
    return ::if_indextoname(interface, name.data()) ? name.data() : std::to_string(interface);
}

}  // namespace

InterfaceWatch::InterfaceWatch(Worker& worker, Lost lost) : worker_(worker), lost_(std::move(lost)) {
}

void InterfaceWatch::start() {
    auto socket = open_netlink();
    if (!socket.is_open()) return;
    socket_.emplace(worker_.context(), socket.release());
    for (const OwnAddress& own : own_addresses()) {
        if (!own.running) dead_.insert(own.interface);
    }
    wait();
}

void InterfaceWatch::stop() {
    boost::system::error_code ignored;
    if (socket_) socket_->close(ignored);
}

void InterfaceWatch::wait() {
    socket_->async_wait(Descriptor::wait_read, [this](boost::system::error_code error) {
        if (error || !socket_->is_open()) return;
        read();
        worker_.wake();
        wait();
    });
}

/// A datagram that was dropped because there were too many (ENOBUFS) is one that the watchdogs must make up
/// for.
void InterfaceWatch::read() {
    std::vector<std::byte> datagram(std::size_t{32} << 10);
    while (true) {
        const Moved got = read_some(socket_->native_handle(), datagram);
        if (!got && got.error() == ENOBUFS) continue;
        if (!got || *got == 0) return;
        for (const InterfaceChange& change : read_interface_changes(std::span(datagram).first(*got)))
            std::visit([this](const auto& each) { handle(each); }, change);
    }
}

void InterfaceWatch::handle(const InterfaceLost& change) {
    if (!dead_.insert(change.index).second) return;
    const auto cause = fmt::format("interface {} {}", name_of(change.index),
                                   change.taken_down ? "is down" : "has no carrier");
    for (const OwnAddress& own : own_addresses()) {
        if (own.interface == change.index && own.address) lost_(*own.address, cause);
    }
}

void InterfaceWatch::handle(const AddressLost& change) {
    for (const OwnAddress& own : own_addresses()) {
        if (own.address && same_address(change.address, *own.address)) return;
    }
    lost_(change.address, fmt::format("address {} was removed", change.address.to_string()));
}

}  // namespace warmspare::net
