// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "sim/ledger.hpp"

#include <algorithm>
#include <ranges>

namespace warmspare::sim {

Stream& Ledger::add(Stream stream) {
    stream.number = static_cast<std::uint32_t>(streams_.size());
    return streams_.emplace_back(std::move(stream));
}

Stream* Ledger::find(std::uint32_t client, std::uint32_t target, core::StreamId id, std::uint64_t life) {
    for (auto& stream : std::views::reverse(streams_))
        if (stream.hosts[0] == client && stream.hosts[1] == target && stream.id == id && stream.life == life)
            return &stream;
    return nullptr;
}

std::size_t Ledger::live() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(streams_, [](const Stream& stream) { return !stream.over(); }));
}

}  // namespace warmspare::sim
