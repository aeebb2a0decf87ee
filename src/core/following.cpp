// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "core/following.hpp"

namespace warmspare::core {

std::vector<Following::Entry> Following::read(const wire::Assign& assign, const RowOf& row_of) const {
    std::vector<Entry> entries;
    for (const auto& told : assign.assignments)
        if (const auto process = assignments_.find(told.process))
            entries.push_back({*process, &told, row_of(told.link_id)});
    return entries;
}

void Following::handle_assign(const wire::Assign& assign, const RowOf& row_of, Time now) {
#ifndef WARMSPARE_MUTANT_OLD_LISTS
    if (heard_ && assign.epoch < epoch_) return;
#endif
    heard_ = true;
    epoch_ = assign.epoch;
    const auto entries = read(assign, row_of);
    std::vector<bool> listed(assignments_.processes().size(), false);
    for (const auto& entry : entries) listed[entry.process.value] = true;
    for (std::uint32_t i = 0; i < listed.size(); ++i)
        if (!listed[i]) assignments_.release({i});
    // One process may take the link that another leaves: first all leave.
    for (const auto& entry : entries)
        if (leaves(entry)) assignments_.let_go(entry.process);
    for (const auto& entry : entries) follow(entry, now);
}

bool Following::leaves(const Entry& entry) const {
    return assignments_.process(entry.process).link != entry.link;
}

/// Whether the row may be this process's. That it may not is a mistake of the other node's.
bool Following::allowed(const Entry& entry) const {
    const auto& row = assignments_.table().row(*entry.link);
    const bool own = !row.config.dedicated() || row.dedicated_to == entry.process;
    return own && (!row.holder || row.holder == entry.process);
}

void Following::follow(const Entry& entry, Time now) {
    const auto& process = assignments_.process(entry.process);
    const auto& told = *entry.told;
    const bool possible = entry.link && allowed(entry);
    if (told.holding == wire::Holding::waiting || !possible) {
        assignments_.wait(entry.process, told.cause, now);
        assignments_.keep(entry.process, possible ? entry.link : std::nullopt);
        return;
    }
    const bool known = process.holding == Holding::in_use && process.link == entry.link;
    if (known && told.moved <= process.moved) return;
    if (told.holding == wire::Holding::restored)
        assignments_.restore(entry.process, *entry.link, told.moved, told.cause);
    else
        assignments_.assign(entry.process, *entry.link, told.moved, told.cause);
}

void Following::wait_without_links(ProcessIndex process, Time now) {
    assignments_.wait(process, "no link is up", now);
}

void Following::clear() {
    assignments_.clear();
    epoch_ = 0;
    heard_ = false;
}

}  // namespace warmspare::core
