// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// An endless byte sequence in which every position can be computed from the seed and the offset alone. A
// lost, doubled, moved or changed byte therefore shows at once, and neither end has to keep what it sent. One
// multiply for eight bytes: far cheaper than the sockets under test, which a real generator or a digest would
// not be.

#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>

namespace warmspare::tools {

class Pattern {
  public:
    explicit Pattern(std::uint64_t seed) : seed_(seed) {}

    /// Writes the bytes at `offset` and after it.
    void fill(std::uint64_t offset, std::span<std::byte> out) const {
        if (const std::size_t skip = offset % 8; skip != 0) {
            const std::size_t count = std::min(8 - skip, out.size());
            copy_word(offset / 8, skip, out.first(count));
            out = out.subspan(count);
            offset += count;
        }
        const std::uint64_t first = offset / 8;
        const std::size_t words = out.size() / 8;
        for (std::size_t i = 0; i < words; ++i) {
            const std::uint64_t value = word_at(first + i);
            std::memcpy(out.data() + i * 8, &value, sizeof value);
        }
        copy_word(first + words, 0, out.subspan(words * 8));
    }

    /// Index in `bytes` of the first one that does not belong at its place, if there is one.
    [[nodiscard]] std::optional<std::size_t> mismatch(std::uint64_t offset,
                                                      std::span<const std::byte> bytes) const {
        alignas(64) std::array<std::byte, 4096> expected;
        for (std::size_t done = 0; done < bytes.size();) {
            const std::size_t count = std::min(expected.size(), bytes.size() - done);
            fill(offset + done, std::span(expected).first(count));
            if (std::memcmp(bytes.data() + done, expected.data(), count) != 0) {
                const auto piece = bytes.subspan(done, count);
                const auto differing = std::ranges::mismatch(piece, expected).in1;
                return done + static_cast<std::size_t>(differing - piece.begin());
            }
            done += count;
        }
        return std::nullopt;
    }

  private:
    [[nodiscard]] std::uint64_t word_at(std::uint64_t index) const {
        const std::uint64_t mixed = (seed_ + index) * 0x9e3779b97f4a7c15U;
        return mixed ^ (mixed >> 32);
    }

    void copy_word(std::uint64_t index, std::size_t skip, std::span<std::byte> out) const {
        const std::uint64_t value = word_at(index);
        if (!out.empty())
            std::memcpy(out.data(), reinterpret_cast<const std::byte*>(&value) + skip, out.size());
    }

    std::uint64_t seed_;
};

}  // namespace warmspare::tools
