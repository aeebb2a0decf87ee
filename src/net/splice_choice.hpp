// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <algorithm>
#include <cstddef>

namespace warmspare::net {

/// Whether the bytes of an application are worth splicing. That pays where much comes at once; little pieces
/// cost more calls and fill the slots of a pipe. So a stream begins with copying, goes over once much has
/// come in large pieces, and back when little ones come.
class SpliceChoice {
  public:
    [[nodiscard]] bool splice() const noexcept { return at_a_stretch_ >= needed_; }

    /// `size` bytes were copied, and there was room for so many.
    void copied(std::size_t size, std::size_t room) noexcept {
        at_a_stretch_ = size == room || size >= little ? at_a_stretch_ + size : 0;
    }
    /// `size` bytes were spliced.
    void spliced(std::size_t size) noexcept {
        little_reads_ = size < little ? little_reads_ + 1 : 0;
        if (little_reads_ == most_little_reads) *this = SpliceChoice{};
    }
    /// Splicing turned out to be no good: it is tried again after more than the last time.
    void refuse() noexcept {
        needed_ = std::min(needed_ * 16, most_needed);
        at_a_stretch_ = little_reads_ = 0;
    }

  private:
    static constexpr std::size_t first_needed = std::size_t{1} << 20;
    static constexpr std::size_t most_needed = std::size_t{1} << 30;
    static constexpr std::size_t little = std::size_t{16} << 10;
    static constexpr std::size_t most_little_reads = 8;

    /// Bytes copied since the application was last found to have no more.
    std::size_t at_a_stretch_ = 0;
    std::size_t needed_ = first_needed;
    std::size_t little_reads_ = 0;
};

}  // namespace warmspare::net
