// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Numbers on the wire are big-endian, wherever they stand.

#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstring>

namespace warmspare::wire {

/// From the order of this host to that of the wire, or the reverse: it is the same exchange of bytes.
template <std::unsigned_integral T>
[[nodiscard]] constexpr T exchange_big_endian(T value) noexcept {
    return std::endian::native == std::endian::little ? std::byteswap(value) : value;
}

/// Reads sizeof(T) bytes.
template <std::unsigned_integral T>
[[nodiscard]] T load_big_endian(const std::byte* from) noexcept {
    T value{};
    std::memcpy(&value, from, sizeof value);
    return exchange_big_endian(value);
}

/// Writes sizeof(T) bytes.
template <std::unsigned_integral T>
void store_big_endian(std::byte* to, T value) noexcept {
    value = exchange_big_endian(value);
    std::memcpy(to, &value, sizeof value);
}

}  // namespace warmspare::wire
