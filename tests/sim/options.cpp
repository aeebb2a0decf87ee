// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "sim/options.hpp"

#include <algorithm>

namespace warmspare::sim {

using namespace std::chrono_literals;
using Durations = std::vector<core::Duration>;

namespace {

void draw_form(Options& options, Random& random) {
    options.form = random.pick(std::vector{Form::pair, Form::pair, Form::pair, Form::pair, Form::branch,
                                           Form::branch, Form::ring, Form::ring, Form::ring_and_branch});
    if (options.form == Form::branch) options.nodes = static_cast<std::uint32_t>(random.between(3, 5));
    if (options.form == Form::ring) options.nodes = random.chance(60) ? 3 : random.chance(60) ? 4 : 5;
    if (options.form == Form::ring_and_branch) options.nodes = random.chance(60) ? 4 : 5;
    options.circuits = static_cast<std::uint32_t>(random.between(1, 4));
    options.processes = static_cast<std::uint32_t>(random.between(1, 4));
    options.derived_table = random.chance(60);
    options.mismatch = random.chance(12);
}

core::HealthConfig draw_health(Random& random) {
    core::HealthConfig health;
    health.misses = static_cast<std::uint32_t>(random.between(1, 3));
    health.watchdog = random.pick(Durations{10ms, 10ms, 20ms, 100ms});
    health.interval = random.pick(Durations{1s, 1s, 300ms, 2s});
    health.idle_interval = random.pick(std::vector<std::optional<core::Duration>>{10s, 3s, std::nullopt});
    return health;
}

void draw_lines(Options& options, Random& random) {
    options.lowest_rate =
        random.pick(std::vector<std::uint64_t>{125'000, 1'250'000, 125'000'000, 125'000'000});
    options.longest_delay = random.pick(Durations{100us, 2ms, 2ms, 20ms, 150ms});
    options.loss_permille =
        static_cast<std::uint32_t>(random.pick(std::vector<std::uint64_t>{0, 0, 0, 1, 10}));
    options.boxes = static_cast<std::uint32_t>(random.pick(std::vector<std::uint64_t>{0, 0, 50}));
    options.queue = random.pick(Durations{0s, 0s, 30ms, 200ms});
}

void draw_tcp(Options& options, Random& random) {
    auto& tcp = options.tcp;
    // Deeper queues than this are the network's fault: no watchdog can tell them from a dead link.
    const auto fifty_milliseconds = std::max<std::uint64_t>(options.lowest_rate / 20, 4096);
    tcp.send_buffer = std::min<std::uint64_t>(std::uint64_t{16384} << random.below(6), fifty_milliseconds);
    tcp.unsent_limit = std::min<std::uint64_t>(std::uint64_t{4096} << random.below(4), tcp.send_buffer);
    tcp.segment = random.pick(std::vector<std::uint64_t>{1448, 16384, 16384, 65536});
    if (options.lowest_rate < 10'000'000) tcp.segment = 1448;
    tcp.delayed_ack = random.pick(Durations{0ms, 40ms, 40ms});
    tcp.portion = random.pick(std::vector<std::uint64_t>{65536, 65536, 65536, 65536, 4096, 100});
    tcp.drawn_portions = random.chance(50);
    tcp.reads_first = random.chance(50);
    tcp.timer_slack = random.pick(Durations{0us, 100us, 1ms, 1ms, 8ms});
}

void fit_health(Options& options) {
    auto& health = options.health;
    // The founding behaviour, one missed watchdog, needs one that is generous enough for the line.
    const core::Duration two_segments{
        static_cast<std::int64_t>(2 * 1'000'000'000ULL * options.tcp.segment / options.lowest_rate)};
    if (health.misses == 1) health.watchdog = std::max(health.watchdog, 3 * two_segments + 10ms);
    // A connection must be made within an interval, so a round trip must fit into it.
    if (options.longest_delay >= 100ms) health.interval = std::max<core::Duration>(health.interval, 2s);
}

void draw_faults(Options& options, Random& random) {
    const auto share = random.pick(std::vector<std::uint64_t>{10, 25, 60});
    for (std::size_t kind = 0; kind < fault_kinds; ++kind)
        if (random.chance(share)) options.faults.push_back(static_cast<FaultKind>(kind));
    if (std::ranges::count(options.faults, FaultKind::middlebox) > 0) options.boxes = 50;
    options.fault_phase = random.duration(3s, 25s);
    options.fault_gap = random.pick(Durations{200ms, 1s, 4s});
    options.fault_length = random.pick(Durations{100ms, 1s, 5s, 15s});
}

void draw_load(Options& options, Random& random) {
    options.streams = static_cast<std::uint32_t>(random.between(1, 30));
    const auto by_rate = std::max<std::uint64_t>(options.lowest_rate / 4, 4096);
    options.largest_stream = std::min(std::uint64_t{1} << random.between(10, 22), by_rate);
    if (random.chance(3)) {
        // Many of everything, but little of each.
        options.processes = static_cast<std::uint32_t>(random.between(8, 12));
        options.streams = static_cast<std::uint32_t>(random.between(100, 400));
        options.largest_stream = 1024;
    }
    options.lingers = {1s, 100ms};
    if (random.chance(25)) {
        options.churning = static_cast<std::uint32_t>(random.between(1, 3));
        options.lingers = {0s, 5ms, 100ms};
    }
    const auto share = [&] {
        return static_cast<std::uint32_t>(random.pick(std::vector<std::uint64_t>{0, 10, 40}));
    };
    options.slow_readers = share();
    options.stopped_readers = share();
    options.resets = share();
    options.closes = share();
    options.failing_targets = share();
}

void draw_memory(Options& options, Random& random) {
    options.tight_memory = random.chance(10);
    // Each process can have a stream at both nodes at the same time.
    const auto peers = std::uint64_t{options.nodes} - 1;
    const auto least = peers * (options.processes + 2) * (std::uint64_t{256} << 10);
    for (auto* memory : {&options.memory, &options.odd_memory}) {
        memory->stream = std::uint64_t{65536} << random.below(7);
        if (random.chance(30)) memory->node = std::max(std::uint64_t{64} << 20, 16 * least);
        if (options.tight_memory) memory->node = least;
    }
}

/// Last, so that seeds from before there was splicing mean what they meant, as far as they have none.
void draw_splicing(Options& options, Random& random) {
    options.tcp.spliced =
        static_cast<std::uint32_t>(random.pick(std::vector<std::uint64_t>{0, 0, 0, 50, 95}));
    options.tcp.pipe = std::uint64_t{1024} << random.below(10);
}

}  // namespace

Options draw_options(Random& random) {
    Options options;
    draw_form(options, random);
    options.health = draw_health(random);
    draw_lines(options, random);
    draw_tcp(options, random);
    fit_health(options);
    options.odd_health = options.health;
    if (options.mismatch) {
        options.odd_health.misses = static_cast<std::uint32_t>(random.between(1, 3));
        options.odd_health.watchdog *= static_cast<int>(random.between(1, 3));
        if (random.chance(50)) options.odd_health.interval *= 2;
    }
    draw_faults(options, random);
    draw_load(options, random);
    draw_memory(options, random);
    draw_splicing(options, random);
    return options;
}

}  // namespace warmspare::sim
