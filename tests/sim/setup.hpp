// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// What a simulated world consists of, as plain values.

#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "core/config.hpp"

namespace warmspare::sim {

/// How the kernels' TCP behaves.
struct TcpModel {
    /// Most bytes of one direction that are written and not acknowledged.
    std::uint64_t send_buffer = 256 * 1024;
    /// The socket takes no more while so many bytes have not left it (TCP_NOTSENT_LOWAT).
    std::uint64_t unsent_limit = 16 * 1024;
    /// Most bytes that wait for a reader.
    std::uint64_t receive_buffer = 256 * 1024;
    std::uint64_t segment = 16 * 1024;
    core::Duration delayed_ack = std::chrono::milliseconds{40};
    /// Largest portion that a program reads at once; if they are drawn, between one byte and that.
    std::uint64_t portion = 64 * 1024;
    bool drawn_portions = false;
    /// Whether a program reads all there is before it does what follows from it.
    bool reads_first = false;
    /// How late a program's timers are at most.
    core::Duration timer_slack{};
    /// Of reads of applications and of payload of links, in percent, those that are spliced where they may
    /// be.
    std::uint32_t spliced = 0;
    /// What a pipe holds at most.
    std::uint64_t pipe = 64 * 1024;
};

/// A piece of the ground that circuits share: a cut of it cuts them all.
struct Stretch {
    std::uint32_t line = 0;
    /// The circuit's dialling end is the line's far end.
    bool reversed = false;
};

struct CircuitSetup {
    std::string name;
    /// Index of the node that dials, and of the one that is dialled.
    std::array<std::uint32_t, 2> hosts{0, 1};
    /// One way.
    core::Duration delay = std::chrono::milliseconds{1};
    core::Duration jitter{};
    /// Bytes a second in each direction, shared by all links of the circuit.
    std::uint64_t rate = 125'000'000;
    std::uint32_t loss_permille = 0;
    /// How long its queue may become before what comes next is lost; zero: as long as it likes.
    core::Duration queue{};
    /// A box in the middle ends TCP on both sides.
    bool box = false;
    std::vector<Stretch> lines;
};

struct Setup {
    std::vector<core::NodeConfig> nodes;
    std::vector<CircuitSetup> circuits;
    std::uint32_t lines = 0;
    TcpModel tcp;
};

}  // namespace warmspare::sim
