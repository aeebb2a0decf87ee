// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "node/config_units.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <limits>
#include <span>
#include <system_error>

#include "node/config_names.hpp"

namespace warmspare::node {
namespace {

struct Unit {
    std::string_view name;
    /// In nanoseconds or bytes.
    std::uint64_t factor;
};

// From small to large.
constexpr std::array duration_units{Unit{"us", 1'000}, Unit{"ms", 1'000'000}, Unit{"s", 1'000'000'000},
                                    Unit{"min", 60'000'000'000}, Unit{"h", 3'600'000'000'000}};
constexpr std::array size_units{Unit{"KiB", std::uint64_t{1} << 10}, Unit{"MiB", std::uint64_t{1} << 20},
                                Unit{"GiB", std::uint64_t{1} << 30}};

/// What is measured, for messages.
struct Quantity {
    std::span<const Unit> units;
    std::string_view noun;
    std::string_view unit_list;
    std::string_view example;
};

constexpr std::uint64_t too_much = std::numeric_limits<std::uint64_t>::max();

/// The count times the unit; too_much if that does not fit. An unknown unit is an error.
std::expected<std::uint64_t, std::string> parse_quantity(std::string_view text, const Quantity& quantity) {
    std::uint64_t count = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, count);
    if (error == std::errc::invalid_argument) {
        return std::unexpected{fmt::format("is not a {}; write a whole number and {}, for example \"{}\"",
                                           quantity.noun, quantity.unit_list, quantity.example)};
    }
    const std::string_view name{rest, end};
    if (name.empty()) {
        return std::unexpected{fmt::format("has no unit; write for example \"{}\"", quantity.example)};
    }
    for (const Unit& unit : quantity.units) {
        if (unit.name != name) continue;
        const bool fits = error == std::errc{} && count <= too_much / unit.factor;
        return fits ? count * unit.factor : too_much;
    }
    return std::unexpected{
        fmt::format("has the unknown unit {}; write a whole number and {}, for example \"{}\"",
                    in_quotes(name), quantity.unit_list, quantity.example)};
}

std::string out_of_range(const std::string& min, const std::string& max) {
    return fmt::format("is out of range; write \"{}\" to \"{}\"", min, max);
}

std::string quantity_text(std::uint64_t amount, std::span<const Unit> units) {
    const Unit* best = &units.front();
    for (const Unit& unit : units) {
        if (amount != 0 && amount % unit.factor == 0) best = &unit;
    }
    return fmt::format("{}{}", amount / best->factor, best->name);
}

}  // namespace

std::expected<core::Duration, std::string> parse_duration(std::string_view text, const DurationRange& range) {
    const auto amount = parse_quantity(text, {.units = duration_units,
                                              .noun = "duration",
                                              .unit_list = "us, ms, s, min or h",
                                              .example = range.example});
    if (!amount) return std::unexpected{amount.error()};
    const auto max = static_cast<std::uint64_t>(range.max.count());
    if (*amount > max || *amount < static_cast<std::uint64_t>(range.min.count())) {
        return std::unexpected{out_of_range(duration_text(range.min), duration_text(range.max))};
    }
    return core::Duration{static_cast<core::Duration::rep>(*amount)};
}

std::expected<std::uint64_t, std::string> parse_size(std::string_view text, const SizeRange& range) {
    const auto amount = parse_quantity(
        text,
        {.units = size_units, .noun = "size", .unit_list = "KiB, MiB or GiB", .example = range.example});
    if (!amount) return amount;
    if (*amount > range.max || *amount < range.min) {
        return std::unexpected{out_of_range(size_text(range.min), size_text(range.max))};
    }
    return amount;
}

std::string duration_text(core::Duration duration) {
    if (duration == core::Duration::zero()) return "0s";
    return quantity_text(static_cast<std::uint64_t>(duration.count()), duration_units);
}

std::string size_text(std::uint64_t bytes) {
    return quantity_text(bytes, size_units);
}

}  // namespace warmspare::node
