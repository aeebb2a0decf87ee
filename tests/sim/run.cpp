// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "sim/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "sim/bounds.hpp"
#include "sim/event_checkers.hpp"
#include "sim/faults.hpp"
#include "sim/load.hpp"
#include "sim/memory_checker.hpp"
#include "sim/options.hpp"
#include "sim/progress_checker.hpp"
#include "sim/rest.hpp"
#include "sim/table_checker.hpp"
#include "sim/world.hpp"

namespace warmspare::sim {

using namespace std::chrono_literals;

namespace {

constexpr core::Duration look_every = 50ms;

class Run {
  public:
    Run(std::uint64_t seed, Journal::Level level);
    RunResult go();

  private:
    using Question = std::function<std::optional<std::string>()>;

    void start_nodes();
    void suffer();
    void heal();
    void come_to_rest();
    void look();
    /// Runs until nothing is amiss any more; a violation if that takes longer than the bound.
    void wait_until(Promise promise, core::Duration bound, const Question& amiss);
    std::optional<std::string> unfinished(bool all);
    std::uint64_t unfinished_bytes();
    RunResult result();

    Random random_;
    Options options_;
    World world_;
    Bounds bounds_;
    Faults faults_;
    Load load_;
    TableChecker tables_{world_};
    MemoryChecker memory_{world_};
    NoticeChecker notices_{world_};
    HonestyChecker honesty_{world_};
    AlarmCounter alarms_{world_};
    ProgressChecker progress_{world_, bounds_};
    std::uint64_t switches_ = 0;
    std::array<double, promises> used_{};
};

Run::Run(std::uint64_t seed, Journal::Level level)
    : random_{seed},
      options_{draw_options(random_)},
      world_{draw_setup(options_, random_), random_.next(), level},
      bounds_{find_bounds(options_, world_.setup())},
      faults_{world_, options_},
      load_{world_, faults_, options_, random_} {
    world_.hook([this](std::uint32_t host, const core::Event& event) {
        notices_.handle_event(host, event);
        honesty_.handle_event(host, event);
        alarms_.handle_event(host, event);
        if (event.kind == core::EventKind::switch_) ++switches_;
        const bool of_stream =
            event.kind == core::EventKind::stream_open || event.kind == core::EventKind::stream_close;
        if (!of_stream && !event.peer.empty()) tables_.check_soon(host, event.peer);
    });
    world_.on_crash([this](std::uint32_t host) { notices_.handle_restart(host); });
}

void Run::look() {
    progress_.check();
    for (auto& host : world_.hosts()) {
        if (!host.running()) continue;
        memory_.check(host.index());
        host.desk().check();
    }
}

void Run::wait_until(Promise promise, core::Duration bound, const Question& amiss) {
    const auto began = world_.scheduler().now();
    auto& used = used_[static_cast<std::size_t>(promise)];
    while (!world_.journal().failure()) {
        const auto what = amiss();
        // A link that is called dead once more is waited for once more.
        const auto from = promise == Promise::home ? std::max(began, alarms_.last_at()) : began;
        const auto waited = world_.scheduler().now() - from;
        used = std::max(used, static_cast<double>(waited.count()) / static_cast<double>(bound.count()));
        if (!what) return;
        if (waited >= bound)
            return world_.journal().fail(to_string(promise), fmt::format("after {} s {}", bound / 1s, *what));
        world_.run_until(world_.scheduler().now() + look_every);
        look();
    }
}

/// A stream that should be over, or, unless all should, one that is not held.
std::optional<std::string> Run::unfinished(bool all) {
    std::optional<std::string> found;
    world_.ledger().for_each_live([&](const Stream& stream) {
        const bool held = stream.plans[0].ending == Ending::hold || stream.hopeless;
        if (!found && (all || !held))
            found = fmt::format("stream {} (id {}, process {}) does not end", stream.number, stream.id.value,
                                stream.process);
    });
    return found;
}

std::uint64_t Run::unfinished_bytes() {
    std::uint64_t bytes = 0;
    world_.ledger().for_each_live(
        [&](const Stream& stream) { bytes += stream.plans[0].size + stream.plans[1].size; });
    return bytes;
}

// --- phases ------------------------------------------------------------------------------------------------

void Run::start_nodes() {
    for (std::uint32_t i = 0; i < world_.hosts().size(); ++i)
        world_.scheduler().after(random_.duration(0s, 2s), [this, i] { world_.start(i); });
}

void Run::suffer() {
    const auto end = world_.scheduler().now() + options_.fault_phase;
    load_.begin(end);
    faults_.begin(end);
    while (world_.scheduler().now() < end && !world_.journal().failure()) {
        world_.run_until(std::min(end, world_.scheduler().now() + look_every));
        look();
    }
}

void Run::heal() {
    faults_.heal_all();
    world_.ledger().readers_resume = true;
    for (auto& host : world_.hosts()) host.desk().nudge();
    wait_until(Promise::restart, longest_restart, [this]() -> std::optional<std::string> {
        for (auto& host : world_.hosts())
            if (!host.running() || world_.restarting(host.index())) return host.name() + " is not running";
        return std::nullopt;
    });
    load_.hold_every_process();
    wait_until(Promise::links, bounds_.links, [this] { return missing_link(world_); });
    wait_until(Promise::home, bounds_.home, [this]() -> std::optional<std::string> {
        if (!load_.all_held()) return "a process accepts no stream";
        if (auto stray = stray_process(world_)) return stray;
        return notices_.owed();
    });
    wait_until(Promise::transfer, transfer_bound(options_, world_.setup(), unfinished_bytes()),
               [this] { return unfinished(false); });
}

void Run::come_to_rest() {
    load_.let_go();
    wait_until(Promise::transfer, transfer_bound(options_, world_.setup(), unfinished_bytes()),
               [this] { return unfinished(true); });
    wait_until(Promise::rest, bounds_.rest, [this]() -> std::optional<std::string> {
        if (auto held = unreleased(world_)) return held;
        return disagreement(world_);
    });
}

RunResult Run::go() {
    start_nodes();
    suffer();
    if (!world_.journal().failure()) heal();
    if (!world_.journal().failure()) come_to_rest();
    return result();
}

RunResult Run::result() {
    RunResult result;
    result.failure = world_.journal().failure();
    result.options = describe(options_, world_.setup());
    if (result.failure) result.state = print_state(world_);
    result.hash = world_.journal().hash();
    result.virtual_time = world_.scheduler().elapsed();
    result.steps = world_.scheduler().steps();
    result.streams = world_.ledger().streams().size();
    result.faults = faults_.count();
    result.switches = switches_;
    result.false_alarms = alarms_.false_alarms();
    used_[static_cast<std::size_t>(Promise::progress)] =
        static_cast<double>(progress_.longest().count()) / static_cast<double>(bounds_.progress.count());
    result.used = used_;
    return result;
}

}  // namespace

RunResult run_seed(std::uint64_t seed, Journal::Level level) {
    return Run{seed, level}.go();
}

}  // namespace warmspare::sim
