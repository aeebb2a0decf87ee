// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

#include "core/time.hpp"

namespace warmspare::sim {

/// One step of SplitMix64: a good mix of 64 bits.
[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t value) noexcept {
    value += 0x9E3779B97F4A7C15ULL;
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9ULL;
    value = (value ^ (value >> 27)) * 0x94D049BB133111EBULL;
    return value ^ (value >> 31);
}

/// The only source of chance in a run. Written out because the distributions of <random> differ between
/// libraries, and a seed must replay anywhere.
class Random {
  public:
    /// Neighbouring seeds give sequences that have nothing to do with each other.
    explicit Random(std::uint64_t seed) noexcept : state_{mix(seed)} {}

    std::uint64_t next() noexcept { return mix(state_++); }

    /// From 0 to `bound` - 1.
    std::uint64_t below(std::uint64_t bound) noexcept { return bound == 0 ? 0 : next() % bound; }
    /// From `low` to `high`, both included.
    std::uint64_t between(std::uint64_t low, std::uint64_t high) noexcept {
        return low + below(high - low + 1);
    }
    bool chance(std::uint64_t percent) noexcept { return below(100) < percent; }
    bool permille(std::uint64_t share) noexcept { return share != 0 && below(1000) < share; }

    core::Duration duration(core::Duration low, core::Duration high) noexcept {
        return low + core::Duration{static_cast<core::Duration::rep>(
                         below(static_cast<std::uint64_t>((high - low).count()) + 1))};
    }

    /// From 0 to `high`, every order of magnitude as likely as the next.
    std::uint64_t magnitude(std::uint64_t high) noexcept {
        const auto bits = below(static_cast<std::uint64_t>(std::bit_width(high)) + 1);
        const auto ceiling = bits >= 64 ? high : (std::uint64_t{1} << bits) - 1;
        return below(std::min(ceiling, high) + 1);
    }

    template <class T>
    const T& pick(const std::vector<T>& choices) noexcept {
        return choices[below(choices.size())];
    }

  private:
    std::uint64_t state_;
};

}  // namespace warmspare::sim
