// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "net/address.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

namespace warmspare::net {

namespace {

using AskEnd = int (*)(int, sockaddr*, socklen_t*);

std::optional<TcpAddress> end_of(int socket, AskEnd ask) {
    TcpAddress end;
    socklen_t size = static_cast<socklen_t>(end.capacity());
    if (ask(socket, end.data(), &size) != 0) return std::nullopt;
    if (end.data()->sa_family != AF_INET && end.data()->sa_family != AF_INET6) return std::nullopt;
    end.resize(size);
    return TcpAddress(unmapped(end.address()), end.port());
}

}  // namespace

Address unmapped(const Address& address) {
    if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return address;
    return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6());
}

bool same_address(const Address& configured, const Address& actual) {
    const Address wanted = unmapped(configured);
    const Address seen = unmapped(actual);
    if (wanted == seen) return true;
    if (!wanted.is_v6() || !seen.is_v6()) return false;
    return wanted.to_v6().scope_id() == 0 && wanted.to_v6().to_bytes() == seen.to_v6().to_bytes();
}

std::optional<Address> numeric_address(const std::string& text) {
    boost::system::error_code error;
    Address address = boost::asio::ip::make_address(text, error);
    if (error) return std::nullopt;
    return address;
}

std::string to_text(const TcpAddress& address) {
    const std::string host = address.address().to_string();
    return address.address().is_v6() ? fmt::format("[{}]:{}", host, address.port())
                                     : fmt::format("{}:{}", host, address.port());
}

core::Endpoints endpoints_of(int socket) {
    core::Endpoints endpoints;
    if (const auto own = own_end(socket)) {
        endpoints.own_address = own->address().to_string();
        endpoints.own_port = own->port();
    }
    if (const auto peer = peer_end(socket)) {
        endpoints.peer_address = peer->address().to_string();
        endpoints.peer_port = peer->port();
    }
    return endpoints;
}

std::optional<TcpAddress> own_end(int socket) {
    return end_of(socket, ::getsockname);
}
std::optional<TcpAddress> peer_end(int socket) {
    return end_of(socket, ::getpeername);
}

}  // namespace warmspare::net
