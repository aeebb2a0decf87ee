// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include <fmt/format.h>

#include <algorithm>

#include "sim/world_checkers.hpp"

namespace warmspare::sim {

using namespace std::chrono_literals;

namespace {

/// Bytes of this direction could move: both ends are there, and the reader reads.
bool pending(const Stream& stream, Party sender) {
    const auto& progress = stream.progress[index(sender)];
    const auto& reader = stream.plans[index(other(sender))];
    return stream.ends[0] == EndState::open && stream.ends[1] == EndState::open &&
           stream.target_delay == 0s && reader.reading == 0s && reader.stop_for == 0s &&
           progress.delivered < progress.committed;
}

bool fits(const core::LinkStatus& link, const std::string& process) {
    if (link.condition != core::Condition::act) return false;
    return link.process == process || (link.priority > 1 && !link.process);
}

}  // namespace

ProgressChecker::ProgressChecker(World& world, const Options& options) : world_{world} {
    // Every link of the process may have died at once, and the one that fits been found by a start timer; a
    // segment that was lost when the links were cut may cost TCP a second more.
    bound_ = 5s + options.health.interval + 20 * options.longest_delay + 4 * options.health.watchdog;
}

void ProgressChecker::check(core::Time last_fault) {
    for (const auto& pair : pairings(world_.setup())) {
        for (const auto host : {pair.dialer, pair.acceptor})
            if (!world_.host(host).running() || world_.host(host).stalled())
                last_fault = world_.scheduler().now();
        if (!world_.host(pair.dialer).running() || !world_.host(pair.acceptor).running()) continue;
        const auto one = status_of(world_, pair.dialer, pair.acceptor);
        const auto other = status_of(world_, pair.acceptor, pair.dialer);
        for (const auto& process : one.processes) check_process(pair, process.id, one, other, last_fault);
    }
}

void ProgressChecker::check_process(const Pairing& pair, const std::string& process,
                                    const core::PeerStatus& one, const core::PeerStatus& other,
                                    core::Time last_fault) {
    const auto now = world_.scheduler().now();
    auto& watch = watches_[{pair.dialer, pair.acceptor, process}];
    std::uint64_t delivered = 0;
    bool waiting = false;
    for (const auto& stream : world_.ledger().streams()) {
        const bool here = stream.hosts == std::array{pair.dialer, pair.acceptor} ||
                          stream.hosts == std::array{pair.acceptor, pair.dialer};
        if (!here || stream.process != process) continue;
        for (const auto party : {Party::client, Party::target}) {
            delivered += stream.progress[index(party)].delivered;
            waiting = waiting || pending(stream, party);
        }
    }
    bool fit = false;
    for (std::size_t i = 0; i < one.links.size(); ++i) {
        const auto twin = std::ranges::find(other.links, one.links[i].name, &core::LinkStatus::name);
        fit = fit || (fits(one.links[i], process) && twin != other.links.end() && fits(*twin, process));
    }
    if (delivered != watch.delivered || !waiting || !fit) watch.since = now;
    watch.delivered = delivered;
    const auto still = now - std::max(watch.since, last_fault);
    longest_ = std::max(longest_, still);
    if (still > bound_)
        world_.journal().fail(
            "progress",
            fmt::format("process {} between {} and {} moves nothing for {} ms although a link fits", process,
                        one.name, other.name, still / 1ms));
}

}  // namespace warmspare::sim
