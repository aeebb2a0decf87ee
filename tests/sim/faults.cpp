// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "sim/faults.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace warmspare::sim {

using namespace std::chrono_literals;

namespace {

/// A host that does nothing, or is not there, for longer adds nothing new.
constexpr core::Duration longest_absence = 3s;

bool of_host(FaultKind kind) {
    return kind == FaultKind::stall || kind == FaultKind::crash || kind == FaultKind::power_cut ||
           kind == FaultKind::shutdown;
}

/// Of a circuit, or of one link only.
bool of_either(FaultKind kind) {
    return kind == FaultKind::black_hole || kind == FaultKind::one_way || kind == FaultKind::refuse ||
           kind == FaultKind::mtu_hole || kind == FaultKind::middlebox;
}

}  // namespace

void Faults::begin(core::Time until) {
    until_ = until;
    if (!options_.faults.empty()) schedule();
}

void Faults::schedule() {
    auto& scheduler = world_.scheduler();
    scheduler.after(world_.random().duration(0s, 2 * options_.fault_gap), [this] {
        if (world_.scheduler().now() >= until_) return;
        strike();
        schedule();
    });
}

void Faults::note(const std::string& what) const {
    world_.journal().note("fault", what);
}

template <class T>
void Faults::set(T& where, T value, core::Duration length) {
    where = value;
    const auto holder = ++last_holder_;
    holders_[&where] = holder;
    world_.scheduler().after(length, [this, where = &where, holder] {
        if (holders_[where] != holder) return;
        *where = T{};
        world_.network().handle_changed();
    });
}

void Faults::strike() {
    auto& random = world_.random();
    const auto kind = random.pick(options_.faults);
    const auto length = random.duration(1ms, options_.fault_length);
    ++count_;
    const bool cuts = kind == FaultKind::black_hole || kind == FaultKind::one_way;
    if (of_host(kind))
        strike_host(kind, length);
    else if (kind == FaultKind::half_open || (kind == FaultKind::reset && random.chance(70)))
        strike_connections(kind);
    else if (cuts && random.chance(30))
        strike_line(kind, length);
    else if (of_either(kind) && random.chance(40))
        strike_link(kind, length);
    else
        strike_circuit(kind, length);
    world_.network().handle_changed();
}

// --- of the network ----------------------------------------------------------------------------------------

void Faults::trouble(Troubles& troubles, FaultKind kind, core::Duration length) {
    auto& random = world_.random();
    const auto side = random.below(2);
    const bool both = kind == FaultKind::black_hole || (kind != FaultKind::one_way && random.chance(50));
    for (const auto from : {side, 1 - side}) {
        if (from != side && !both) break;
        if (kind == FaultKind::mtu_hole)
            set(troubles.largest[from], random.pick(std::vector<std::uint64_t>{200, 576, 1200, 1400}),
                length);
        else if (kind == FaultKind::middlebox)
            set(troubles.held[from], true, length);
        else
            set(troubles.cut[from], true, length);
    }
}

void Faults::strike_circuit(FaultKind kind, core::Duration length) {
    auto& random = world_.random();
    auto& circuits = world_.network().circuits();
    auto& circuit = circuits[random.below(circuits.size())];
    note(fmt::format("{} on {} of {} for {} ms", to_string(kind), circuit.setup().name,
                     world_.host(circuit.setup().hosts[0]).name(), length / 1ms));
    switch (kind) {
        case FaultKind::reset:
            return reset(circuit);
        case FaultKind::refuse:
            return set(circuit.troubles.refusing, true, length);
        case FaultKind::loss:
            return lose(circuit, length);
        case FaultKind::detour:
            return set(circuit.extra_delay, random.duration(1ms, 100ms), length);
        case FaultKind::interface_down:
            return set(circuit.down[random.below(2)], true, length);
        case FaultKind::flapping:
            return flap(circuit, random.duration(10ms, 1s), world_.scheduler().now() + length);
        case FaultKind::middlebox:
            // It forgets its connections when it is mended, or it does not.
            if (random.chance(50))
                world_.scheduler().after(length, [this, mended = &circuit] {
                    if (world_.scheduler().now() < until_) reset(*mended);
                });
            [[fallthrough]];
        default:
            return trouble(circuit.troubles, kind, length);
    }
}

/// Both ways or one way only.
void Faults::lose(Circuit& circuit, core::Duration length) {
    auto& random = world_.random();
    const auto permille = static_cast<std::uint32_t>(random.between(10, 500));
    const bool both = random.chance(50);
    const auto side = random.below(2);
    set(circuit.extra_loss[side], permille, length);
    if (both) set(circuit.extra_loss[1 - side], permille, length);
}

void Faults::strike_link(FaultKind kind, core::Duration length) {
    auto& path = *world_.random().pick(world_.network().paths());
    note(fmt::format("{} of link {} for {} ms", to_string(kind), path.link, length / 1ms));
    if (kind == FaultKind::refuse) return set(path.troubles.refusing, true, length);
    trouble(path.troubles, kind, length);
}

void Faults::strike_line(FaultKind kind, core::Duration length) {
    auto& random = world_.random();
    auto& lines = world_.network().lines();
    const auto number = random.below(lines.size());
    const auto side = random.below(2);
    note(fmt::format("{} of line {} for {} ms", to_string(kind), number, length / 1ms));
    set(lines[number].blocked[side], true, length);
    if (kind == FaultKind::black_hole) set(lines[number].blocked[1 - side], true, length);
}

void Faults::strike_connections(FaultKind kind) {
    auto& random = world_.random();
    auto& path = *random.pick(world_.network().paths());
    const auto side = random.chance(50) ? Side::dialer : Side::acceptor;
    const bool silent = random.chance(30);
    note(fmt::format("{} of link {}, end {}", to_string(kind), path.link, index(side)));
    for (auto* connection : world_.network().connections(path)) {
        if (kind == FaultKind::reset)
            connection->reset_from_outside();
        else
            connection->vanish(side, silent);
    }
}

void Faults::strike_now(LinkPath& path) {
    auto& random = world_.random();
    ++count_;
    note(fmt::format("now, of link {}", path.link));
    if (random.chance(30)) {
        for (auto* connection : world_.network().connections(path)) connection->reset_from_outside();
    } else {
        trouble(path.troubles, random.chance(50) ? FaultKind::black_hole : FaultKind::one_way,
                random.duration(1ms, 2s));
    }
    world_.network().handle_changed();
}

void Faults::flap(Circuit& circuit, core::Duration period, core::Time until) {
    for (const auto side : both_sides)
        set(circuit.troubles.cut[index(side)], true, world_.random().duration(1ms, period));
    world_.network().handle_changed();
    world_.scheduler().after(2 * period, [this, flapping = &circuit, period, until] {
        if (world_.scheduler().now() < std::min(until, until_)) flap(*flapping, period, until);
    });
}

void Faults::reset(const Circuit& circuit) {
    for (const auto* path : world_.network().paths())
        if (path->circuit == &circuit)
            for (auto* connection : world_.network().connections(*path)) connection->reset_from_outside();
}

// --- of hosts ----------------------------------------------------------------------------------------------

void Faults::strike_host(FaultKind kind, core::Duration length) {
    auto& random = world_.random();
    auto& host = world_.host(static_cast<std::uint32_t>(random.below(world_.hosts().size())));
    if (!host.running() || host.stalled() || world_.restarting(host.index())) return;
    length = std::min(length, longest_absence);
    note(fmt::format("{} of {} for {} ms", to_string(kind), host.name(), length / 1ms));
    using enum World::Ending;
    if (kind == FaultKind::crash) return world_.restart(host.index(), crash, length);
    if (kind == FaultKind::power_cut) return world_.restart(host.index(), power_cut, length);
    if (kind == FaultKind::shutdown) return world_.restart(host.index(), shutdown, length);
    host.stall();
    world_.scheduler().after(length, [stalled = &host] { stalled->resume(); });
}

// --- the end -----------------------------------------------------------------------------------------------

void Faults::heal_all() {
    until_ = {};
    holders_.clear();
    for (auto& line : world_.network().lines()) line = {};
    for (auto& circuit : world_.network().circuits()) {
        circuit.troubles = {};
        circuit.down = {};
        circuit.extra_loss = {};
        circuit.extra_delay = {};
    }
    for (auto* path : world_.network().paths()) path->troubles = {};
    world_.network().make_lossless();
    for (auto& host : world_.hosts()) host.resume();
    note("all faults end");
    world_.network().handle_changed();
}

}  // namespace warmspare::sim
