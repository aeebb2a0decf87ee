// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "node/daemon.hpp"

#include <fmt/format.h>
#include <spdlog/logger.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstring>
#include <utility>

#include "node/config_health.hpp"
#include "node/config_units.hpp"
#include "node/event_text.hpp"
#include "node/memory_limit.hpp"
#include "node/process_limits.hpp"

namespace warmspare::node {

namespace {

/// How long the goodbye to the peers may take.
constexpr std::chrono::seconds goodbye_time{2};

/// One thread runs everything.
constexpr int concurrency_hint = 1;

spdlog::level::level_enum level_of(core::EventKind kind) {
    switch (kind) {
        case core::EventKind::error:
            return spdlog::level::err;
        case core::EventKind::link_down:
        case core::EventKind::switch_:
        case core::EventKind::no_link:
            return spdlog::level::warn;
        default:
            return spdlog::level::info;
    }
}

std::chrono::system_clock::time_point wall_time(core::Time at) {
    const auto ago = std::chrono::duration_cast<std::chrono::system_clock::duration>(net::Worker::now() - at);
    return std::chrono::system_clock::now() - ago;
}

/// A row without a connection shows the addresses of its circuit.
void fill_addresses(core::LinkStatus& link, const std::vector<Circuit>& circuits) {
    const auto circuit = std::ranges::find(circuits, link.circuit, &Circuit::name);
    if (circuit == circuits.end()) return;
    if (link.endpoints.own_address.empty()) link.endpoints.own_address = circuit->local.value_or("");
    if (link.endpoints.peer_address.empty()) link.endpoints.peer_address = circuit->remote.value_or("");
}

/// As nohup leaves it.
bool is_ignored(int signal) {
    struct sigaction action{};
    return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

Daemon::Daemon(Config config, spdlog::logger& log)
    : config_(std::move(config)),
      log_(log),
      context_(concurrency_hint),
      signals_(context_, SIGTERM, SIGINT),
      timer_(context_) {
    // A terminal that closes ends what runs in it, and that is no reason to end without a goodbye.
    if (!is_ignored(SIGHUP)) signals_.add(SIGHUP);
}

Daemon::~Daemon() {
    static_cast<void>(close());
}

std::expected<void, std::string> Daemon::start(const std::filesystem::path& control) {
    if (auto fits = fit_memory(); !fits) return fits;
    if (config_.realtime) scheduling_.emplace(config_.health.watchdog / 4);
    driver_ = std::make_unique<net::Driver>(context_, config_, random_incarnation(),
                                            [this](core::Event event) { record(std::move(event)); });
    // First, because it tells a second instance from a port that is merely in use.
    auto server = ControlServer::open(context_, control, [this] { return status(); }, events_);
    if (!server) return std::unexpected(server.error());
    control_ = std::move(*server);
    if (auto bound = driver_->bind(); !bound) return bound;
    for (const Mistake& warning : config_.warnings) log_.warn("line {}: {}", warning.line, warning.message);
    wait_for_signal();
    driver_->watch_lateness([this](core::Duration late, core::Time now) { handle_woken(late, now); });
    driver_->start();
    log_.info("node {} runs, version {}, scheduling {}, control socket {}", config_.node, WARMSPARE_VERSION,
              scheduling_name(), control.string());
    return {};
}

/// Streams never hold more than this process can have.
std::expected<void, std::string> Daemon::fit_memory() {
    const auto left = memory_left();
    if (!left) return {};
    const std::uint64_t room = memory_for_streams(*left);
    if (room >= config_.memory.node) return {};
    const std::string found = fmt::format("the limits of this process leave {} to streams", size_text(room));
    const std::uint64_t least = least_memory(config_.peers.size());
    if (room < least) return std::unexpected(fmt::format("{}; {} are needed", found, size_text(least)));
    record(
        {.kind = core::EventKind::error,
         .at = net::Worker::now(),
         .cause = fmt::format("{}, and not {} as memory.node says", found, size_text(config_.memory.node))});
    config_.memory.node = room;
    return {};
}

void Daemon::run() {
    if (config_.busy_poll == core::Duration::zero())
        context_.run();
    else
        run_polling();
}

void Daemon::run_polling() {
    core::Time busy_until = net::Worker::now() + config_.busy_poll;
    while (!context_.stopped()) {
        if (context_.poll() > 0)
            busy_until = net::Worker::now() + config_.busy_poll;
        else if (net::Worker::now() >= busy_until)
            context_.run_one();
    }
}

bool Daemon::close() {
    const bool looks_up = driver_ && driver_->looks_up();
    control_.reset();
    driver_.reset();
    return !looks_up;
}

void Daemon::wait_for_signal() {
    signals_.async_wait([this](boost::system::error_code error, int number) {
        if (error) return;
        wait_for_signal();
        handle_signal(number);
    });
}

void Daemon::handle_signal(int number) {
    const char* name = ::sigabbrev_np(number);
    if (std::exchange(ending_, true)) {
        log_.warn("SIG{} again: ending at once", name);
        return context_.stop();
    }
    const auto seconds = std::chrono::duration_cast<std::chrono::duration<double>>(config_.drain);
    log_.info("SIG{}: no more applications accepted; open streams have {} s", name, seconds.count());
    drain();
}

void Daemon::drain() {
    timer_.expires_after(config_.drain);
    timer_.async_wait([this](boost::system::error_code error) {
        if (!error) shut_down();
    });
    driver_->drain([this] { shut_down(); });
}

void Daemon::shut_down() {
    if (std::exchange(shutting_down_, true)) return;
    timer_.expires_after(goodbye_time);
    timer_.async_wait([this](boost::system::error_code error) {
        if (!error) context_.stop();
    });
    driver_->shut_down([this] { context_.stop(); });
}

void Daemon::handle_woken(core::Duration late, core::Time now) {
    if (!scheduling_ || !scheduling_->note(late, now)) return;
    const std::chrono::duration<double, std::milli> milliseconds = late;
    log_.debug("scheduling {} from here on, woken {:.1f} ms late", scheduling_name(), milliseconds.count());
}

std::string Daemon::scheduling_name() const {
    return scheduling_ ? scheduling_->name() : "normal";
}

void Daemon::record(core::Event event) {
    // The level of an error says already what it is.
    const bool said = event.kind == core::EventKind::error;
    log_.log(level_of(event.kind), "{}", said ? details_text(event) : event_text(event));
    const auto time = wall_time(event.at);
    events_.append(std::move(event), time);
}

core::NodeStatus Daemon::status() const {
    core::NodeStatus status = driver_->status();
    status.scheduling = scheduling_name();
    for (std::size_t i = 0; i < status.peers.size() && i < config_.peers.size(); ++i) {
        for (core::LinkStatus& link : status.peers[i].links) fill_addresses(link, config_.peers[i].circuits);
    }
    return status;
}

}  // namespace warmspare::node
