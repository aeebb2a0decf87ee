// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "wire/frames.hpp"

namespace warmspare::wire {

using Buffer = std::vector<std::byte>;

// Each appends one whole frame to `out`; the only allocation is the buffer's own growth.
// Names and lists must be within the limits of frames.hpp: longer ones are our own mistake and assert.

void encode(Buffer& out, const Hello& frame);
void encode(Buffer& out, const Welcome& frame);
void encode(Buffer& out, const Confirm& frame);
void encode(Buffer& out, const Refuse& frame);
void encode(Buffer& out, const Test& frame);
void encode(Buffer& out, const Reply& frame);
void encode(Buffer& out, const Table& frame);
void encode(Buffer& out, const View& frame);
void encode(Buffer& out, const Assign& frame);
void encode(Buffer& out, const Moved& frame);
void encode(Buffer& out, const Open& frame);
void encode(Buffer& out, const Ack& frame);
void encode(Buffer& out, const Finish& frame);
void encode(Buffer& out, const Reset& frame);
void encode(Buffer& out, const Closed& frame);
void encode(Buffer& out, const Goodbye& frame);
void encode(Buffer& out, const Suspect& frame);
void encode(Buffer& out, const Padding& frame);

/// What stands in front of the payload of a Data frame. The payload itself is never copied: it is written
/// with a gathered write straight from the replay buffer.
using DataHeader = std::array<std::byte, header_size + data_prefix_size>;
[[nodiscard]] DataHeader encode_data_header(std::uint64_t stream, std::uint64_t offset,
                                            std::size_t payload_size);

}  // namespace warmspare::wire
