// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <cstddef>
#include <span>

namespace warmspare::core {

/// Bytes of one direction of a stream that never come into this program: they wait in the kernel, in pipes,
/// between the application's socket and a link's (splice(2)), and a copy of what was sent waits there for its
/// acknowledgement (tee(2)). The driver fills it and writes from it to links; the core decides how much is
/// sent and what is kept.
class Pipe {
  public:
    virtual ~Pipe() = default;

    /// Makes the next bytes ready to be written to a link, `max` at most, keeps a copy of them, and returns
    /// how many. Fewer than are there: no more copies can be kept. Only when all that was staged before has
    /// been written.
    [[nodiscard]] virtual std::size_t stage(std::size_t max) = 0;
    /// Drops the oldest `size` bytes of the copies.
    virtual void forget(std::size_t size) = 0;
    /// Moves the oldest bytes that are not forgotten, staged or not, to `out`, which has no room for more
    /// than there are. From the first call on this is all that is done with the pipe, but for writing what
    /// was staged before.
    virtual void take_back(std::span<std::byte> out) = 0;
};

}  // namespace warmspare::core
