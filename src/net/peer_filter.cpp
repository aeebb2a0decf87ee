// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "net/peer_filter.hpp"

#include <algorithm>
#include <utility>

namespace warmspare::net {

namespace {

/// Strangers must not be able to keep the resolver busy.
constexpr std::chrono::seconds refresh_interval{1};

}  // namespace

PeerFilter::PeerFilter(Worker& worker, std::vector<ListenCircuit> circuits) : worker_(worker) {
    for (ListenCircuit& circuit : circuits) {
        Rule rule{.circuit = std::move(circuit), .remotes = {}};
        const auto& remote = rule.circuit.remote;
        if (const auto address = remote ? numeric_address(*remote) : std::nullopt) rule.remotes = {*address};
        rules_.push_back(std::move(rule));
    }
}

void PeerFilter::refresh() {
    const core::Time now = Worker::now();
    if (refreshed_ && now - *refreshed_ < refresh_interval) return;
    refreshed_ = now;
    for (std::size_t i = 0; i < rules_.size(); ++i) look_up_remote(i);
}

std::vector<core::Candidate> PeerFilter::candidates(const Address& own, const Address& source) const {
    std::vector<core::Candidate> found;
    for (const Rule& rule : rules_) {
        if (admits(rule, own, source)) found.push_back(rule.circuit.candidate);
    }
    return found;
}

void PeerFilter::look_up_remote(std::size_t index) {
    const auto& remote = rules_[index].circuit.remote;
    if (!remote || numeric_address(*remote)) return;
    look_up(worker_, *remote, 0, [weak = weak_from_this(), index](const Addresses& addresses) {
        if (const auto self = weak.lock()) self->learn(index, addresses);
    });
}

void PeerFilter::learn(std::size_t index, const Addresses& addresses) {
    // A resolver that fails says nothing about the addresses that were known.
    if (!addresses) return;
    rules_[index].remotes.clear();
    for (const TcpAddress& address : *addresses) rules_[index].remotes.push_back(address.address());
}

bool PeerFilter::admits(const Rule& rule, const Address& own, const Address& source) {
    if (rule.circuit.local && !same_address(*rule.circuit.local, own)) return false;
    if (!rule.circuit.remote) return true;
    return std::ranges::any_of(rule.remotes,
                               [&](const Address& remote) { return same_address(remote, source); });
}

}  // namespace warmspare::net
