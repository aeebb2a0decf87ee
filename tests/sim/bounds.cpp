// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "sim/bounds.hpp"

#include <algorithm>
#include <array>

namespace warmspare::sim {

using namespace std::chrono_literals;

namespace {

/// TCP's own back-off: how long a connection may be silent when the way is there again.
constexpr core::Duration longest_backoff = 1s;
/// A watchdog follows the round trip up to 3 s, another kernel's acknowledgements may stand in for the reply
/// for twice as long, and misses beyond the first take half of one watchdog again.
constexpr core::Duration longest_verdict = 7500ms;
/// A link that keeps failing is returned to after so many times the configured wait.
constexpr int longest_stretch = 16;

/// The longest round trip when every link of the circuit has its kernel's buffer full.
core::Duration longest_round_trip(const Setup& setup) {
    core::Duration longest{};
    for (const auto& circuit : setup.circuits) {
        std::uint64_t links = 0;
        for (const auto& peer : setup.nodes[circuit.hosts[0]].peers)
            if (peer.name == setup.nodes[circuit.hosts[1]].name)
                links += static_cast<std::uint64_t>(
                    std::ranges::count(peer.links, circuit.name, &core::LinkConfig::circuit));
        const core::Duration queued{
            static_cast<core::Duration::rep>(links * setup.tcp.send_buffer * 1'000'000'000 / circuit.rate)};
        longest = std::max(longest, 2 * (circuit.delay + circuit.jitter + queued));
    }
    return longest;
}

core::Duration longest_wait_to_restore(const Setup& setup) {
    core::Duration longest{};
    for (const auto& node : setup.nodes)
        for (const auto& peer : node.peers)
            for (const auto& process : peer.processes) longest = std::max(longest, process.wait_to_restore);
    return longest;
}

}  // namespace

std::string_view to_string(Promise promise) noexcept {
    constexpr std::array<std::string_view, promises> names{"restart",  "links",    "home",
                                                           "progress", "transfer", "rest"};
    return names[static_cast<std::size_t>(promise)];
}

Bounds find_bounds(const Options& options, const Setup& setup) {
    const auto round_trip = longest_round_trip(setup);
    const auto interval = std::max(options.health.interval, options.odd_health.interval);
    const auto idle = std::max(interval, options.health.idle_interval.value_or(interval));
    Bounds bounds;
    // An idle link is tested within the idle interval and found dead; then it is dialled, but not sooner than
    // an interval after the last time, and if that attempt began before the end of the fault, once more. Its
    // first tests may be missed for another interval.
    bounds.links = longest_backoff + idle + longest_verdict + 3 * interval + 4 * round_trip;
    // What had stopped answering before the end of the fault may be found dead only now, and so may what was
    // taken for dead.
    bounds.home = bounds.links + longest_stretch * longest_wait_to_restore(setup) + interval + 4 * round_trip;
    bounds.progress = longest_backoff + longest_verdict + interval + 4 * round_trip;
    bounds.rest = interval + 4 * round_trip + 2s;
    return bounds;
}

core::Duration transfer_bound(const Options& options, const Setup& setup, std::uint64_t bytes) {
    // On a long line it is the window that bounds the rate: so much may be on its way in a round trip.
    auto window = std::min(
        {setup.tcp.send_buffer, setup.tcp.receive_buffer, options.memory.stream, options.odd_memory.stream});
    if (setup.tcp.spliced > 0) window = std::min(window, setup.tcp.pipe);
    const auto round_trip =
        static_cast<std::uint64_t>((2 * options.longest_delay + setup.tcp.delayed_ack).count());
    const auto rate = std::min(options.lowest_rate, window * 1'000'000'000 / round_trip);
    // Sent up to four times, with pauses and slow readers on top.
    const auto seconds = 4 * bytes / rate + 60;
    return std::chrono::seconds{static_cast<std::int64_t>(seconds)} + 400 * options.longest_delay;
}

}  // namespace warmspare::sim
