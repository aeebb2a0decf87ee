// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "core/establishment.hpp"

#include <algorithm>

namespace warmspare::core {

namespace {

/// A new connection's first test ends at both nodes at about the same time, and the other node then says how.
/// Until when that is waited for.
Time view_due(const LinkRow& row, const LinkHealth& health) {
    return row.up_since + 4 * health.watchdog();
}

Fitness fitness(const LinkRow& row, const LinkHealth& health, Time requested_at, Time now) {
    if (!row.connection) return Fitness::unfit;
    // A link that failed may be tested again at once: that test is not waited for.
    const bool undecided =
        health.test_in_flight() && std::max(health.answered_at(), health.failed_at()) < requested_at;
    if (undecided) return Fitness::pending;
    if (row.fit()) return Fitness::fit;
    const bool view_missing = row.condition == Condition::act && row.peer_view == PeerView::unknown;
    return view_missing && now < view_due(row, health) ? Fitness::pending : Fitness::unfit;
}

}  // namespace

std::vector<LinkIndex> links_to_test(const LinkTable& table, ProcessIndex process) {
    std::vector<LinkIndex> links;
    for (std::uint32_t i = 0; i < table.rows().size(); ++i) {
        const auto& row = table.rows()[i];
        if (!row.config.dedicated() || row.dedicated_to == process) links.push_back({i});
    }
    return links;
}

Selection decide_request(const LinkTable& table, const HealthMonitor& health, ProcessIndex process,
                         Time requested_at, Time now) {
    return select_link(table, process,
                       [&](LinkIndex i) { return fitness(table.row(i), health.link(i), requested_at, now); });
}

Time undecided_until(const LinkTable& table, const HealthMonitor& health, Time now) {
    Time until = never;
    for (std::uint32_t i = 0; i < table.rows().size(); ++i) {
        const auto& row = table.rows()[i];
        if (!row.connection || row.peer_view != PeerView::unknown) continue;
        if (const auto due = view_due(row, health.link({i})); due > now) until = std::min(until, due);
    }
    return until;
}

}  // namespace warmspare::core
