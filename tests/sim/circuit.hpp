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

/// One transmission path between two nodes, with the faults that can befall it.
class Circuit {
  public:
    Circuit(CircuitSetup setup, std::vector<Line>& lines) : setup_{std::move(setup)}, lines_{lines} {}

    [[nodiscard]] const CircuitSetup& setup() const noexcept { return setup_; }

    [[nodiscard]] bool blocked(Side from) const {
        if (down[0] || down[1] || cut[index(from)]) return true;
        return std::ranges::any_of(setup_.lines, [&](const Stretch& stretch) {
            return lines_[stretch.line].blocked[index(from) ^ static_cast<std::size_t>(stretch.reversed)];
        });
    }

    /// When so many bytes have left this end, after all that is queued before them.
    core::Time serialize(Side from, std::uint64_t size, core::Time now) {
        const auto nanoseconds = size * 1'000'000'000ULL / std::max<std::uint64_t>(setup_.rate, 1);
        auto& busy = busy_until_[index(from)];
        busy = std::max(busy, now) + core::Duration{static_cast<core::Duration::rep>(nanoseconds)};
        return busy;
    }

    struct Transit {
        core::Duration time;
        std::uint32_t losses = 0;
    };
    /// From leaving one end to reaching the other. A lost segment is one that comes after its retransmission.
    Transit transit(Random& random) const {
        Transit transit{setup_.delay + random.duration(core::Duration::zero(), setup_.jitter)};
        core::Duration timeout = std::chrono::milliseconds{200};
        for (int tries = 0;
             tries < 5 && random.permille(lossless ? 0 : std::max(setup_.loss_permille, extra_loss));
             ++tries) {
            ++transit.losses;
            transit.time += timeout;
            timeout *= 2;
        }
        return transit;
    }

    /// Silent loss of everything sent from that end.
    std::array<bool, 2> cut{};
    /// The interface at that end is down.
    std::array<bool, 2> down{};
    /// The listener is not there: connections are refused.
    bool refusing = false;
    std::uint32_t extra_loss = 0;
    /// Not even the loss that the circuit always has.
    bool lossless = false;

  private:
    CircuitSetup setup_;
    std::vector<Line>& lines_;
    std::array<core::Time, 2> busy_until_{};
};

/// The way of one link: its circuit, and faults that befall this port pair only.
struct LinkPath {
    Circuit* circuit = nullptr;
    std::string link;
    std::array<bool, 2> cut{};
    bool refusing = false;

    [[nodiscard]] bool blocked(Side from) const { return cut[index(from)] || circuit->blocked(from); }
};

}  // namespace warmspare::sim
