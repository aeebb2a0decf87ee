// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "sim/draw_tables.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace warmspare::sim {

using namespace std::chrono_literals;
using Durations = std::vector<core::Duration>;

namespace {

std::string process_name(std::uint32_t number) {
    return std::string(1, static_cast<char>('A' + number));
}

template <class T>
void shuffle(std::vector<T>& items, Random& random) {
    for (auto i = items.size(); i > 1; --i) std::swap(items[i - 1], items[random.below(i)]);
}

/// As a configuration without rows has it: dedicated links on the first circuit, spares on all others.
std::vector<core::LinkConfig> derive_links(const Options& options, const std::vector<std::string>& circuits) {
    std::vector<core::LinkConfig> rows;
    for (std::uint32_t p = 0; p < options.processes; ++p)
        rows.push_back({.name = circuits[0] + "/" + process_name(p),
                        .circuit = circuits[0],
                        .priority = 1,
                        .process = process_name(p),
                        .peer_port = 7440});
    for (std::uint32_t c = 1; c < circuits.size(); ++c)
        for (std::uint32_t n = 0; n < options.processes; ++n)
            rows.push_back({.name = fmt::format("{}/{}", circuits[c], n + 1),
                            .circuit = circuits[c],
                            .priority = 2 + (c - 1) * options.processes + n,
                            .process = "",
                            .peer_port = 7440});
    return rows;
}

void change_row(core::PeerConfig& config, const std::vector<std::string>& circuits, Random& random) {
    auto& row = config.links[random.below(config.links.size())];
    switch (random.below(5)) {
        case 0:
            row.name += "x";
            break;
        case 1:
            row.circuit = random.pick(circuits);
            break;
        case 2:
            // Which spare is better is the business of the node that dials.
            if (!row.dedicated()) row.priority += 3;
            break;
        case 3:
            row.priority = row.dedicated() ? 2 : 1;
            row.process = row.dedicated() ? random.pick(config.processes).name : "";
            break;
        default:
            if (row.dedicated()) row.process = random.pick(config.processes).name;
    }
}

void remove_process(core::PeerConfig& config, Random& random) {
    const auto gone = random.pick(config.processes).name;
    const auto rows = std::ranges::count(config.links, gone, &core::LinkConfig::process);
    if (config.processes.size() < 2 || std::ssize(config.links) == rows) return;
    std::erase_if(config.processes, [&](const auto& process) { return process.name == gone; });
    std::erase_if(config.links, [&](const auto& row) { return row.process == gone; });
}

void add_process(core::PeerConfig& config, const std::vector<std::string>& circuits, Random& random) {
    if (!std::ranges::count(config.processes, "Z", &core::ProcessConfig::name))
        config.processes.push_back({.name = "Z"});
    std::string name = "z";
    while (std::ranges::count(config.links, name, &core::LinkConfig::name) > 0) name += "z";
    config.links.push_back({.name = name, .circuit = random.pick(circuits), .priority = 1, .process = "Z"});
}

}  // namespace

std::vector<core::ProcessConfig> draw_processes(const Options& options, Random& random) {
    std::vector<core::ProcessConfig> processes;
    for (std::uint32_t i = 0; i < options.processes; ++i) {
        core::ProcessConfig process;
        process.name = process_name(i);
        process.revertive = random.chance(80);
        process.wait_to_restore = random.pick(Durations{0s, 500ms, 5s});
        process.linger = random.pick(options.lingers);
        if (random.chance(10)) process.on_no_link = core::OnNoLink::reset;
        if (random.chance(10)) process.give_up = random.duration(500ms, 5s);
        process.digest = random.chance(options.tcp.spliced > 0 ? 20 : 80);
        processes.push_back(process);
    }
    return processes;
}

std::vector<core::LinkConfig> draw_links(const Options& options, const std::vector<std::string>& circuits,
                                         Random& random) {
    if (options.derived_table) return derive_links(options, circuits);
    std::vector<core::LinkConfig> rows;
    std::uint16_t port = 20;
    const auto add = [&](std::uint32_t priority, const std::string& process) {
        rows.push_back({.name = fmt::format("{}", port),
                        .circuit = random.pick(circuits),
                        .priority = priority,
                        .process = process,
                        .own_port = port,
                        .peer_port = port});
        ++port;
    };
    for (std::uint32_t p = 0; p < options.processes; ++p)
        for (std::uint64_t n = random.chance(20) ? 2 : 1; n > 0; --n) add(1, process_name(p));
    const auto spares = random.below(options.processes + 2);
    for (std::uint32_t n = 0; n < spares; ++n)
        add(static_cast<std::uint32_t>(random.chance(70) ? 2 + n : random.between(2, 4)), "");
    shuffle(rows, random);
    return rows;
}

void make_different(core::PeerConfig& config, const std::vector<std::string>& circuits, Random& random) {
    for (auto changes = random.between(1, 4); changes > 0; --changes) {
        switch (random.below(5)) {
            case 0:
                if (config.links.size() < 2) break;
                config.links.erase(config.links.begin() +
                                   static_cast<std::ptrdiff_t>(random.below(config.links.size())));
                break;
            case 1:
                remove_process(config, random);
                break;
            case 2:
                add_process(config, circuits, random);
                break;
            default:
                change_row(config, circuits, random);
        }
    }
    if (random.chance(50)) shuffle(config.links, random);
    if (random.chance(50)) shuffle(config.processes, random);
    for (auto& process : config.processes) {
        if (random.chance(20)) process.revertive = !process.revertive;
        if (random.chance(20)) process.wait_to_restore += 1s;
        if (random.chance(20)) process.linger += 50ms;
        if (random.chance(20)) process.digest = !process.digest;
    }
}

}  // namespace warmspare::sim
