// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Takes the fields of one body from its front. The first field that is not there, or cannot hold what it
// holds, is remembered, and from then on every field reads as zero or empty: a frame is read in one go and
// judged once.

#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "wire/byte_order.hpp"
#include "wire/decoder.hpp"

namespace warmspare::wire {

class Reader {
  public:
    /// Borrows `body`.
    explicit Reader(std::span<const std::byte> body) noexcept : rest_{body} {}

    template <std::unsigned_integral T>
    [[nodiscard]] T number() noexcept {
        const auto bytes = take(sizeof(T));
        return bytes.empty() ? T{} : load_big_endian<T>(bytes.data());
    }
    /// One byte, 0 or 1.
    [[nodiscard]] bool flag() noexcept;
    /// Never 0.
    [[nodiscard]] std::uint64_t stream_id() noexcept;
    /// A number of entries to come, each of which takes `entry_size` bytes or more: what is claimed here
    /// cannot make anybody reserve more than a multiple of what has arrived.
    [[nodiscard]] std::size_t count(std::size_t entry_size) noexcept;

    [[nodiscard]] std::string name();
    /// The same, or empty: no process.
    [[nodiscard]] std::string name_or_none();
    [[nodiscard]] std::string link_name();
    [[nodiscard]] std::string text();

    /// Stops at the first mistake that is told.
    void fail(DecodeError error) noexcept;
    void require(bool holds) noexcept {
        if (!holds) fail(DecodeError::malformed);
    }
    void ignore_rest() noexcept { rest_ = {}; }

    [[nodiscard]] bool failed() const noexcept { return error_.has_value(); }
    /// What is wrong with the body, bytes left over included.
    [[nodiscard]] std::optional<DecodeError> error() const noexcept;

  private:
    /// Empty if there are not so many, and a mistake then.
    std::span<const std::byte> take(std::size_t size) noexcept;
    std::string_view short_string(std::size_t most) noexcept;
    std::string_view characters(std::size_t size, std::size_t most) noexcept;

    std::span<const std::byte> rest_;
    std::optional<DecodeError> error_;
};

}  // namespace warmspare::wire
