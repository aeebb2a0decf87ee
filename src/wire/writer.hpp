// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Appends one frame to a buffer. What it is given was checked when the configuration was read, so what does
// not fit is a mistake of this program and ends it.

#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "wire/byte_order.hpp"
#include "wire/encoder.hpp"
#include "wire/frames.hpp"

namespace warmspare::wire {

/// Writes header_size bytes.
void store_header(std::byte* to, FrameType type, std::size_t body_size) noexcept;

class Writer {
  public:
    /// Begins a frame at the end of `out`, which must outlive the writer and not be touched until finish().
    Writer(Buffer& out, FrameType type);

    template <std::unsigned_integral T>
    void number(T value) {
        const auto at = out_.size();
        out_.resize(at + sizeof value);
        store_big_endian(out_.data() + at, value);
    }
    void flag(bool value) { number<std::uint8_t>(value ? 1 : 0); }
    void stream_id(std::uint64_t id);
    void count(std::size_t entries);

    void name(std::string_view name);
    void name_or_none(std::string_view name);
    void link_name(std::string_view name);
    /// Cut to max_text; what is not printable becomes a question mark.
    void text(std::string_view text);

    /// Puts the length of the body into the header.
    void finish();

  private:
    void short_string(std::string_view string);

    Buffer& out_;
    std::size_t begin_;
    FrameType type_;
};

}  // namespace warmspare::wire
