// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "core/doorkeeper.hpp"

namespace warmspare::core {

namespace {

constexpr Duration patience = std::chrono::seconds{2};
constexpr std::size_t most_places = 64;
constexpr std::size_t most_places_an_address = 8;
constexpr std::size_t most_reports_a_second = 10;

}  // namespace

bool Doorkeeper::admit(ConnectionId connection, const std::string& address, Time now) {
    if (strangers_.size() >= most_places || places_[address] >= most_places_an_address) return false;
    strangers_.emplace(connection, Stranger{address, now + patience});
    ++places_[address];
    return true;
}

void Doorkeeper::leave(ConnectionId connection) {
    const auto stranger = strangers_.find(connection);
    if (stranger == strangers_.end()) return;
    const auto places = places_.find(stranger->second.address);
    if (--places->second == 0) places_.erase(places);
    strangers_.erase(stranger);
}

Time Doorkeeper::next_deadline() const {
    return strangers_.empty() ? never : strangers_.begin()->second.until;
}

std::vector<ConnectionId> Doorkeeper::overdue(Time now) const {
    std::vector<ConnectionId> connections;
    for (const auto& [id, stranger] : strangers_)
        if (stranger.until <= now) connections.push_back(id);
    return connections;
}

bool Doorkeeper::may_report(Time now) {
    if (now - reported_at_ >= std::chrono::seconds{1}) {
        reported_at_ = now;
        reports_ = 0;
    }
    return ++reports_ <= most_reports_a_second;
}

}  // namespace warmspare::core
