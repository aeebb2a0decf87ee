// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#define XXH_INLINE_ALL
#include "sim/journal.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <cstdio>

#include "sim/random.hpp"

namespace warmspare::sim {

std::string format_time(core::Duration time) {
    const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(time).count();
    return fmt::format("{:5}.{:06}", microseconds / 1'000'000, microseconds % 1'000'000);
}

std::string describe(const core::Event& event) {
    std::string text{core::to_string(event.kind)};
    if (!event.process.empty()) text += " " + event.process;
    if (event.kind == core::EventKind::switch_ || event.kind == core::EventKind::restore)
        text += " " + event.from + " -> " + event.to;
    else if (!event.link.empty())
        text += " " + event.link;
    if (event.stream) text += fmt::format(" stream {}", *event.stream);
    if (!event.cause.empty()) text += " (" + event.cause + ")";
    return text;
}

void Journal::note(std::string_view who, std::string_view what) const {
    if (verbose()) fmt::print("{}  {:<6} {}\n", format_time(scheduler_.elapsed()), who, what);
}

void Journal::hash(std::uint64_t value) noexcept {
    hash_ = mix(hash_ ^ value);
}

void Journal::hash(std::string_view text) noexcept {
    hash(std::as_bytes(std::span{text}));
}

void Journal::hash(std::span<const std::byte> bytes) noexcept {
    hash(XXH3_64bits(bytes.data(), bytes.size()));
}

void Journal::hash(const core::Event& event) noexcept {
    hash(static_cast<std::uint64_t>(event.kind));
    for (const auto* text : {&event.process, &event.link, &event.from, &event.to, &event.cause})
        hash(std::string_view{*text});
    hash(event.stream.value_or(0));
}

void Journal::fail(std::string_view checker, std::string_view text) {
    if (failure_) return;
    failure_ = Failure{std::string{checker}, std::string{text}, scheduler_.elapsed()};
    note("FAIL", fmt::format("{}: {}", checker, text));
}

}  // namespace warmspare::sim
