// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "sim/progress_checker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sim/table_checker.hpp"

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

}  // namespace

ProgressChecker::ProgressChecker(World& world, const Bounds& bounds) : world_{world}, bounds_{bounds} {
    for (const auto& pairing : world.pairings())
        for (const auto& process : pairing.processes)
            if (process.carried)
                watches_.push_back(
                    {.pairing = &pairing,
                     .process = &process,
                     .group = &world.ledger().group(pairing.dialer, pairing.acceptor, process.name),
                     .since = Scheduler::start});
}

void ProgressChecker::check() {
    for (auto& watch : watches_) check(watch);
}

void ProgressChecker::check(Watch& watch) {
    const auto now = world_.scheduler().now();
    watch.group->prune();
    auto delivered = watch.group->delivered_before;
    bool waiting = false;
    for (const auto* stream : watch.group->live) {
        delivered += stream->delivered();
        waiting = waiting || pending(*stream, Party::client) || pending(*stream, Party::target);
    }
    if (std::exchange(watch.delivered, delivered) != delivered || !waiting) {
        watch.since = now;
        return;
    }
    const auto since = available_since(watch);
    if (since == core::never) watch.since = now;
    const auto still = now - std::max(watch.since, since);
    longest_ = std::max(longest_, still);
    if (still > bounds_.progress)
        world_.journal().fail(
            "progress",
            fmt::format("process {} between {} and {} moves nothing for {} ms although a link fits",
                        watch.process->name, world_.host(watch.pairing->dialer).name(),
                        world_.host(watch.pairing->acceptor).name(), still / 1ms));
}

/// Since when there has been a link for it that both nodes must know to be ACT; never: there is none.
core::Time ProgressChecker::available_since(const Watch& watch) const {
    const auto& pairing = *watch.pairing;
    const auto now = world_.scheduler().now();
    const auto steady =
        std::max(world_.host(pairing.dialer).steady_since(), world_.host(pairing.acceptor).steady_since());
    auto since = core::never;
    if (steady == core::never) return since;
    std::optional<core::PeerStatus> status;
    for (const auto& link : pairing.links) {
        if (!link.process.empty() && link.process != watch.process->name) continue;
        const auto clean = std::max(link.path->clean_since, steady);
        if (clean == core::never || clean + bounds_.links > now || clean + bounds_.links >= since) continue;
        if (link.process.empty()) {
            if (!status) status = status_at_dialer(world_, pairing);
            const auto row = std::ranges::find(status->links, link.name, &core::LinkStatus::name);
            if (row->process && row->process != watch.process->name) continue;
        }
        since = clean + bounds_.links;
    }
    return since;
}

}  // namespace warmspare::sim
