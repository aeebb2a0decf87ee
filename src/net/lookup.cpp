// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "net/lookup.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "net/error_text.hpp"

namespace warmspare::net {

namespace {

Addresses addresses_of(const boost::system::error_code& error, const Resolver::results_type& results) {
    if (error) return std::unexpected(cause_of(error));
    std::vector<TcpAddress> addresses;
    for (const auto& result : results) {
        const TcpAddress address = result.endpoint();
        if (std::ranges::find(addresses, address) == addresses.end()) addresses.push_back(address);
    }
    return addresses;
}

}  // namespace

void look_up(Worker& worker, const std::string& host, std::uint16_t port,
             std::function<void(Addresses)> done) {
    if (const auto address = numeric_address(host)) return done(std::vector{TcpAddress(*address, port)});
    auto resolver = std::make_shared<Resolver>(worker.context());
    ++worker.lookups;
    resolver->async_resolve(host, std::to_string(port), Resolver::numeric_service,
                            [&worker, resolver, done = std::move(done)](
                                boost::system::error_code error, const Resolver::results_type& results) {
                                --worker.lookups;
                                done(addresses_of(error, results));
                            });
}

Addresses look_up_now(const std::string& host, std::uint16_t port) {
    if (const auto address = numeric_address(host)) return std::vector{TcpAddress(*address, port)};
    asio::io_context context;
    Resolver resolver(context);
    boost::system::error_code error;
    const auto results = resolver.resolve(host, std::to_string(port), Resolver::numeric_service, error);
    return addresses_of(error, results);
}

}  // namespace warmspare::net
