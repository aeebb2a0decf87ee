// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Streams as strings, for tests.

#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "core/receiving_half.hpp"
#include "core/sending_half.hpp"

namespace warmspare::core {

[[nodiscard]] inline std::string_view text_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

[[nodiscard]] inline std::span<const std::byte> bytes_of(std::string_view text) {
    return std::as_bytes(std::span{text});
}

/// Bytes of which no two nearby stretches are alike, as they are in a stream from `offset` on.
[[nodiscard]] inline std::string numbered(std::size_t size, std::uint64_t offset = 0) {
    std::string text(size, '\0');
    for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(((offset + i) * 2654435761U) >> 13);
    return text;
}

/// Writes as an application does, as far as there is room; returns how much that was.
inline std::size_t write(SendingHalf& half, std::string_view text) {
    std::size_t written = 0;
    while (written < text.size()) {
        const auto room = half.room();
        if (room.empty()) break;
        const auto size = std::min(room.size(), text.size() - written);
        std::ranges::copy(bytes_of(text.substr(written, size)), room.begin());
        half.commit(size);
        written += size;
    }
    return written;
}

}  // namespace warmspare::core
