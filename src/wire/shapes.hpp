// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// How long the body of each type of frame can be: what is shorter or longer is refused with its header,
// before anything is kept of it.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "wire/frames.hpp"

namespace warmspare::wire {

/// When a frame may come.
enum class Phase : std::uint8_t { handshake, accepted, always };

struct Shape {
    Phase phase;
    std::size_t shortest;
    std::size_t longest;
};

/// Fewest bytes of one entry of a list.
inline constexpr std::size_t shortest_row = 2 + 2 + 4 + 1 + 2 + 2;
inline constexpr std::size_t shortest_process = 2 + 1 + 8;
inline constexpr std::size_t link_view_size = 4 + 8 + 1;
inline constexpr std::size_t shortest_want = 2;
inline constexpr std::size_t shortest_assignment = 2 + 4 + 8 + 8 + 1 + 2;

/// Empty for types that this version does not know.
[[nodiscard]] constexpr std::optional<Shape> shape(FrameType type) noexcept {
    switch (type) {
        using enum FrameType;
        case hello:
            return Shape{Phase::handshake, 4 + 4 + 2 + 2 + 16 + 2 + 2 + 4 + 1 + 4 + 8, max_handshake_body};
        case welcome:
            return Shape{Phase::handshake, 2 + 2 + 24, 2 + 1 + max_name + 24};
        case confirm:
            return Shape{Phase::handshake, 8, 8};
        case refuse:
            return Shape{Phase::always, 2 + 2, 2 + 2 + max_text};
        case test:
        case reply:
            return Shape{Phase::accepted, 16, 16};
        case table:
            return Shape{Phase::accepted, 4 + 2 + 2, max_control_body};
        case view:
            return Shape{Phase::accepted, 8 + 2 + 2, max_control_body};
        case assign:
            return Shape{Phase::accepted, 8 + 2, max_control_body};
        case moved:
        case suspect:
        case open:
            return Shape{Phase::accepted, 8 + 2, 8 + 1 + max_name};
        case data:
            return Shape{Phase::accepted, data_prefix_size + 1, data_prefix_size + max_payload};
        case ack:
            return Shape{Phase::accepted, 32, 32};
        case finish:
            return Shape{Phase::accepted, 17, 25};
        case reset:
            return Shape{Phase::accepted, 8 + 2 + 2, 8 + 2 + 2 + max_text};
        case closed:
            return Shape{Phase::accepted, 8, 8};
        case goodbye:
            return Shape{Phase::accepted, 0, 0};
        case padding:
            return Shape{Phase::accepted, 0, max_padding};
    }
    return std::nullopt;
}

}  // namespace warmspare::wire
