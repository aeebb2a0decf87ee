// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// How much memory streams may hold. Every direction of a stream has a certain amount, reserved when the
// stream is accepted, so that it can always make progress. What it takes beyond that is granted by dynamic
// threshold (Choudhury and Hahne, "Dynamic Queue Length Thresholds for Shared-Memory Packet Switches", 1998):
// nobody may hold more than is still free. Half of a peer's share is there to be granted: one stream alone
// gets half of that, n busy ones get 1/(n+1) each. The other half is for certain amounts only, so that
// streams that are busy leave room for those that come next. Fixed quotas would waste most of the memory on
// idle streams, and first come first served lets one slow reader take it all.

#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "core/ids.hpp"

namespace warmspare::core {

/// What every direction of every stream can always hold, in bytes.
inline constexpr std::uint64_t certain_bytes = std::uint64_t{64} << 10;

/// One peer's share. All amounts are bytes; used() never exceeds limit().
class PeerBudget {
  public:
    explicit PeerBudget(std::uint64_t limit) noexcept : limit_{limit} {}
    PeerBudget(PeerBudget&&) = delete;

    [[nodiscard]] std::uint64_t limit() const noexcept { return limit_; }
    [[nodiscard]] std::uint64_t used() const noexcept { return used_; }
    /// The dynamic threshold: what one user may hold at most beyond its certain part, as long as nothing else
    /// changes.
    [[nodiscard]] std::uint64_t threshold() const noexcept;

    /// Takes `bytes` if they are free, regardless of the threshold.
    [[nodiscard]] bool reserve_certain(std::uint64_t bytes) noexcept;
    void release_certain(std::uint64_t bytes);
    /// Takes `more` bytes for somebody who holds `grown` beyond its certain part, if what it then holds is
    /// within the threshold that is then left.
    [[nodiscard]] bool grow(std::uint64_t grown, std::uint64_t more) noexcept;
    void release_grown(std::uint64_t bytes);

  private:
    std::uint64_t limit_;
    std::uint64_t used_ = 0;
    /// Of that, what was granted beyond certain amounts.
    std::uint64_t grown_ = 0;
};

/// A node's limit in bytes, divided equally among its peers.
class MemoryBudget {
  public:
    MemoryBudget(std::uint64_t limit, std::size_t peers);

    /// Stays where it is as long as the MemoryBudget lives.
    [[nodiscard]] PeerBudget& peer(PeerIndex index) { return peers_.at(index.value); }
    [[nodiscard]] std::uint64_t limit() const noexcept { return limit_; }
    [[nodiscard]] std::uint64_t used() const noexcept;

  private:
    std::uint64_t limit_;
    std::deque<PeerBudget> peers_;
};

/// What one direction of a stream holds of its peer's share; returned at destruction. The budget must outlive
/// it.
class Allowance {
  public:
    /// Holds nothing and cannot grow.
    Allowance() noexcept = default;
    /// Empty if the peer's share does not have `certain` bytes.
    [[nodiscard]] static std::optional<Allowance> reserve(PeerBudget& budget,
                                                          std::uint64_t certain = certain_bytes) noexcept;
    Allowance(Allowance&& other) noexcept;
    Allowance& operator=(Allowance&& other) noexcept;
    ~Allowance();

    [[nodiscard]] std::uint64_t held() const noexcept { return held_; }
    /// Beyond the certain part.
    [[nodiscard]] std::uint64_t grown() const noexcept { return held_ - certain_; }
    /// All of `more` or nothing; false if more than `max` would be held then, or the threshold forbids it.
    [[nodiscard]] bool grow_by(std::uint64_t more, std::uint64_t max) noexcept;
    /// Returns what is held above `bytes`, but never the certain part.
    void shrink_to(std::uint64_t bytes);
    /// What others have more need of by now: grown above the threshold. A stream that gives this back as it
    /// drains is what makes shares even out.
    [[nodiscard]] std::uint64_t excess() const noexcept;

  private:
    Allowance(PeerBudget& budget, std::uint64_t certain) noexcept
        : budget_{&budget}, certain_{certain}, held_{certain} {}

    PeerBudget* budget_ = nullptr;
    std::uint64_t certain_ = 0;
    /// At least certain_.
    std::uint64_t held_ = 0;
};

}  // namespace warmspare::core
