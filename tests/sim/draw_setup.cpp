// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include <fmt/format.h>

#include <algorithm>

#include "sim/options.hpp"

namespace warmspare::sim {

using namespace std::chrono_literals;

namespace {

std::string process_name(std::uint32_t number) {
    return std::string(1, static_cast<char>('A' + number));
}

std::vector<core::ProcessConfig> draw_processes(const Options& options, Random& random) {
    std::vector<core::ProcessConfig> processes;
    for (std::uint32_t i = 0; i < options.processes; ++i) {
        core::ProcessConfig process;
        process.name = process_name(i);
        process.revertive = random.chance(80);
        process.wait_to_restore = random.pick(std::vector<core::Duration>{0s, 500ms, 5s});
        process.linger = random.pick(std::vector<core::Duration>{1s, 100ms});
        if (random.chance(10)) process.on_no_link = core::OnNoLink::reset;
        if (random.chance(10)) process.give_up = random.duration(500ms, 5s);
        process.digest = random.chance(80);
        processes.push_back(process);
    }
    return processes;
}

/// As a configuration without rows has it: dedicated links on the first circuit, spares on all others.
std::vector<core::LinkConfig> derive_table(const Options& options, const std::vector<std::string>& circuits) {
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

std::vector<core::LinkConfig> draw_table(const Options& options, const std::vector<std::string>& circuits,
                                         Random& random) {
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
    for (auto i = rows.size(); i > 1; --i) std::swap(rows[i - 1], rows[random.below(i)]);
    return rows;
}

struct Builder {
    const Options& options;
    Random& random;
    Setup setup;

    CircuitSetup draw_circuit(std::string name, std::uint32_t dialer, std::uint32_t acceptor) {
        CircuitSetup circuit;
        circuit.name = std::move(name);
        circuit.hosts = {dialer, acceptor};
        circuit.delay = random.duration(options.longest_delay / 4, options.longest_delay);
        circuit.jitter = random.chance(50) ? circuit.delay / 4 : 0s;
        circuit.rate = options.lowest_rate << random.below(3);
        circuit.loss_permille = random.chance(50) ? options.loss_permille : 0;
        return circuit;
    }

    /// The two nodes become each other's peers, over circuits that were added before.
    void join(std::uint32_t dialer, std::uint32_t acceptor) {
        std::vector<std::string> names;
        for (const auto& circuit : setup.circuits)
            if (circuit.hosts == std::array{dialer, acceptor}) names.push_back(circuit.name);
        auto rows = options.derived_table ? derive_table(options, names) : draw_table(options, names, random);
        const auto processes = draw_processes(options, random);
        auto& nodes = setup.nodes;
        nodes[dialer].peers.push_back(
            {.name = nodes[acceptor].name, .dial = true, .links = rows, .processes = processes});
        for (auto& row : rows) std::swap(row.own_port, row.peer_port);
        nodes[acceptor].peers.push_back(
            {.name = nodes[dialer].name, .dial = false, .links = rows, .processes = processes});
    }

    void add_nodes(std::uint32_t count) {
        for (std::uint32_t i = 0; i < count; ++i)
            setup.nodes.push_back({.name = fmt::format("n{}", i),
                                   .health = options.health,
                                   .memory = i == 1 ? options.other_memory : options.memory,
                                   .peers = {}});
    }

    void connect(std::uint32_t dialer, std::uint32_t acceptor) {
        for (std::uint32_t c = 0; c < options.circuits; ++c) {
            auto circuit = draw_circuit(fmt::format("c{}", c + 1), dialer, acceptor);
            // In a branch the first circuit of every peer runs on one common line.
            if (options.topology == Topology::branch && c == 0) circuit.lines = {{.line = 0}};
            setup.circuits.push_back(circuit);
        }
        join(dialer, acceptor);
    }

    /// Line i leads from node i to the next one; every pair has its own line and the two others.
    void connect_ring() {
        for (std::uint32_t i = 0; i < 3; ++i) {
            const auto next = (i + 1) % 3;
            auto direct = draw_circuit("c1", i, next);
            direct.lines = {{.line = i}};
            auto round = draw_circuit("c2", i, next);
            round.delay *= 2;
            round.lines = {{.line = next, .reversed = true}, {.line = (i + 2) % 3, .reversed = true}};
            setup.circuits.push_back(direct);
            setup.circuits.push_back(round);
            join(i, next);
        }
    }
};

}  // namespace

Setup draw_setup(const Options& options, Random& random) {
    Builder builder{options, random, {}};
    builder.setup.tcp = options.tcp;
    builder.setup.lines = options.topology == Topology::ring ? 3 : 1;
    builder.add_nodes(options.topology == Topology::pair ? 2 : 3);
    if (options.topology == Topology::ring) {
        builder.connect_ring();
    } else {
        builder.connect(0, 1);
        if (options.topology == Topology::branch) {
            if (random.chance(50))
                builder.connect(0, 2);
            else
                builder.connect(2, 0);
        }
    }
    return builder.setup;
}

}  // namespace warmspare::sim
