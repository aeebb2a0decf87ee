// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "node/config_listeners.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <variant>

#include "node/config_names.hpp"

namespace warmspare::node {
namespace {

constexpr std::string_view all_ipv4 = "0.0.0.0";
/// Listening there takes IPv4 connections too.
constexpr std::string_view all = "::";

bool covers(std::string_view wide, std::string_view host) {
    if (wide == all) return true;
    return wide == all_ipv4 && host.find(':') == host.npos;
}

/// The address of the link's circuit.
std::string bound_host(const PeerDraft& peer, const core::LinkConfig& link) {
    const auto found = std::ranges::find(peer.circuits, link.circuit,
                                         [](const CircuitDraft& one) -> auto& { return one.circuit.name; });
    if (found == peer.circuits.end()) return std::string{all};
    return found->circuit.local.value_or(std::string{all});
}

}  // namespace

const Listeners::Holder* Listeners::find(const Hosts& hosts, const std::string& host) {
    for (const std::string_view candidate : {std::string_view{host}, all, all_ipv4}) {
        const auto found = hosts.find(std::string{candidate});
        const bool taken = found != hosts.end() && (candidate == host || covers(candidate, host));
        if (taken) return &found->second;
    }
    if (host != all && host != all_ipv4) return nullptr;
    const auto within = std::ranges::find_if(hosts, [&](const auto& one) { return covers(host, one.first); });
    return within == hosts.end() ? nullptr : &within->second;
}

void Listeners::add_links(const PeerDraft& peer, const std::vector<LinkDraft>& links) {
    for (const LinkDraft& one : links) {
        // Port 0 is the kernel's choice, which avoids what is taken.
        if (one.link.own_port == 0) continue;
        ports_[one.link.own_port].try_emplace(
            bound_host(peer, one.link),
            Holder{.who = fmt::format("a link of {}", peer.path), .line = one.line});
    }
}

void Listeners::add_process(const ProcessDraft& draft, Mistakes& mistakes) {
    if (!draft.process.listen) return;
    const Endpoint& listen = *draft.process.listen;
    const Holder self{.who = draft.path, .line = draft.listen_line};
    const Holder* taken = nullptr;
    if (const auto* tcp = std::get_if<TcpEndpoint>(&listen)) {
        Hosts& hosts = ports_[tcp->port];
        taken = find(hosts, tcp->host);
        if (taken == nullptr) hosts.emplace(tcp->host, self);
    } else {
        const auto [place, added] = paths_.try_emplace(std::get<UnixEndpoint>(listen).path, self);
        if (!added) taken = &place->second;
    }
    if (taken == nullptr) return;
    mistakes.add(self.line, fmt::format("{}.listen = {} is taken by {} at line {}; write another", draft.path,
                                        in_quotes(to_string(listen)), taken->who, taken->line));
}

}  // namespace warmspare::node
