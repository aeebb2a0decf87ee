// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "sim/load.hpp"

#include <algorithm>

#include "sim/table_checker.hpp"

namespace warmspare::sim {

using namespace std::chrono_literals;

Load::Load(World& world, Faults& faults, const Options& options, Random& random)
    : world_{world}, faults_{faults}, options_{options}, random_{random} {
    world_.hook([this](std::uint32_t host, const core::Event& event) { handle_event(host, event); });
}

void Load::begin(core::Time until) {
    until_ = until;
    for (std::uint32_t i = 0; i < options_.streams; ++i)
        world_.scheduler().after(random_.duration(0s, until - world_.scheduler().now()),
                                 [this] { open_somewhere(); });
    begin_churning();
}

// --- streams -----------------------------------------------------------------------------------------------

Plan Load::draw_plan() {
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

Stream Load::draw_stream() {
    Stream stream;
    stream.seed = random_.next();
    stream.plans = {draw_plan(), draw_plan()};
    stream.target_fails = random_.chance(options_.failing_targets / 2);
    if (random_.chance(50)) stream.target_delay = random_.duration(0ms, 50ms);
    if (random_.chance(2)) stream.target_delay = random_.duration(0s, 5s);
    return stream;
}

Load::Service Load::draw_service() {
    const auto host = static_cast<std::uint32_t>(random_.below(world_.hosts().size()));
    const auto& peers = world_.setup().nodes[host].peers;
    const core::PeerIndex peer{static_cast<std::uint32_t>(random_.below(peers.size()))};
    const auto processes = peers[peer.value].processes.size();
    return {host, peer, {static_cast<std::uint32_t>(random_.below(processes))}};
}

std::uint32_t Load::host_of_peer(const Service& service) const {
    return world_.host(service.host).host_of(service.peer);
}

const Pairing& Load::pairing_of(const Service& service) const {
    const auto other = host_of_peer(service);
    return *std::ranges::find_if(world_.pairings(), [&](const Pairing& pairing) {
        return (pairing.dialer == service.host && pairing.acceptor == other) ||
               (pairing.dialer == other && pairing.acceptor == service.host);
    });
}

bool Load::open(const Service& service, Stream stream) {
    auto& host = world_.host(service.host);
    const auto& process = host.config().peers[service.peer.value].processes[service.process.value];
    const auto* known = pairing_of(service).find_process(process.name);
    // What is opened while the peer is down may belong to a life of it that never comes.
    if (!world_.acquainted(service.host, host_of_peer(service))) stream.excuse = "the peer was restarted";
    if (options_.tight_memory) stream.excuse = "there may be no memory for it";
    stream.hopeless = known == nullptr || !known->has_own;
    if (stream.hopeless) stream.excuse = "its process may have no link";
    // It would take the memory of others for ever.
    if (stream.hopeless && options_.tight_memory) return false;
    if (world_.restarting(service.host)) stream.excuse = "its node is about to end";
    return host.open_stream(service.peer, service.process, std::move(stream));
}

void Load::open_somewhere() {
    const auto service = draw_service();
    open(service, draw_stream());
}

// --- processes that come and go ----------------------------------------------------------------------------

void Load::begin_churning() {
    for (std::uint32_t i = 0; i < options_.churning; ++i) {
        const auto service = draw_service();
        churners_.push_back({service, &pairing_of(service)});
        world_.scheduler().after(random_.duration(0s, 1s), [this, i] { churn(i); });
    }
}

void Load::churn(std::size_t number) {
    if (world_.scheduler().now() >= until_) return;
    auto& churner = churners_[number];
    Stream stream;
    stream.seed = random_.next();
    for (auto& plan : stream.plans) plan.size = random_.magnitude(options_.largest_stream / 16);
    churner.stream = open(churner.service, std::move(stream)) ? &world_.ledger().streams().back() : nullptr;
    if (churner.stream == nullptr || churner.stream->hopeless)
        world_.scheduler().after(random_.duration(10ms, 500ms), [this, number] { churn(number); });
}

/// A churner's stream is over: the process is about to be released. Asks for it again just then, or a little
/// earlier or later, and perhaps lets its link fail at the same time.
void Load::handle_event(std::uint32_t host, const core::Event& event) {
    if (event.kind != core::EventKind::stream_close) return;
    for (std::size_t i = 0; i < churners_.size(); ++i) {
        auto& churner = churners_[i];
        const auto* stream = churner.stream;
        if (stream == nullptr || stream->hopeless || host != churner.service.host ||
            event.process != stream->process || event.stream != stream->id.value)
            continue;
        churner.stream = nullptr;
        const auto linger = churner.pairing->find_process(event.process)->config.linger;
        const auto moment = linger + random_.duration(0s, 2 * options_.longest_delay);
        const auto around = [&] { return std::max(moment + random_.duration(-2ms, 2ms), core::Duration{}); };
        world_.scheduler().after(random_.chance(60) ? around() : moment + random_.duration(0s, 500ms),
                                 [this, i] { churn(i); });
        if (random_.chance(50))
            world_.scheduler().after(around(), [this, i] { strike_carrier(churners_[i]); });
    }
}

void Load::strike_carrier(const Churner& churner) {
    const auto& pairing = *churner.pairing;
    if (world_.scheduler().now() >= until_ || !world_.host(pairing.dialer).running()) return;
    const auto& name = world_.setup()
                           .nodes[churner.service.host]
                           .peers[churner.service.peer.value]
                           .processes[churner.service.process.value]
                           .name;
    for (const auto& link : status_at_dialer(world_, pairing).links)
        if (link.process == name)
            if (auto* path = world_.network().path(pairing.dialer, pairing.acceptor, link.name))
                return faults_.strike_now(*path);
}

// --- a stream on every process -----------------------------------------------------------------------------

void Load::hold_every_process() {
    for (const auto& pairing : world_.pairings()) {
        // Nobody tests idle links then; the dialling node finds out what is dead when it is asked for one.
        const bool at_dialer = !options_.health.idle_interval || random_.chance(50);
        const auto host = at_dialer ? pairing.dialer : pairing.acceptor;
        const auto peer = at_dialer ? pairing.acceptor_at_dialer : pairing.dialer_at_acceptor;
        const auto& config = world_.setup().nodes[host].peers[peer.value];
        for (const auto& process : pairing.processes) {
            if (!process.has_own) continue;
            ++holders_missing_;
            hold({host, peer, process_index(config, process.name)});
        }
    }
}

/// Tries until the node accepts: a process with on_no_link = reset refuses while there is none.
void Load::hold(const Service& service) {
    Stream stream;
    stream.seed = random_.next();
    for (auto& plan : stream.plans) {
        plan.size = random_.magnitude(options_.largest_stream / 4);
        plan.ending = Ending::hold;
    }
    // Where idle links are not tested, only a stream finds out that the peer has been restarted.
    const bool sensible =
        world_.acquainted(service.host, host_of_peer(service)) || !options_.health.idle_interval;
    if (sensible && open(service, stream)) {
        --holders_missing_;
        return watch_holder(service, world_.ledger().streams().back());
    }
    world_.scheduler().after(200ms, [this, service] { hold(service); });
}

/// A process that gives up loses its holder too, and gets another.
void Load::watch_holder(const Service& service, const Stream& holder) {
    world_.scheduler().after(200ms, [this, service, holder = &holder] {
        if (world_.ledger().let_go) return;
        if (!holder->over()) return watch_holder(service, *holder);
        ++holders_missing_;
        hold(service);
    });
}

void Load::let_go() {
    world_.ledger().let_go = true;
    for (auto& host : world_.hosts()) host.desk().nudge();
}

}  // namespace warmspare::sim
