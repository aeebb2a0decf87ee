// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "sim/ledger.hpp"

#include <algorithm>
#include <cstring>
#include <ranges>

#include "sim/random.hpp"

namespace warmspare::sim {

void fill_content(const Stream& stream, Party sender, std::uint64_t offset, std::span<std::byte> bytes) {
    const auto seed = mix(stream.seed * 2 + index(sender));
    for (std::size_t done = 0; done < bytes.size();) {
        const auto word = mix(seed + (offset + done) / 8);
        const auto skip = (offset + done) % 8;
        const auto size = std::min<std::size_t>(8 - skip, bytes.size() - done);
        std::memcpy(bytes.data() + done, reinterpret_cast<const char*>(&word) + skip, size);
        done += size;
    }
}

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
