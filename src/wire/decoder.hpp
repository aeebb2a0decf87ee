// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "wire/frames.hpp"

namespace warmspare::wire {

enum class DecodeError {
    /// The first frame is not a Hello of this protocol.
    bad_magic = 1,
    /// A length field exceeds the limit of its type.
    too_long,
    /// A body ends early, has bytes left over, or holds a value that its field cannot have.
    malformed,
    /// A frame that must be understood and is not.
    unknown_mandatory,
    /// A frame that may not come before the connection is accepted, or only then.
    out_of_order,
};

[[nodiscard]] std::string_view to_string(DecodeError error) noexcept;

/// Turns the bytes of one connection into frames. Bytes come in any portions. Payload of Data is handed out
/// as it comes and never stored; of other frames at most one body is stored, within its limit, and before the
/// connection is accepted that limit is max_handshake_body.
class Decoder {
  public:
    /// Handshake frames only, with small bodies, until this is called; afterwards all others and no more of
    /// those.
    void accept() noexcept { accepted_ = true; }

    /// Takes bytes from the front of `input` until a frame is complete (or a piece of Data is there) and
    /// returns it; nothing when `input` is used up. After an error the connection is of no more use.
    [[nodiscard]] std::expected<std::optional<Frame>, DecodeError> next(std::span<const std::byte>& input);

  private:
    bool accepted_ = false;
    // (implementation to be completed)
};

}  // namespace warmspare::wire
