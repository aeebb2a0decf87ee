// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Frames that the encoder would never write.

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>

#include "wire/byte_order.hpp"
#include "wire/encoder.hpp"
#include "wire/frames.hpp"

namespace warmspare::wire {

inline void append(Buffer& to, const Buffer& bytes) {
    std::ranges::copy(bytes, std::back_inserter(to));
}

[[nodiscard]] inline Buffer raw_header(std::uint8_t type, std::uint8_t flags, std::uint32_t length) {
    Buffer header(header_size);
    header[0] = std::byte{type};
    header[1] = std::byte{flags};
    store_big_endian(&header[4], length);
    return header;
}

[[nodiscard]] inline Buffer raw_frame(std::uint8_t type, std::uint8_t flags, const Buffer& body) {
    auto frame = raw_header(type, flags, static_cast<std::uint32_t>(body.size()));
    append(frame, body);
    return frame;
}

[[nodiscard]] inline Buffer with_length(Buffer frame, std::size_t length) {
    store_big_endian(&frame[4], static_cast<std::uint32_t>(length));
    return frame;
}

/// Bytes at the end of the body, and the length that goes with them.
[[nodiscard]] inline Buffer with_bytes_added(Buffer frame, std::size_t count) {
    frame.resize(frame.size() + count);
    return with_length(frame, frame.size() - header_size);
}

/// The last bytes of the body are missing, and the length says so.
[[nodiscard]] inline Buffer with_bytes_removed(Buffer frame, std::size_t count) {
    frame.resize(frame.size() - count);
    return with_length(frame, frame.size() - header_size);
}

[[nodiscard]] inline Buffer with_byte(Buffer frame, std::size_t at, std::uint8_t value) {
    frame.at(at) = std::byte{value};
    return frame;
}

}  // namespace warmspare::wire
