// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "sim/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "sim/faults.hpp"
#include "sim/options.hpp"
#include "sim/world.hpp"
#include "sim/world_checkers.hpp"

namespace warmspare::sim {

using namespace std::chrono_literals;

namespace {

constexpr core::Duration look_every = 50ms;

class Run {
  public:
    Run(std::uint64_t seed, bool verbose);
    RunResult go();

  private:
    void start_nodes();
    void schedule_clients();
    void open_somewhere();
    bool open(std::uint32_t host, core::PeerIndex peer, core::ProcessIndex process, Stream stream);
    Stream draw_stream();
    Plan draw_plan();
    void hold_every_process();
    void hold(std::uint32_t host, core::PeerIndex peer, core::ProcessIndex process);
    void watch_holder(std::uint32_t host, core::PeerIndex peer, core::ProcessIndex process,
                      const Stream& holder);
    void look();
    /// Runs until nothing is amiss any more; a violation if that takes longer than the bound.
    void wait_until(const char* checker, core::Duration bound,
                    const std::function<std::optional<std::string>()>& amiss);
    std::optional<std::string> unfinished(bool all);
    core::Duration settling_bound();
    core::Duration transfer_bound();
    RunResult result();

    Random random_;
    Options options_;
    World world_;
    Faults faults_;
    TableChecker tables_{world_};
    MemoryChecker memory_{world_};
    NoticeChecker notices_{world_};
    ProgressChecker progress_{world_, options_};
    std::uint64_t switches_ = 0;
    std::uint32_t holders_missing_ = 0;
};

Run::Run(std::uint64_t seed, bool verbose)
    : random_{seed},
      options_{draw_options(random_)},
      world_{draw_setup(options_, random_), random_.next(), verbose},
      faults_{world_, options_} {
    world_.hook([this](std::uint32_t host, const core::Event& event) {
        notices_.handle_event(host, event);
        if (event.kind == core::EventKind::switch_) ++switches_;
        if (event.kind != core::EventKind::stream_open && event.kind != core::EventKind::stream_close)
            world_.scheduler().after(0s, [this, host] { tables_.check(host); });
    });
    world_.on_crash([this](std::uint32_t host) { notices_.handle_restart(host); });
}

// --- load
// ------------------------------------------------------------------------------------------------------

Plan Run::draw_plan() {
    Plan plan;
    plan.size = random_.chance(10) ? 0 : random_.magnitude(options_.largest_stream);
    plan.portion = std::max<std::uint64_t>(plan.size / random_.between(1, 200), 64);
    if (random_.chance(50)) plan.pause = random_.duration(0ms, 100ms);
    if (random_.chance(options_.closes)) plan.ending = Ending::close;
    if (random_.chance(options_.resets)) plan.ending = Ending::reset;
    plan.buffer = random_.pick(std::vector<std::uint64_t>{65536, 65536, 4096, 1000});
    // An application that needs this many turns to read the largest stream must not take for ever.
    plan.buffer = std::max(plan.buffer, options_.largest_stream / 500);
    if (random_.chance(options_.slow_readers)) plan.reading = random_.duration(1ms, 20ms);
    if (random_.chance(options_.stopped_readers)) {
        plan.stop_at = random_.magnitude(options_.largest_stream);
        plan.stop_for = random_.duration(100ms, 30s);
    }
    return plan;
}

Stream Run::draw_stream() {
    Stream stream;
    stream.seed = random_.next();
    stream.plans = {draw_plan(), draw_plan()};
    stream.target_fails = random_.chance(options_.failing_targets / 2);
    if (random_.chance(50)) stream.target_delay = random_.duration(0ms, 50ms);
    return stream;
}

bool Run::open(std::uint32_t host, core::PeerIndex peer, core::ProcessIndex process, Stream stream) {
    const auto other = world_.host(host).host_of(peer);
    // What is opened while the peer is down may belong to a life of it that never comes.
    if (!world_.acquainted(host, other)) stream.excuse = "the peer was restarted";
    return world_.host(host).open_stream(peer, process, std::move(stream));
}

void Run::open_somewhere() {
    const auto host = static_cast<std::uint32_t>(random_.below(world_.hosts().size()));
    const auto& peers = world_.setup().nodes[host].peers;
    const core::PeerIndex peer{static_cast<std::uint32_t>(random_.below(peers.size()))};
    const auto processes = peers[peer.value].processes.size();
    open(host, peer, {static_cast<std::uint32_t>(random_.below(processes))}, draw_stream());
}

void Run::schedule_clients() {
    for (std::uint32_t i = 0; i < options_.streams; ++i)
        world_.scheduler().after(random_.duration(0s, options_.fault_phase), [this] { open_somewhere(); });
}

/// A stream on every process that stays open until everything is where it should be.
void Run::hold_every_process() {
    for (const auto& pair : pairings(world_.setup())) {
        // Nobody tests idle links then; the dialling node finds out what is dead when it is asked for one.
        const bool dialer = !options_.health.idle_interval || random_.chance(50);
        const auto host = dialer ? pair.dialer : pair.acceptor;
        const auto& other = world_.setup().nodes[host == pair.dialer ? pair.acceptor : pair.dialer];
        const auto peer = peer_index(world_.setup().nodes[host], other.name);
        for (std::uint32_t i = 0; i < options_.processes; ++i) {
            ++holders_missing_;
            hold(host, peer, {i});
        }
    }
}

/// Tries until the node accepts: a process with on_no_link = reset refuses while there is none.
void Run::hold(std::uint32_t host, core::PeerIndex peer, core::ProcessIndex process) {
    Stream stream;
    stream.seed = random_.next();
    for (auto& plan : stream.plans) {
        plan.size = random_.magnitude(options_.largest_stream / 4);
        plan.ending = Ending::hold;
    }
    const auto other = world_.host(host).host_of(peer);
    // Where idle links are not tested, only a stream finds out that the peer has been restarted.
    const bool sensible = world_.acquainted(host, other) || !options_.health.idle_interval;
    if (sensible && open(host, peer, process, stream)) {
        --holders_missing_;
        return watch_holder(host, peer, process, world_.ledger().streams().back());
    }
    world_.scheduler().after(200ms, [this, host, peer, process] { hold(host, peer, process); });
}

/// A process that gives up loses its holder too, and gets another.
void Run::watch_holder(std::uint32_t host, core::PeerIndex peer, core::ProcessIndex process,
                       const Stream& holder) {
    world_.scheduler().after(200ms, [this, host, peer, process, holder = &holder] {
        if (world_.ledger().let_go) return;
        if (!holder->over()) return watch_holder(host, peer, process, *holder);
        ++holders_missing_;
        hold(host, peer, process);
    });
}

// --- phases
// ----------------------------------------------------------------------------------------------------

void Run::start_nodes() {
    for (std::uint32_t i = 0; i < world_.hosts().size(); ++i)
        world_.scheduler().after(random_.duration(0s, 2s), [this, i] { world_.start(i); });
}

void Run::look() {
    progress_.check(faults_.last_change());
    for (std::uint32_t i = 0; i < world_.hosts().size(); ++i) memory_.check(i);
    for (auto& host : world_.hosts())
        if (host.running()) host.desk().check();
}

void Run::wait_until(const char* checker, core::Duration bound,
                     const std::function<std::optional<std::string>()>& amiss) {
    const auto limit = world_.scheduler().now() + bound;
    while (!world_.journal().failure()) {
        const auto what = amiss();
        if (!what) return;
        if (world_.scheduler().now() >= limit) return world_.journal().fail(checker, *what);
        world_.run_until(world_.scheduler().now() + look_every);
        look();
    }
}

core::Duration Run::transfer_bound() {
    std::uint64_t bytes = 0;
    for (const auto& stream : world_.ledger().streams())
        if (!stream.over()) bytes += stream.plans[0].size + stream.plans[1].size;
    // Sent up to four times, with pauses and slow readers on top.
    const auto seconds = 4 * bytes / options_.lowest_rate + 60;
    return std::chrono::seconds{static_cast<std::int64_t>(seconds)} + 400 * options_.longest_delay;
}

core::Duration Run::settling_bound() {
    return transfer_bound() + 60s + 10 * options_.health.interval;
}

/// A stream that should be over, or, unless all should, one that is not held.
std::optional<std::string> Run::unfinished(bool all) {
    for (const auto& stream : world_.ledger().streams()) {
        const bool held = stream.plans[0].ending == Ending::hold;
        if (stream.over() || (held && !all)) continue;
        return fmt::format("stream {} (id {}, process {}) does not end", stream.number, stream.id.value,
                           stream.process);
    }
    return std::nullopt;
}

RunResult Run::go() {
    start_nodes();
    schedule_clients();
    const auto healing = world_.scheduler().now() + options_.fault_phase;
    faults_.begin(healing);
    while (world_.scheduler().now() < healing && !world_.journal().failure()) {
        world_.run_until(std::min(healing, world_.scheduler().now() + look_every));
        look();
    }
    if (!world_.journal().failure()) {
        faults_.heal_all();
        world_.ledger().readers_resume = true;
        for (auto& host : world_.hosts()) host.desk().nudge();
        hold_every_process();
        wait_until("healing", settling_bound(), [this]() -> std::optional<std::string> {
            if (holders_missing_ > 0) return "a process accepts no stream";
            if (auto stream = unfinished(false)) return stream;
            if (auto link = unsettled(world_)) return link;
            return notices_.owed();
        });
        world_.ledger().let_go = true;
        for (auto& host : world_.hosts()) host.desk().nudge();
        wait_until("liveness", transfer_bound(), [this] { return unfinished(true); });
        wait_until("release", 30s, [this] { return unreleased(world_); });
        wait_until("agreement", 30s, [this]() -> std::optional<std::string> {
            for (const auto& pair : pairings(world_.setup()))
                if (auto difference = disagreement(status_of(world_, pair.dialer, pair.acceptor),
                                                   status_of(world_, pair.acceptor, pair.dialer)))
                    return difference;
            return std::nullopt;
        });
    }
    return result();
}

RunResult Run::result() {
    RunResult result;
    result.failure = world_.journal().failure();
    result.options = describe(options_, world_.setup());
    if (result.failure) result.status = print_status(world_);
    result.hash = world_.journal().hash();
    result.virtual_time = world_.scheduler().elapsed();
    result.steps = world_.scheduler().steps();
    result.streams = world_.ledger().streams().size();
    result.faults = faults_.count();
    result.switches = switches_;
    result.longest_pause = progress_.longest();
    return result;
}

}  // namespace

RunResult run_seed(std::uint64_t seed, bool verbose) {
    return Run{seed, verbose}.go();
}

}  // namespace warmspare::sim
