// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "sim/content.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

#include "sim/random.hpp"

namespace warmspare::sim {

namespace {

/// A prime.
constexpr std::size_t period = 65521;
constexpr std::size_t longest_stretch = 65536;

std::vector<std::byte> make_table() {
    std::vector<std::byte> table(period + longest_stretch);
    for (std::size_t i = 0; i < period; ++i) table[i] = static_cast<std::byte>(mix(i));
    for (std::size_t i = period; i < table.size(); ++i) table[i] = table[i - period];
    return table;
}

}  // namespace

std::span<const std::byte> content(std::uint64_t seed, std::uint64_t offset, std::size_t size) {
    static const auto table = make_table();
    return std::span{table}.subspan((mix(seed) % period + offset) % period, std::min(size, longest_stretch));
}

}  // namespace warmspare::sim
