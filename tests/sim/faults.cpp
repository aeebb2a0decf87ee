// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "sim/faults.hpp"

#include <fmt/format.h>

namespace warmspare::sim {

using namespace std::chrono_literals;

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

void Faults::changed(const std::string& what) {
    last_change_ = world_.scheduler().now();
    world_.journal().note("fault", what);
    world_.network().handle_changed();
}

template <class T>
void Faults::set(T& where, T value, core::Duration length) {
    where = value;
    const auto holder = ++count_;
    holders_[&where] = holder;
    world_.scheduler().after(length, [this, &where, holder] {
        if (holders_[&where] != holder) return;
        where = T{};
        changed(fmt::format("{} ends", holder));
    });
}

void Faults::strike() {
    auto& random = world_.random();
    const auto kind = random.pick(options_.faults);
    const auto length = random.duration(1ms, options_.fault_length);
    const bool cuts = kind == FaultKind::black_hole || kind == FaultKind::one_way;
    if (kind == FaultKind::stall || kind == FaultKind::restart) return strike_host(kind, length);
    if (kind == FaultKind::half_open || (kind == FaultKind::reset && random.chance(70)))
        return strike_connections(kind);
    if (cuts && options_.topology != Topology::pair && random.chance(30)) return strike_line(kind, length);
    if ((cuts || kind == FaultKind::refuse) && random.chance(40)) return strike_link(kind, length);
    strike_circuit(kind, length);
}

void Faults::strike_circuit(FaultKind kind, core::Duration length) {
    auto& random = world_.random();
    auto& circuits = world_.network().circuits();
    auto& circuit = circuits[random.below(circuits.size())];
    const auto side = random.below(2);
    switch (kind) {
        case FaultKind::black_hole:
            set(circuit.troubles.cut[0], true, length);
            set(circuit.troubles.cut[1], true, length);
            break;
        case FaultKind::one_way:
            set(circuit.troubles.cut[side], true, length);
            break;
        case FaultKind::refuse:
            set(circuit.troubles.refusing, true, length);
            break;
        case FaultKind::loss:
            set(circuit.extra_loss, static_cast<std::uint32_t>(random.between(10, 500)), length);
            break;
        case FaultKind::interface_down:
            set(circuit.down[side], true, length);
            break;
        default:
            for (auto* path : world_.network().paths()) {
                if (path->circuit != &circuit) continue;
                for (auto* connection : world_.network().connections(*path)) connection->reset_from_outside();
            }
    }
    changed(fmt::format("{} {} on {} of {} for {} ms, end {}", count_, to_string(kind), circuit.setup().name,
                        world_.host(circuit.setup().hosts[0]).name(), length / 1ms, side));
}

void Faults::strike_link(FaultKind kind, core::Duration length) {
    auto& random = world_.random();
    auto& path = *random.pick(world_.network().paths());
    const auto side = random.below(2);
    if (kind == FaultKind::refuse) {
        set(path.troubles.refusing, true, length);
    } else {
        set(path.troubles.cut[side], true, length);
        if (kind == FaultKind::black_hole) set(path.troubles.cut[1 - side], true, length);
    }
    changed(fmt::format("{} {} of link {} for {} ms, end {}", count_, to_string(kind), path.link,
                        length / 1ms, side));
}

void Faults::strike_connections(FaultKind kind) {
    auto& random = world_.random();
    auto& path = *random.pick(world_.network().paths());
    const auto side = random.chance(50) ? Side::dialer : Side::acceptor;
    const bool silent = random.chance(30);
    for (auto* connection : world_.network().connections(path)) {
        if (kind == FaultKind::reset)
            connection->reset_from_outside();
        else
            connection->vanish(side, silent);
    }
    ++count_;
    changed(fmt::format("{} of link {}, end {}", to_string(kind), path.link, index(side)));
}

void Faults::strike_line(FaultKind kind, core::Duration length) {
    auto& random = world_.random();
    auto& lines = world_.network().lines();
    const auto number = random.below(lines.size());
    const auto side = random.below(2);
    set(lines[number].blocked[side], true, length);
    if (kind == FaultKind::black_hole) set(lines[number].blocked[1 - side], true, length);
    changed(fmt::format("{} {} of line {} for {} ms", count_, to_string(kind), number, length / 1ms));
}

void Faults::strike_host(FaultKind kind, core::Duration length) {
    auto& random = world_.random();
    auto& host = world_.host(static_cast<std::uint32_t>(random.below(world_.hosts().size())));
    if (!host.running() || host.stalled()) return;
    ++count_;
    length = std::min<core::Duration>(length, 3s);
    changed(fmt::format("{} of {} for {} ms", to_string(kind), host.name(), length / 1ms));
    if (kind == FaultKind::restart) return world_.restart(host.index(), length);
    host.stall();
    world_.scheduler().after(length, [this, &host] {
        host.resume();
        last_change_ = world_.scheduler().now();
    });
}

void Faults::heal_all() {
    until_ = {};
    holders_.clear();
    for (auto& line : world_.network().lines()) line = {};
    for (auto& circuit : world_.network().circuits()) {
        circuit.troubles = {};
        circuit.down = {};
        circuit.extra_loss = 0;
        circuit.lossless = true;
    }
    for (auto* path : world_.network().paths()) path->troubles = {};
    for (auto& host : world_.hosts()) host.resume();
    changed("all faults end");
}

}  // namespace warmspare::sim
