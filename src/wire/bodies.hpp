// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <cstddef>
#include <expected>
#include <span>

#include "wire/decoder.hpp"
#include "wire/frames.hpp"

namespace warmspare::wire {

/// Reads the whole body of a frame of any type but Data, whose payload is no part of what is kept. Nothing
/// that is returned points into `body`.
[[nodiscard]] std::expected<Frame, DecodeError> decode_body(FrameType type, std::span<const std::byte> body);

/// The first data_prefix_size bytes of a Data body of `body_size` bytes; the payload is left empty.
[[nodiscard]] std::expected<Data, DecodeError> decode_data_prefix(std::span<const std::byte> prefix,
                                                                  std::size_t body_size);

}  // namespace warmspare::wire
