// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include <fmt/format.h>

#include <algorithm>

#include "sim/draw_tables.hpp"
#include "sim/options.hpp"

namespace warmspare::sim {

using namespace std::chrono_literals;

namespace {

/// A way from one node to another, as the first of them sees it.
using Route = std::vector<Stretch>;

Route back(Route route) {
    std::ranges::reverse(route);
    for (auto& stretch : route) stretch.reversed = !stretch.reversed;
    return route;
}

class Builder {
  public:
    Builder(const Options& options, Random& random) : options_{options}, random_{random} {}
    Setup build();

  private:
    void add_nodes();
    std::uint32_t add_line() { return setup_.lines++; }
    void add_circuit(std::uint32_t number, std::uint32_t dialer, std::uint32_t acceptor, const Route& route);
    void connect(std::uint32_t one, std::uint32_t other, const std::vector<Route>& routes);
    void join(std::uint32_t dialer, std::uint32_t acceptor);
    void connect_pair();
    void connect_branch(std::uint32_t hub, std::uint32_t first, std::uint32_t end);
    void connect_ring(std::uint32_t nodes);

    const Options& options_;
    Random& random_;
    Setup setup_;
};

void Builder::add_nodes() {
    for (std::uint32_t i = 0; i < options_.nodes; ++i) {
        const bool odd = i % 2 == 1;
        setup_.nodes.push_back({.name = fmt::format("n{}", i),
                                .health = odd ? options_.odd_health : options_.health,
                                .memory = odd ? options_.odd_memory : options_.memory,
                                .peers = {}});
    }
}

void Builder::add_circuit(std::uint32_t number, std::uint32_t dialer, std::uint32_t acceptor,
                          const Route& route) {
    CircuitSetup circuit;
    circuit.name = fmt::format("c{}", number);
    circuit.hosts = {dialer, acceptor};
    circuit.delay = random_.duration(options_.longest_delay / 4, options_.longest_delay);
    circuit.jitter = random_.chance(50) ? circuit.delay / 4 : 0s;
    circuit.rate = options_.lowest_rate << random_.below(3);
    circuit.loss_permille = random_.chance(50) ? options_.loss_permille : 0;
    circuit.queue = options_.queue;
    circuit.box = random_.chance(options_.boxes);
    circuit.lines = route;
    setup_.circuits.push_back(circuit);
}

/// Two nodes become each other's peers, one of them dialling, with a circuit for each route.
void Builder::connect(std::uint32_t one, std::uint32_t other, const std::vector<Route>& routes) {
    const bool turned = random_.chance(50);
    const auto dialer = turned ? other : one;
    const auto acceptor = turned ? one : other;
    for (std::uint32_t i = 0; i < routes.size(); ++i)
        add_circuit(i + 1, dialer, acceptor, turned ? back(routes[i]) : routes[i]);
    join(dialer, acceptor);
}

void Builder::join(std::uint32_t dialer, std::uint32_t acceptor) {
    std::vector<std::string> names;
    for (const auto& circuit : setup_.circuits)
        if (circuit.hosts == std::array{dialer, acceptor}) names.push_back(circuit.name);
    auto& nodes = setup_.nodes;
    core::PeerConfig here{.name = nodes[acceptor].name,
                          .dial = true,
                          .links = draw_links(options_, names, random_),
                          .processes = draw_processes(options_, random_)};
    auto there = here;
    there.name = nodes[dialer].name;
    there.dial = false;
    for (auto& row : there.links) std::swap(row.own_port, row.peer_port);
    if (options_.mismatch) make_different(there, names, random_);
    nodes[dialer].peers.push_back(std::move(here));
    nodes[acceptor].peers.push_back(std::move(there));
}

void Builder::connect_pair() {
    std::vector<Route> routes;
    for (std::uint32_t i = 0; i < options_.circuits; ++i) routes.push_back({{.line = add_line()}});
    connect(0, 1, routes);
}

/// The first circuit of every peer runs on one common line.
void Builder::connect_branch(std::uint32_t hub, std::uint32_t first, std::uint32_t end) {
    const auto common = add_line();
    for (auto peer = first; peer < end; ++peer) {
        std::vector<Route> routes{{{.line = common}}};
        for (std::uint32_t i = 1; i < options_.circuits; ++i) routes.push_back({{.line = add_line()}});
        connect(hub, peer, routes);
    }
}

/// Line i leads from node i to the next one. Every pair of peers has a circuit each way round.
void Builder::connect_ring(std::uint32_t nodes) {
    for (std::uint32_t i = 0; i < nodes; ++i) add_line();
    for (std::uint32_t from = 0; from < nodes; ++from) {
        for (std::uint32_t to = from + 1; to < nodes; ++to) {
            const bool neighbours = to == from + 1 || (from == 0 && to == nodes - 1);
            if (!neighbours && !random_.chance(30)) continue;
            Route forward;
            for (auto i = from; i < to; ++i) forward.push_back({.line = i});
            Route backward;
            for (auto i = from + nodes; i > to; --i)
                backward.push_back({.line = (i - 1) % nodes, .reversed = true});
            connect(from, to, {forward, backward});
        }
    }
}

Setup Builder::build() {
    setup_.tcp = options_.tcp;
    add_nodes();
    switch (options_.form) {
        case Form::pair:
            connect_pair();
            break;
        case Form::branch:
            connect_branch(0, 1, options_.nodes);
            break;
        case Form::ring:
            connect_ring(options_.nodes);
            break;
        case Form::ring_and_branch:
            connect_ring(3);
            connect_branch(0, 3, options_.nodes);
            break;
    }
    return setup_;
}

}  // namespace

Setup draw_setup(const Options& options, Random& random) {
    return Builder{options, random}.build();
}

}  // namespace warmspare::sim
