// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "sim/options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace warmspare::sim {

using namespace std::chrono_literals;

namespace {

constexpr std::array<std::string_view, fault_kinds> fault_names{
    "black hole", "one way", "reset", "half open", "refuse", "loss", "stall", "restart", "interface down"};

std::string milliseconds(core::Duration time) {
    return fmt::format("{} ms", std::chrono::duration<double, std::milli>{time}.count());
}

TcpModel draw_tcp(Random& random, std::uint64_t rate) {
    TcpModel tcp;
    // Deeper queues than this are the network's fault: no watchdog can tell them from a dead link.
    const auto fifty_milliseconds = std::max<std::uint64_t>(rate / 20, 4096);
    tcp.send_buffer = std::min<std::uint64_t>(std::uint64_t{16384} << random.below(6), fifty_milliseconds);
    tcp.unsent_limit = std::min<std::uint64_t>(std::uint64_t{4096} << random.below(4), tcp.send_buffer);
    tcp.segment = random.pick(std::vector<std::uint64_t>{1448, 4096, 16384, 65536});
    if (rate < 10'000'000) tcp.segment = 1448;
    tcp.delayed_ack = random.pick(std::vector<core::Duration>{0ms, 40ms, 40ms});
    tcp.portion = random.pick(std::vector<std::uint64_t>{65536, 65536, 4096, 100});
    tcp.drawn_portions = random.chance(80);
    tcp.timer_slack = random.pick(std::vector<core::Duration>{0us, 100us, 1ms});
    return tcp;
}

core::HealthConfig draw_health(Random& random) {
    core::HealthConfig health;
    health.misses = static_cast<std::uint32_t>(random.between(1, 3));
    health.watchdog = random.pick(std::vector<core::Duration>{10ms, 10ms, 20ms, 100ms});
    health.interval = random.pick(std::vector<core::Duration>{1s, 1s, 300ms, 2s});
    health.idle_interval = random.pick(std::vector<std::optional<core::Duration>>{10s, 3s, std::nullopt});
    return health;
}

void draw_faults(Options& options, Random& random) {
    const auto share = random.pick(std::vector<std::uint64_t>{15, 40, 80});
    for (std::size_t kind = 0; kind < fault_kinds; ++kind)
        if (random.chance(share)) options.faults.push_back(static_cast<FaultKind>(kind));
    options.fault_phase = random.duration(3s, 25s);
    options.fault_gap = random.pick(std::vector<core::Duration>{200ms, 1s, 4s});
    options.fault_length = random.pick(std::vector<core::Duration>{100ms, 1s, 5s, 15s});
}

void draw_load(Options& options, Random& random) {
    options.streams = static_cast<std::uint32_t>(random.between(1, 30));
    const auto by_rate = std::max<std::uint64_t>(options.lowest_rate / 4, 4096);
    options.largest_stream = std::min(std::uint64_t{1} << random.between(10, 22), by_rate);
    const auto share = [&] {
        return static_cast<std::uint32_t>(random.pick(std::vector<std::uint64_t>{0, 10, 40}));
    };
    options.slow_readers = share();
    options.stopped_readers = share();
    options.resets = share();
    options.closes = share();
    options.failing_targets = share();
}

}  // namespace

std::string_view to_string(FaultKind kind) noexcept {
    return fault_names[static_cast<std::size_t>(kind)];
}

Options draw_options(Random& random) {
    Options options;
    options.topology = random.pick(
        std::vector{Topology::pair, Topology::pair, Topology::pair, Topology::branch, Topology::ring});
    options.circuits =
        options.topology == Topology::ring ? 2 : static_cast<std::uint32_t>(random.between(1, 4));
    options.processes = static_cast<std::uint32_t>(random.between(1, 4));
    options.derived_table = random.chance(60);
    options.health = draw_health(random);
    for (auto* memory : {&options.memory, &options.other_memory}) {
        memory->stream = std::uint64_t{65536} << random.below(7);
        // Enough that no stream is refused, with little or much beside.
        if (random.chance(30)) memory->node = std::uint64_t{12} << 20;
    }
    options.lowest_rate =
        random.pick(std::vector<std::uint64_t>{125'000, 1'250'000, 125'000'000, 125'000'000});
    options.tcp = draw_tcp(random, options.lowest_rate);
    options.longest_delay = random.pick(std::vector<core::Duration>{100us, 2ms, 2ms, 20ms, 150ms});
    // The founding behaviour, one missed watchdog, needs one that is generous enough for the line.
    const core::Duration two_segments{
        static_cast<std::int64_t>(2 * 1'000'000'000ULL * options.tcp.segment / options.lowest_rate)};
    if (options.health.misses == 1)
        options.health.watchdog = std::max(options.health.watchdog, 3 * two_segments + 10ms);
    // A connection must be made within an interval, so a round trip must fit into it.
    if (options.longest_delay >= 100ms)
        options.health.interval = std::max<core::Duration>(options.health.interval, 1s);
    options.loss_permille =
        static_cast<std::uint32_t>(random.pick(std::vector<std::uint64_t>{0, 0, 0, 1, 10}));
    draw_faults(options, random);
    draw_load(options, random);
    return options;
}

std::string describe(const Options& options, const Setup& setup) {
    std::string text;
    const auto line = [&](std::string_view key, const std::string& value) {
        text += fmt::format("  {:<16} {}\n", key, value);
    };
    constexpr std::array<std::string_view, 3> topologies{"pair", "branch", "ring"};
    line("topology", std::string{topologies[static_cast<std::size_t>(options.topology)]});
    line("processes", fmt::format("{}", options.processes));
    line("table", options.derived_table ? "derived" : "written out");
    const auto& health = options.health;
    line("health", fmt::format("misses {}, watchdog {}, interval {}, idle {}", health.misses,
                               milliseconds(health.watchdog), milliseconds(health.interval),
                               health.idle_interval ? milliseconds(*health.idle_interval) : "off"));
    line("memory", fmt::format("stream {}, node {}; n1: {}, {}", options.memory.stream, options.memory.node,
                               options.other_memory.stream, options.other_memory.node));
    line("tcp", fmt::format("buffer {}, unsent {}, segment {}, delayed ack {}, portion {}, slack {}",
                            options.tcp.send_buffer, options.tcp.unsent_limit, options.tcp.segment,
                            milliseconds(options.tcp.delayed_ack), options.tcp.portion,
                            milliseconds(options.tcp.timer_slack)));
    for (const auto& circuit : setup.circuits)
        line("circuit " + circuit.name,
             fmt::format("{} -> {}, delay {} + {}, {} B/s, loss {} permille",
                         setup.nodes[circuit.hosts[0]].name, setup.nodes[circuit.hosts[1]].name,
                         milliseconds(circuit.delay), milliseconds(circuit.jitter), circuit.rate,
                         circuit.loss_permille));
    std::string faults;
    for (const auto kind : options.faults)
        faults += fmt::format("{}{}", faults.empty() ? "" : ", ", to_string(kind));
    line("faults", faults.empty() ? "none" : faults);
    line("fault phase", fmt::format("{}, one in {}, up to {} each", milliseconds(options.fault_phase),
                                    milliseconds(options.fault_gap), milliseconds(options.fault_length)));
    line("streams",
         fmt::format("{}, up to {} bytes; slow {}, stopped {}, reset {}, close {}, fail {} %",
                     options.streams, options.largest_stream, options.slow_readers, options.stopped_readers,
                     options.resets, options.closes, options.failing_targets));
    return text;
}

}  // namespace warmspare::sim
