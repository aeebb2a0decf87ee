// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "sim/pair.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace warmspare::sim {

namespace {

std::string seconds(core::Duration time) {
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
    return fmt::format("{}.{:03}", milliseconds / 1000, milliseconds % 1000);
}

std::string row(const core::LinkStatus& link) {
    return fmt::format("{} {} {} {} {} {}{}", link.endpoints.own_port, link.priority,
                       link.endpoints.peer_port, core::to_string(link.condition), link.in_use ? "Y" : "N",
                       link.process.value_or("-"), link.test_in_flight ? " Y" : "");
}

}  // namespace

Pair::Pair(Setup setup) : world_{std::move(setup), 1, Journal::Level::silent} {
    world_.hook([this](std::uint32_t host, const core::Event& event) {
        events_.emplace_back(static_cast<Side>(host), event);
        if (event.kind == core::EventKind::stream_open || event.kind == core::EventKind::stream_close) return;
        transcript_.push_back(
            fmt::format("{} {} {}", seconds(event.at - origin_), world_.host(host).name(), describe(event)));
    });
    world_.start(1);
    world_.start(0);
}

core::PeerStatus Pair::status(Side side) {
    return world_.host(static_cast<std::uint32_t>(index(side))).node().status().peers[0];
}

std::vector<std::string> Pair::table(Side side) {
    std::vector<std::string> rows;
    for (const auto& link : status(side).links) rows.push_back(row(link));
    return rows;
}

void Pair::set_cut(const std::string& name, Side from, bool cut) {
    for (auto& circuit : world_.network().circuits())
        if (circuit.setup().name == name) circuit.troubles.cut[index(from)] = cut;
    if (auto* path = world_.network().path(0, 1, name)) path->troubles.cut[index(from)] = cut;
    world_.network().handle_changed();
}

void Pair::cut(const std::string& name) {
    for (const auto side : both_sides) set_cut(name, side, true);
}

void Pair::cut_one_way(const std::string& name, Side from) {
    set_cut(name, from, true);
}

void Pair::heal(const std::string& name) {
    for (const auto side : both_sides) set_cut(name, side, false);
}

void Pair::reset(const std::string& name) {
    for (auto* path : world_.network().paths())
        if (path->link == name || path->circuit->setup().name == name)
            for (auto* connection : world_.network().connections(*path)) connection->reset_from_outside();
}

bool Pair::run_until(const std::function<bool()>& condition, core::Duration limit) {
    const auto end = world_.scheduler().now() + limit;
    while (!condition()) {
        if (world_.journal().failure() || world_.scheduler().next() > end) return false;
        world_.scheduler().step();
    }
    return true;
}

bool Pair::run_until_up() {
    return run_until([this] {
        return std::ranges::all_of(both_sides, [this](Side side) {
            return std::ranges::all_of(status(side).links, [](const core::LinkStatus& link) {
                return link.condition == core::Condition::act;
            });
        });
    });
}

Stream& Pair::open(Side side, const std::string& process, std::uint64_t size) {
    auto& host = world_.host(static_cast<std::uint32_t>(index(side)));
    Stream stream;
    stream.seed = world_.random().next();
    for (auto& plan : stream.plans) {
        plan.size = size;
        plan.ending = Ending::hold;
    }
    if (!host.open_stream({0}, process_index(host.config().peers[0], process), stream))
        world_.journal().fail("pair", "the node refuses a stream of " + process);
    return world_.ledger().streams().back();
}

void Pair::end(const std::string& process) {
    for (auto& stream : world_.ledger().streams())
        if (stream.process == process) stream.let_go = true;
    for (auto& host : world_.hosts()) host.desk().nudge();
}

bool Pair::delivered(const std::string& process) {
    return std::ranges::all_of(world_.ledger().streams(), [&](const Stream& stream) {
        return stream.process != process || (stream.progress[0].delivered == stream.plans[0].size &&
                                             stream.progress[1].delivered == stream.plans[1].size);
    });
}

std::vector<std::string> Pair::take_transcript() {
    return std::exchange(transcript_, {});
}

std::vector<core::Event> Pair::events(Side side, core::EventKind kind) const {
    std::vector<core::Event> found;
    for (const auto& [where, event] : events_)
        if (where == side && event.kind == kind) found.push_back(event);
    return found;
}

Setup make_pair_setup(const std::vector<core::LinkConfig>& rows,
                      const std::vector<core::ProcessConfig>& processes, const core::HealthConfig& health) {
    Setup setup;
    setup.nodes.push_back({.name = "dialer", .health = health, .memory = {}, .peers = {}});
    setup.nodes.push_back({.name = "acceptor", .health = health, .memory = {}, .peers = {}});
    auto mirrored = rows;
    for (auto& link : mirrored) std::swap(link.own_port, link.peer_port);
    setup.nodes[0].peers.push_back({.name = "acceptor", .dial = true, .links = rows, .processes = processes});
    setup.nodes[1].peers.push_back(
        {.name = "dialer", .dial = false, .links = mirrored, .processes = processes});
    for (const auto& link : rows) {
        if (std::ranges::any_of(setup.circuits,
                                [&](const auto& circuit) { return circuit.name == link.circuit; }))
            continue;
        CircuitSetup circuit;
        circuit.name = link.circuit;
        setup.circuits.push_back(circuit);
    }
    return setup;
}

}  // namespace warmspare::sim
