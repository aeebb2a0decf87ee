// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace warmspare::core {

/// Running XXH3 (64 bits, seed 0) of one direction of a stream: finds what a fault changed, not what an
/// attacker did. Allocates once, when made.
class Digest {
  public:
    Digest();
    Digest(Digest&&) noexcept;
    Digest& operator=(Digest&&) noexcept;
    ~Digest();

    void update(std::span<const std::byte> bytes) noexcept;
    /// Of all bytes so far; more may follow.
    [[nodiscard]] std::uint64_t value() const noexcept;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace warmspare::core
