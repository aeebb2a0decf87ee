// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "node/config_health.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "node/config_process_rules.hpp"

namespace warmspare::node {
namespace {

using namespace std::chrono_literals;

constexpr DurationRange watchdog_range{.min = 1ms, .max = 10s, .example = "10ms"};
constexpr DurationRange interval_range{.min = 10ms, .max = 1h, .example = "1s"};
constexpr DurationRange idle_range{.min = 10ms, .max = 24h, .example = "10s"};
constexpr std::int64_t most_misses = 100;

/// What every direction of a stream is sure to get, and both together; less would be no memory at all.
constexpr std::uint64_t certain = std::uint64_t{64} << 10;
constexpr std::uint64_t certain_of_stream = 2 * certain;
constexpr SizeRange stream_range{.min = certain, .max = std::uint64_t{1} << 30, .example = "4MiB"};
constexpr SizeRange node_range{.min = certain_of_stream, .max = std::uint64_t{1} << 40, .example = "256MiB"};

void read_idle_interval(TableReader& health, core::HealthConfig& links) {
    const Value* value = health.find("idle_interval");
    const auto* text = value == nullptr ? nullptr : std::get_if<std::string>(&value->data);
    if (text != nullptr && *text == "off") {
        links.idle_interval.reset();
    } else if (const auto idle = health.duration("idle_interval", idle_range)) {
        links.idle_interval = idle;
    }
}

/// Tests must be judged before they are repeated.
void check_above_watchdog(TableReader& health, std::string_view key, core::Duration interval,
                          core::Duration watchdog) {
    if (interval > watchdog) return;
    health.mistakes().add(
        std::max(health.line_of(key), health.line_of("watchdog")),
        fmt::format("{} ({}) is not longer than health.watchdog ({}); write a longer {} or a "
                    "shorter watchdog",
                    health.path_of(key), duration_text(interval), duration_text(watchdog), key));
}

}  // namespace

Health read_health(TableReader& root) {
    Health result;
    auto health = root.table("health", "[health]");
    if (!health) return result;
    core::HealthConfig& links = result.links;
    const std::size_t mistakes_before = health->mistakes().size();
    links.interval = health->duration("interval", interval_range).value_or(links.interval);
    read_idle_interval(*health, links);
    links.watchdog = health->duration("watchdog", watchdog_range).value_or(links.watchdog);
    if (health->mistakes().size() == mistakes_before) {
        check_above_watchdog(*health, "interval", links.interval, links.watchdog);
        if (links.idle_interval) {
            check_above_watchdog(*health, "idle_interval", *links.idle_interval, links.watchdog);
        }
    }
    links.misses =
        static_cast<std::uint32_t>(health->integer("misses", 1, most_misses).value_or(links.misses));
    read_process_rules(*health, result.process_defaults);
    health->finish();
    return result;
}

std::uint64_t least_memory(std::size_t peer_count) noexcept {
    return certain_of_stream * peer_count;
}

core::MemoryConfig read_memory(TableReader& root, std::size_t peer_count) {
    core::MemoryConfig result;
    auto memory = root.table("memory", "[memory]");
    if (memory) {
        result.stream = memory->size("stream", stream_range).value_or(result.stream);
        result.node = memory->size("node", node_range).value_or(result.node);
        memory->finish();
    }
    if (result.node / certain_of_stream < peer_count) {
        root.mistakes().add(
            memory ? memory->line_of("node") : root.line(),
            fmt::format("memory.node ({}) leaves less than {} to each of {} peers; write at least "
                        "\"{}\"",
                        size_text(result.node), size_text(certain_of_stream), peer_count,
                        size_text(least_memory(peer_count))));
    }
    return result;
}

}  // namespace warmspare::node
