// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// A byte string read as a program: whoever has a choice takes the next bytes of it. Every byte string is a
// program, and a small change of it is a small change of what happens, which is what a fuzzer needs.

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <source_location>
#include <span>

namespace warmspare::fuzz {

/// Ends the program, which makes the fuzzer keep the input, if what must hold does not.
inline void check(bool holds, std::source_location where = std::source_location::current()) {
    if (holds) return;
    std::fprintf(stderr, "%s:%u: what must hold does not\n", where.file_name(),
                 static_cast<unsigned>(where.line()));
    std::abort();
}

class Program {
  public:
    explicit Program(std::span<const std::uint8_t> bytes) noexcept : rest_{bytes} {}

    [[nodiscard]] bool over() const noexcept { return rest_.empty(); }

    /// 0 once the program is over.
    std::uint8_t byte() noexcept {
        if (over()) return 0;
        const auto first = rest_.front();
        rest_ = rest_.subspan(1);
        return first;
    }
    bool coin() noexcept { return byte() % 2 == 1; }
    /// One of 0 to n - 1; n is at most 256.
    std::size_t below(std::size_t n) noexcept { return byte() % n; }
    /// A number of any size in few bytes: mostly a small one, or one that is close to a power of two.
    std::uint64_t number() noexcept {
        const auto first = byte();
        if (first < 192) return first;
        const std::uint64_t power = std::uint64_t{1} << (byte() % 64);
        return first < 224 ? power + byte() : power - byte();
    }
    /// As many as there are, at most n.
    std::span<const std::byte> bytes(std::size_t n) noexcept {
        const auto taken = rest_.first(std::min(n, rest_.size()));
        rest_ = rest_.subspan(taken.size());
        return std::as_bytes(taken);
    }

  private:
    std::span<const std::uint8_t> rest_;
};

}  // namespace warmspare::fuzz
