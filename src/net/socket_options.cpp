// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// The kernel's own header: the struct of the C library lacks tcpi_bytes_acked, and the two cannot be included
// together. So no Asio here.

#include "net/socket_options.hpp"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <string_view>

namespace warmspare::net {

namespace {

// Known to newer kernels only, and not to the headers that we build with.
constexpr int tcp_rto_max_ms = 44;
constexpr int tcp_rto_min_us = 45;

/// A single lost segment on a quiet link is repaired after 15 ms instead of 207 ms, and an acknowledgement is
/// delayed by 6 ms instead of 41 ms.
constexpr int link_rto_min_us = 5'000;
/// An old connection wakes up within a second of the repair of its path.
constexpr int link_rto_max_ms = 1'000;

int set(int socket, int level, int option, int value) noexcept {
    return ::setsockopt(socket, level, option, &value, sizeof value) == 0 ? 0 : errno;
}

void try_to_set(int socket, int level, int option, int value) noexcept {
    static_cast<void>(set(socket, level, option, value));
}

/// BBR, which some hosts have as their default, halves what a fast path moves.
void try_congestion_control(int socket) noexcept {
    constexpr std::string_view name = "cubic";
    static_cast<void>(::setsockopt(socket, IPPROTO_TCP, TCP_CONGESTION, name.data(), name.size()));
}

}  // namespace

void prepare_link_socket(int socket) noexcept {
    try_to_set(socket, IPPROTO_TCP, TCP_NODELAY, 1);
    try_to_set(socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT, link_unsent_limit);
    try_to_set(socket, IPPROTO_TCP, tcp_rto_min_us, link_rto_min_us);
    try_to_set(socket, IPPROTO_TCP, tcp_rto_max_ms, link_rto_max_ms);
    try_congestion_control(socket);
}

void prepare_application_socket(int socket) noexcept {
    try_to_set(socket, IPPROTO_TCP, TCP_NODELAY, 1);
    try_to_set(socket, SOL_SOCKET, SO_OOBINLINE, 1);
}

int reuse_address(int socket) noexcept {
    return set(socket, SOL_SOCKET, SO_REUSEADDR, 1);
}

void choose_port_late(int socket) noexcept {
    try_to_set(socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
}

void accept_both_families(int socket) noexcept {
    try_to_set(socket, IPPROTO_IPV6, IPV6_V6ONLY, 0);
}

int bind_to_device(int socket, const std::string& device) noexcept {
    const auto size = static_cast<socklen_t>(device.size());
    return ::setsockopt(socket, SOL_SOCKET, SO_BINDTODEVICE, device.c_str(), size) == 0 ? 0 : errno;
}

void reset_on_close(int socket) noexcept {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    static_cast<void>(::setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once));
}

std::optional<core::Evidence> kernel_evidence(int socket) noexcept {
    tcp_info info{};
    socklen_t size = sizeof info;
    if (::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return std::nullopt;
    constexpr std::size_t needed = offsetof(tcp_info, tcpi_bytes_acked) + sizeof info.tcpi_bytes_acked;
    if (size < needed) return std::nullopt;
    // Newer fields are 0 where the kernel does not have them: then nothing is known of loss. What was sent
    // twice for nothing, because an acknowledgement was only late, the other host has told by DSACK (RFC
    // 2883).
    const auto lost = std::max(info.tcpi_total_retrans, info.tcpi_dsack_dups) - info.tcpi_dsack_dups;
    return core::Evidence{
        .bytes_acked = info.tcpi_bytes_acked,
        .segments_delivered = info.tcpi_delivered,
        .some_unsent = info.tcpi_notsent_bytes > 0,
        .waits_for_reader = info.tcpi_unacked == 0 && info.tcpi_notsent_bytes > 0,
        .segments = info.tcpi_data_segs_out,
        .segments_lost = lost,
    };
}

int pending_error(int socket) noexcept {
    int error = 0;
    socklen_t size = sizeof error;
    if (::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) != 0) return errno;
    return error;
}

}  // namespace warmspare::net
