// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "node/config_address.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <span>
#include <system_error>

#include "node/config_names.hpp"

namespace warmspare::node {
namespace {

constexpr std::string_view unix_prefix = "unix:";
/// One byte less than the kernel's, for the terminating zero.
constexpr std::size_t longest_path = sizeof(sockaddr_un::sun_path) - 1;
/// RFC 1035, section 2.3.4.
constexpr std::size_t longest_host = 253;
constexpr std::size_t longest_label = 63;
/// Longest name of an interface (IFNAMSIZ without the terminating zero).
constexpr std::size_t longest_scope = 15;

bool digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

bool label_letter(char c) noexcept {
    return digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
}

template <int Af, class Binary>
std::optional<std::string> canonical(const std::string& text, bool& unspecified) {
    Binary binary{};
    if (inet_pton(Af, text.c_str(), &binary) != 1) return std::nullopt;
    std::array<char, INET6_ADDRSTRLEN> buffer{};
    if (inet_ntop(Af, &binary, buffer.data(), buffer.size()) == nullptr) return std::nullopt;
    unspecified = std::ranges::all_of(std::as_bytes(std::span{&binary, 1}),
                                      [](std::byte one) { return one == std::byte{0}; });
    return std::string{buffer.data()};
}

std::string_view without_brackets(std::string_view text) {
    const bool bracketed = text.size() > 2 && text.front() == '[' && text.back() == ']';
    return bracketed ? text.substr(1, text.size() - 2) : text;
}

bool valid_scope(std::string_view scope) {
    return !scope.empty() && scope.size() <= longest_scope &&
           std::ranges::all_of(scope, [](char c) { return label_letter(c) || c == '.'; });
}

std::optional<NumericAddress> parse_ipv6(std::string_view text) {
    const std::size_t percent = text.find('%');
    const std::string_view scope = percent == text.npos ? "" : text.substr(percent);
    if (!scope.empty() && !valid_scope(scope.substr(1))) return std::nullopt;
    NumericAddress result;
    result.family = Family::ipv6;
    const auto address =
        canonical<AF_INET6, in6_addr>(std::string{text.substr(0, percent)}, result.unspecified);
    if (!address) return std::nullopt;
    result.text = *address + std::string{scope};
    return result;
}

bool valid_label(std::string_view label) {
    return !label.empty() && label.size() <= longest_label && std::ranges::all_of(label, label_letter) &&
           label.front() != '-' && label.back() != '-';
}

bool valid_host_name(std::string_view name) {
    if (name.ends_with('.')) name.remove_suffix(1);
    if (name.empty() || name.size() > longest_host) return false;
    std::string_view last;
    for (std::size_t begin = 0; begin <= name.size();) {
        const std::size_t end = std::min(name.find('.', begin), name.size());
        last = name.substr(begin, end - begin);
        if (!valid_label(last)) return false;
        begin = end + 1;
    }
    // A name that ends in a number is an IPv4 address gone wrong.
    return !std::ranges::all_of(last, digit);
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, port);
    if (error != std::errc{} || rest != end || port == 0) return std::nullopt;
    return port;
}

std::expected<Endpoint, std::string> parse_unix(std::string_view path) {
    if (!path.starts_with('/') || path.find('\0') != path.npos) {
        return std::unexpected{"is not an absolute path; write for example \"unix:/run/app.sock\""};
    }
    if (path.size() > longest_path) {
        return std::unexpected{
            fmt::format("is too long for a socket; write a path of at most {} bytes", longest_path)};
    }
    return UnixEndpoint{std::string{path}};
}

std::expected<Endpoint, std::string> parse_tcp(std::string_view text, std::string_view example) {
    const std::size_t colon = text.rfind(':');
    if (colon == text.npos || text.ends_with(']')) {
        return std::unexpected{fmt::format("is no ADDRESS:PORT; write for example \"{}\"", example)};
    }
    const std::string_view before = text.substr(0, colon);
    if (before.empty()) {
        return std::unexpected{fmt::format("has no address; write for example \"{}\"", example)};
    }
    if (before.find(':') != before.npos && !before.starts_with('[')) {
        return std::unexpected{"has an IPv6 address without brackets; write for example \"[::1]:80\""};
    }
    auto host = parse_host(before);
    if (!host) return std::unexpected{std::move(host.error())};
    const auto port = parse_port(text.substr(colon + 1));
    if (!port) {
        return std::unexpected{fmt::format("has the port {}; write 1 to 65535, for example \"{}\"",
                                           in_quotes(text.substr(colon + 1)), example)};
    }
    return TcpEndpoint{.host = std::move(*host), .port = *port};
}

}  // namespace

std::optional<NumericAddress> parse_numeric(std::string_view text) {
    const std::string_view bare = without_brackets(text);
    if (bare.find('\0') != bare.npos) return std::nullopt;
    if (bare.find(':') != bare.npos) return parse_ipv6(bare);
    if (bare.size() != text.size()) return std::nullopt;
    NumericAddress result;
    const auto address = canonical<AF_INET, in_addr>(std::string{bare}, result.unspecified);
    if (!address) return std::nullopt;
    result.text = *address;
    return result;
}

std::expected<std::string, std::string> parse_host(std::string_view text) {
    if (auto numeric = parse_numeric(text)) return std::move(numeric->text);
    if (valid_host_name(text)) return std::string{text};
    return std::unexpected{"is neither an address nor a host name; write for example \"10.0.1.2\""};
}

std::expected<Endpoint, std::string> parse_endpoint(std::string_view text, std::string_view example) {
    if (text.starts_with(unix_prefix)) return parse_unix(text.substr(unix_prefix.size()));
    return parse_tcp(text, example);
}

std::string to_string(const Endpoint& endpoint) {
    if (const auto* tcp = std::get_if<TcpEndpoint>(&endpoint)) {
        const bool brackets = tcp->host.find(':') != std::string::npos;
        return fmt::format("{}{}{}:{}", brackets ? "[" : "", tcp->host, brackets ? "]" : "", tcp->port);
    }
    return fmt::format("{}{}", unix_prefix, std::get<UnixEndpoint>(endpoint).path);
}

}  // namespace warmspare::node
