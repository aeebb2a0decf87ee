// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <array>
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
    /// The first frame is not one that a node of this protocol begins with.
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

/// For people: "malformed frame".
[[nodiscard]] std::string_view to_string(DecodeError error) noexcept;

/// Turns the bytes of one connection into frames. Bytes come in any portions. Payload of Data is handed out
/// as it comes and never stored; of other frames at most one body is stored, within its limit, and before the
/// connection is accepted that limit is max_handshake_body. What is stored grows with the bytes that came,
/// never with a length that was only announced, and short frames need no memory beyond the decoder itself.
class Decoder {
  public:
    /// What is still to come of a payload.
    struct Payload {
        std::uint64_t stream;
        std::uint64_t offset;
        std::size_t size;
    };

    /// Handshake frames only, with small bodies, until this is called; afterwards all others, and of those
    /// only Refuse, which may cross with the dialling node's Confirm.
    void accept() noexcept { accepted_ = true; }

    /// Takes bytes from the front of `input` until a frame is complete (or a piece of Data is there) and
    /// returns it; nothing when `input` is used up. After an error the connection is of no more use, and each
    /// further call repeats the error.
    [[nodiscard]] std::expected<std::optional<Frame>, DecodeError> next(std::span<const std::byte>& input);

    /// The payload that the next bytes of the connection belong to, if they do.
    [[nodiscard]] std::optional<Payload> payload() const noexcept;
    /// Its next `size` bytes, not more than there are, went elsewhere and are not put in here.
    void pass(std::size_t size);

  private:
    using Input = std::span<const std::byte>;
    using Result = std::expected<std::optional<Frame>, DecodeError>;

    enum class Stage : std::uint8_t { header, body, payload, skip };

    /// Most bytes of a frame's part that are kept in place: the longest body without a list or a text.
    static constexpr std::size_t short_part = 72;

    [[nodiscard]] std::optional<Input> gather(Input& input, std::size_t size);
    void keep(Input bytes);
    [[nodiscard]] Result run(Input& input);
    [[nodiscard]] std::optional<DecodeError> begin_frame(Input header);
    [[nodiscard]] std::optional<DecodeError> begin_unknown(std::uint8_t flags, std::size_t length);
    [[nodiscard]] std::expected<Frame, DecodeError> read_body(Input body);
    [[nodiscard]] std::optional<DecodeError> begin_payload(Input prefix);
    [[nodiscard]] Data take_payload(Input& input);
    [[nodiscard]] bool skip(Input& input);
    void end_frame() noexcept;

    bool accepted_ = false;
    /// A whole header has come before.
    bool greeted_ = false;
    Stage stage_ = Stage::header;
    FrameType type_{};
    std::optional<DecodeError> failed_;
    /// Bytes of the body, payload or skipped body that are still to come after what gather() is at.
    std::size_t length_ = 0;
    /// Where the payload goes on.
    std::uint64_t stream_ = 0;
    std::uint64_t offset_ = 0;
    /// The beginning of the header, body or prefix that is being gathered; `long_` takes over when it is too
    /// long for `short_`, and is empty and without memory otherwise.
    std::size_t gathered_ = 0;
    std::array<std::byte, short_part> short_;
    std::vector<std::byte> long_;
};

}  // namespace warmspare::wire
