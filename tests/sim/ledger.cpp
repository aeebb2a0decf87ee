// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "sim/ledger.hpp"

#include <algorithm>
#include <ranges>

namespace warmspare::sim {

Stream& Ledger::add(Stream stream) {
    stream.number = static_cast<std::uint32_t>(streams_.size());
    auto& added = streams_.emplace_back(std::move(stream));
    group(added.hosts[0], added.hosts[1], added.process).live.push_back(&added);
    return added;
}

Stream* Ledger::find(std::uint32_t client, std::uint32_t target, core::StreamId id, std::uint64_t life) {
    for (auto& stream : std::views::reverse(streams_))
        if (stream.hosts[0] == client && stream.hosts[1] == target && stream.id == id && stream.life == life)
            return &stream;
    return nullptr;
}

Group& Ledger::group(std::uint32_t one, std::uint32_t other, const std::string& process) {
    return groups_[{std::min(one, other), std::max(one, other), process}];
}

void Group::prune() {
    std::erase_if(live, [&](const Stream* stream) {
        if (stream->over()) delivered_before += stream->delivered();
        return stream->over();
    });
}

}  // namespace warmspare::sim
