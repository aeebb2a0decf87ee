// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "core/detours.hpp"

namespace warmspare::core {

Detours::Detours(const Assignments& assignments, const HealthMonitor& health)
    : assignments_{assignments},
      health_{health},
      links_(assignments.processes().size()),
      guests_(assignments.table().rows().size()) {
}

void Detours::update() {
    for (std::uint32_t i = 0; i < links_.size(); ++i)
        if (links_[i] && !(needed({i}) && usable(*links_[i], {i}))) set({i}, std::nullopt);
    for (const auto& row : assignments_.table().rows()) {
        if (!row.holder || links_[row.holder->value] || !needed(*row.holder)) continue;
        const auto process = *row.holder;
        const auto choice = select_link(assignments_.table(), process, [&](LinkIndex link) {
            return usable(link, process) ? Fitness::fit : Fitness::unfit;
        });
        if (choice.fitness == Fitness::fit) set(process, choice.link);
    }
}

/// Its link is in doubt, or is known here to be dead while the node that decides has not decided yet.
bool Detours::needed(ProcessIndex process) const {
    const auto& row = assignments_.process(process);
    if (row.holding != Holding::in_use) return false;
    const auto& link = assignments_.table().row(*row.link);
    const bool carried = link.fit() && link.connection_number == row.connection_number;
    return !carried || health_.link(*row.link).suspected();
}

bool Detours::usable(LinkIndex link, ProcessIndex process) const {
    const auto& row = assignments_.table().row(link);
    const auto& guest = guests_[link.value];
    return row.fit() && !health_.link(link).suspected() && link != assignments_.process(process).link &&
           (!row.holder || row.holder == process) && (!guest || guest == process);
}

void Detours::set(ProcessIndex process, std::optional<LinkIndex> link) {
    auto& before = links_[process.value];
    if (before) guests_[before->value].reset();
    before = link;
    if (link) guests_[link->value] = process;
}

}  // namespace warmspare::core
