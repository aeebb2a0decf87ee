// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "sim/random.hpp"
#include "sim/setup.hpp"

namespace warmspare::sim {

/// The two ends of a circuit or connection. Also names a direction: the one in which that end sends.
enum class Side : std::uint8_t { dialer = 0, acceptor = 1 };

[[nodiscard]] constexpr std::size_t index(Side side) noexcept {
    return static_cast<std::size_t>(side);
}
[[nodiscard]] constexpr Side other(Side side) noexcept {
    return side == Side::dialer ? Side::acceptor : Side::dialer;
}
inline constexpr std::array both_sides{Side::dialer, Side::acceptor};

/// By direction: from the near end to the far end, and back.
struct Line {
    std::array<bool, 2> blocked{};
};

/// What is wrong with a circuit or with the port pair of one link, by direction where that matters.
struct Troubles {
    /// Silent loss of everything.
    std::array<bool, 2> cut{};
    /// The box on the way relays nothing and goes on acknowledging. Only where there is one.
    std::array<bool, 2> held{};
    /// Segments with more bytes than this vanish; 0: none do.
    std::array<std::uint64_t, 2> largest{};
    /// Nobody listens at the dialled end.
    bool refusing = false;

    [[nodiscard]] bool any() const noexcept {
        return cut[0] || cut[1] || held[0] || held[1] || largest[0] != 0 || largest[1] != 0 || refusing;
    }
    [[nodiscard]] bool swallows(Side from, std::uint64_t size) const noexcept {
        const auto most = largest[index(from)];
        return most != 0 && size > most;
    }
};

/// One transmission path between two nodes, with the faults that can befall it.
class Circuit {
  public:
    Circuit(CircuitSetup setup, std::vector<Line>& lines) : setup_{std::move(setup)}, lines_{lines} {}

    [[nodiscard]] const CircuitSetup& setup() const noexcept { return setup_; }

    /// Nothing that this end sends comes out of the circuit.
    [[nodiscard]] bool cut(Side from) const {
        if (down[0] || down[1] || troubles.cut[index(from)]) return true;
        return std::ranges::any_of(setup_.lines, [&](const Stretch& stretch) {
            return lines_[stretch.line].blocked[index(from) ^ static_cast<std::size_t>(stretch.reversed)];
        });
    }
    /// It loses something now and then, or everything.
    [[nodiscard]] bool disturbed() const {
        const bool lossy = setup_.loss_permille != 0 || setup_.queue > core::Duration::zero();
        return extra_loss[0] != 0 || extra_loss[1] != 0 || (lossy && !lossless) || troubles.any() ||
               cut(Side::dialer) || cut(Side::acceptor);
    }

    /// One way, without the queue.
    [[nodiscard]] core::Duration delay() const noexcept { return setup_.delay + extra_delay; }

    /// The queue before it is full: one segment more is lost.
    [[nodiscard]] bool full(Side from, core::Time now) const {
        return setup_.queue > core::Duration::zero() && !lossless &&
               busy_until_[index(from)] - now > setup_.queue;
    }
    /// When so many bytes have left this end, after all that is queued before them.
    core::Time serialize(Side from, std::uint64_t size, core::Time now) {
        const auto nanoseconds = size * 1'000'000'000ULL / std::max<std::uint64_t>(setup_.rate, 1);
        auto& busy = busy_until_[index(from)];
        busy = std::max(busy, now) + core::Duration{static_cast<core::Duration::rep>(nanoseconds)};
        return busy;
    }
    /// How long what is sent from this end now waits before it leaves.
    [[nodiscard]] core::Duration queued(Side from, core::Time now) const {
        return std::max(busy_until_[index(from)] - now, core::Duration::zero());
    }
    /// From leaving one end to reaching the other.
    [[nodiscard]] core::Duration transit(Random& random) const {
        if (setup_.jitter == core::Duration::zero()) return delay();
        return delay() + random.duration(core::Duration::zero(), setup_.jitter);
    }
    /// Whether what this end sends now is lost.
    [[nodiscard]] bool loses(Side from, Random& random) const {
        return !lossless && random.permille(std::max(setup_.loss_permille, extra_loss[index(from)]));
    }

    Troubles troubles;
    /// The interface at that end is down.
    std::array<bool, 2> down{};
    /// In permille, by direction.
    std::array<std::uint32_t, 2> extra_loss{};
    core::Duration extra_delay{};
    /// Not even the loss that the circuit always has.
    bool lossless = false;

  private:
    CircuitSetup setup_;
    std::vector<Line>& lines_;
    std::array<core::Time, 2> busy_until_{};
};

/// The way of one link: its circuit, and what is wrong with this port pair only.
struct LinkPath {
    Circuit* circuit = nullptr;
    std::string link;
    Troubles troubles;

    /// Nothing that this end sends arrives anywhere.
    [[nodiscard]] bool cut(Side from) const { return troubles.cut[index(from)] || circuit->cut(from); }
    /// What this end sends gets to the box on the way and no further.
    [[nodiscard]] bool held(Side from) const {
        return troubles.held[index(from)] || circuit->troubles.held[index(from)];
    }
    [[nodiscard]] bool refusing() const { return troubles.refusing || circuit->troubles.refusing; }
    /// Segments of this size do not arrive.
    [[nodiscard]] bool swallows(Side from, std::uint64_t size) const {
        return troubles.swallows(from, size) || circuit->troubles.swallows(from, size);
    }
    /// Since when nothing has been lost here; never: something may be lost now.
    core::Time clean_since{};
    void note_troubles(core::Time now) {
        if (troubles.any() || circuit->disturbed())
            clean_since = core::never;
        else if (clean_since == core::never)
            clean_since = now;
    }
};

}  // namespace warmspare::sim
