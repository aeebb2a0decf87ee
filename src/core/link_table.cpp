// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "core/link_table.hpp"

#include <algorithm>

#include "core/check.hpp"

namespace warmspare::core {

LinkTable::LinkTable(const PeerConfig& config) {
    rows_.reserve(config.links.size());
    for (const auto& link : config.links) {
        LinkRow row{.config = link};
        row.endpoints.own_port = link.own_port;
        row.endpoints.peer_port = link.peer_port;
        const auto owner = std::ranges::find(config.processes, link.process, &ProcessConfig::name);
        if (link.dedicated() && owner != config.processes.end())
            row.dedicated_to = ProcessIndex{static_cast<std::uint32_t>(owner - config.processes.begin())};
        rows_.push_back(std::move(row));
    }
}

std::optional<LinkIndex> LinkTable::find(std::string_view name) const {
    const auto row = std::ranges::find_if(rows_, [&](const LinkRow& r) { return r.config.name == name; });
    if (row == rows_.end()) return std::nullopt;
    return LinkIndex{static_cast<std::uint32_t>(row - rows_.begin())};
}

std::size_t LinkTable::free_spares() const {
    return static_cast<std::size_t>(std::ranges::count_if(rows_, [](const LinkRow& row) {
        return !row.config.dedicated() && row.condition == Condition::act && !row.holder;
    }));
}

bool LinkTable::any_in_use() const {
    return std::ranges::any_of(rows_, [](const LinkRow& row) { return row.holder.has_value(); });
}

bool LinkTable::any_connected() const {
    return std::ranges::any_of(rows_, [](const LinkRow& row) { return row.connection.has_value(); });
}

void LinkTable::connect(LinkIndex index, ConnectionId connection, std::uint64_t number,
                        const Endpoints& endpoints, Time now) {
    auto& row = rows_[index.value];
    row.connection = connection;
    row.connection_number = number;
    row.endpoints = endpoints;
    row.up_since = now;
    row.peer_view = PeerView::unknown;
    note_fitness(row, now);
}

void LinkTable::disconnect(LinkIndex index) {
    auto& row = rows_[index.value];
    row.connection.reset();
    row.peer_view = PeerView::unknown;
    row.fit_since = never;
    row.endpoints.own_port = row.config.own_port;
    row.endpoints.peer_port = row.config.peer_port;
}

void LinkTable::set_condition(LinkIndex index, Condition condition, Time now) {
    auto& row = rows_[index.value];
    row.condition = condition;
    note_fitness(row, now);
}

void LinkTable::set_peer_view(LinkIndex index, PeerView view, Time now) {
    auto& row = rows_[index.value];
    row.peer_view = view;
    note_fitness(row, now);
}

void LinkTable::note_fitness(LinkRow& row, Time now) {
    const bool fit = row.connection && row.condition == Condition::act && row.peer_view == PeerView::act;
    if (!fit)
        row.fit_since = never;
    else if (row.fit_since == never)
        row.fit_since = now;
}

void LinkTable::hold(LinkIndex index, ProcessIndex process) {
    auto& row = rows_[index.value];
    require(!row.holder || row.holder == process, "a row has one holder");
    require(!row.config.dedicated() || row.dedicated_to == process,
            "a dedicated row has only its own holder");
#ifdef WARMSPARE_MUTANT_SPARE_TWICE
    if (!row.config.dedicated()) return;
#endif
    row.holder = process;
}

void LinkTable::free(LinkIndex index) {
    rows_[index.value].holder.reset();
}

Selection select_link(const LinkTable& table, ProcessIndex process) {
    return select_link(table, process,
                       [&](LinkIndex i) { return table.row(i).fit() ? Fitness::fit : Fitness::unfit; });
}

}  // namespace warmspare::core
