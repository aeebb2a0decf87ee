// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace warmspare::sim {

/// The bytes that a stream of this seed has from an offset on: at most `size` of them, and at least one. They
/// repeat themselves, but at a distance that is no multiple of any block, frame or buffer.
[[nodiscard]] std::span<const std::byte> content(std::uint64_t seed, std::uint64_t offset, std::size_t size);

}  // namespace warmspare::sim
