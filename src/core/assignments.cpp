// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "core/assignments.hpp"

#include <algorithm>
#include <utility>

namespace warmspare::core {

Assignments::Assignments(const PeerConfig& config, LinkTable& table)
    : table_{table}, announced_(config.links.size(), false) {
    for (const auto& process : config.processes) processes_.push_back({.config = process});
}

std::optional<ProcessIndex> Assignments::find(std::string_view name) const {
    const auto found =
        std::ranges::find_if(processes_, [&](const ProcessRow& p) { return p.config.name == name; });
    if (found == processes_.end()) return std::nullopt;
    return ProcessIndex{static_cast<std::uint32_t>(found - processes_.begin())};
}

bool Assignments::on_spare(ProcessIndex index) const {
    const auto& row = process(index);
    return row.holding == Holding::in_use && !table_.row(*row.link).config.dedicated();
}

void Assignments::move(ProcessIndex index, LinkIndex link, std::uint64_t epoch, std::string cause) {
    auto& row = processes_[index.value];
    if (row.link != link) let_go(index);
    table_.hold(link, index);
    row.link = link;
    row.connection_number = table_.row(link).connection_number;
    row.holding = Holding::in_use;
    row.moved = epoch;
    row.cause = std::move(cause);
    row.waiting_since = never;
}

void Assignments::let_go(ProcessIndex index) {
    const auto link = process(index).link;
    if (link && table_.row(*link).holder == index) table_.free(*link);
}

void Assignments::keep(ProcessIndex index, std::optional<LinkIndex> link) {
    let_go(index);
    processes_[index.value].link = link;
    if (link) table_.hold(*link, index);
}

void Assignments::assign(ProcessIndex index, LinkIndex link, std::uint64_t epoch, std::string cause) {
    const auto from = process(index).link;
    processes_[index.value].restored = false;
    move(index, link, epoch, cause);
    decisions_.push_back(
        {from ? DecisionKind::switch_ : DecisionKind::assign, index, from, link, std::move(cause)});
}

void Assignments::restore(ProcessIndex index, LinkIndex link, std::uint64_t epoch, std::string cause) {
    const auto from = process(index).link;
    processes_[index.value].restored = true;
    move(index, link, epoch, cause);
    // The other node may tell of a return whose beginning was never heard of here.
    const auto kind = from ? DecisionKind::restore : DecisionKind::assign;
    decisions_.push_back({kind, index, from, link, std::move(cause)});
}

void Assignments::wait(ProcessIndex index, std::string cause, Time now) {
    auto& row = processes_[index.value];
    if (row.holding == Holding::waiting) return;
    row.holding = Holding::waiting;
    row.waiting_since = now;
    row.cause = cause;
    decisions_.push_back({DecisionKind::no_link, index, row.link, std::nullopt, std::move(cause)});
}

void Assignments::release(ProcessIndex index) {
    auto& row = processes_[index.value];
    if (row.holding == Holding::none) return;
    let_go(index);
    decisions_.push_back({DecisionKind::release, index, row.link, std::nullopt, {}});
    row = {.config = std::move(row.config)};
}

void Assignments::clear() {
    for (std::uint32_t i = 0; i < processes_.size(); ++i) {
        let_go({i});
        processes_[i] = {.config = std::move(processes_[i].config)};
    }
    decisions_.clear();
}

void Assignments::announce_recoveries() {
    const auto& rows = table_.rows();
    for (std::uint32_t i = 0; i < rows.size(); ++i) {
        if (!rows[i].dedicated_to) continue;
        const auto owner = *rows[i].dedicated_to;
        if (!rows[i].fit()) {
            announced_[i] = false;
        } else if (!announced_[i]) {
            announced_[i] = true;
            if (on_spare(owner))
                decisions_.push_back(
                    {DecisionKind::recovery, owner, process(owner).link, LinkIndex{i}, "answers again"});
        }
    }
}

std::optional<Decision> Assignments::poll_decision() {
    if (decisions_.empty()) return std::nullopt;
    auto decision = std::move(decisions_.front());
    decisions_.pop_front();
    return decision;
}

}  // namespace warmspare::core
