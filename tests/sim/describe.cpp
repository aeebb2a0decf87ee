// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include <fmt/format.h>

#include <array>

#include "sim/options.hpp"

namespace warmspare::sim {

namespace {

constexpr std::array<std::string_view, fault_kinds> fault_names{
    "black hole", "one way",  "reset",          "half open", "refuse", "loss",      "detour",  "mtu hole",
    "middlebox",  "flapping", "interface down", "stall",     "crash",  "power cut", "shutdown"};

std::string milliseconds(core::Duration time) {
    return fmt::format("{} ms", std::chrono::duration<double, std::milli>{time}.count());
}

std::string describe(const core::HealthConfig& health) {
    return fmt::format("misses {}, watchdog {}, interval {}, idle {}", health.misses,
                       milliseconds(health.watchdog), milliseconds(health.interval),
                       health.idle_interval ? milliseconds(*health.idle_interval) : "off");
}

std::string describe(const TcpModel& tcp) {
    return fmt::format(
        "buffer {}, unsent {}, segment {}, delayed ack {}, portion {}{}{}, slack {}, spliced {} %, pipe {}",
        tcp.send_buffer, tcp.unsent_limit, tcp.segment, milliseconds(tcp.delayed_ack),
        tcp.drawn_portions ? "up to " : "", tcp.portion, tcp.reads_first ? ", all at once" : "",
        milliseconds(tcp.timer_slack), tcp.spliced, tcp.pipe);
}

std::string describe(const CircuitSetup& circuit, const Setup& setup) {
    auto text =
        fmt::format("{} -> {}, delay {} + {}, {} B/s, loss {} permille", setup.nodes[circuit.hosts[0]].name,
                    setup.nodes[circuit.hosts[1]].name, milliseconds(circuit.delay),
                    milliseconds(circuit.jitter), circuit.rate, circuit.loss_permille);
    if (circuit.queue > core::Duration::zero())
        text += fmt::format(", queue {}", milliseconds(circuit.queue));
    if (circuit.box) text += ", a box";
    for (const auto& stretch : circuit.lines)
        text += fmt::format(", line {}{}", stretch.line, stretch.reversed ? " back" : "");
    return text;
}

std::string names(const std::vector<FaultKind>& kinds) {
    std::string text;
    for (const auto kind : kinds) text += fmt::format("{}{}", text.empty() ? "" : ", ", to_string(kind));
    return text.empty() ? "none" : text;
}

}  // namespace

std::string_view to_string(FaultKind kind) noexcept {
    return fault_names[static_cast<std::size_t>(kind)];
}

std::string describe(const Options& options, const Setup& setup) {
    std::string text;
    const auto line = [&](std::string_view key, const std::string& value) {
        text += fmt::format("  {:<16} {}\n", key, value);
    };
    constexpr std::array<std::string_view, 4> forms{"pair", "branch", "ring", "ring and branch"};
    line("form", fmt::format("{}, {} nodes", forms[static_cast<std::size_t>(options.form)], options.nodes));
    line("processes", fmt::format("{}, {} of them churning", options.processes, options.churning));
    line("table", fmt::format("{}{}", options.derived_table ? "derived" : "written out",
                              options.mismatch ? ", the files differ" : ""));
    line("health", describe(options.health));
    if (options.odd_health != options.health) line("odd nodes", describe(options.odd_health));
    line("memory", fmt::format("stream {}, node {}; odd nodes: {}, {}", options.memory.stream,
                               options.memory.node, options.odd_memory.stream, options.odd_memory.node));
    line("tcp", describe(options.tcp));
    for (const auto& circuit : setup.circuits) line("circuit " + circuit.name, describe(circuit, setup));
    line("faults", names(options.faults));
    line("fault phase", fmt::format("{}, one in {}, up to {} each", milliseconds(options.fault_phase),
                                    milliseconds(options.fault_gap), milliseconds(options.fault_length)));
    line("streams",
         fmt::format("{}, up to {} bytes; slow {}, stopped {}, reset {}, close {}, fail {} %",
                     options.streams, options.largest_stream, options.slow_readers, options.stopped_readers,
                     options.resets, options.closes, options.failing_targets));
    return text;
}

}  // namespace warmspare::sim
