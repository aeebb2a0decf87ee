// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "node/config_units.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <chrono>

namespace warmspare::node {
namespace {

using namespace std::chrono_literals;

constexpr DurationRange time_range{.min = 1ms, .max = 24h, .example = "10ms"};
constexpr SizeRange size_range{.min = 65536, .max = std::uint64_t{1} << 40, .example = "4MiB"};

std::string time_error(std::string_view text) {
    const auto parsed = parse_duration(text, time_range);
    return parsed ? "no error" : parsed.error();
}

std::string size_error(std::string_view text) {
    const auto parsed = parse_size(text, size_range);
    return parsed ? "no error" : parsed.error();
}

TEST(ConfigUnits, DurationsOfEveryUnit) {
    EXPECT_EQ(parse_duration("1500us", time_range), core::Duration{1500us});
    EXPECT_EQ(parse_duration("10ms", time_range), core::Duration{10ms});
    EXPECT_EQ(parse_duration("1s", time_range), core::Duration{1s});
    EXPECT_EQ(parse_duration("5min", time_range), core::Duration{5min});
    EXPECT_EQ(parse_duration("24h", time_range), core::Duration{24h});
}

TEST(ConfigUnits, SizesOfEveryUnit) {
    EXPECT_EQ(parse_size("64KiB", size_range), 65536U);
    EXPECT_EQ(parse_size("4MiB", size_range), 4194304U);
    EXPECT_EQ(parse_size("1GiB", size_range), 1073741824U);
}

TEST(ConfigUnits, WhatIsNoDurationSaysWhatWouldBe) {
    EXPECT_EQ(time_error("10"), "has no unit; write for example \"10ms\"");
    EXPECT_EQ(
        time_error("5m"),
        "has the unknown unit \"m\"; write a whole number and us, ms, s, min or h, for example \"10ms\"");
    EXPECT_EQ(
        time_error("1.5s"),
        "has the unknown unit \".5s\"; write a whole number and us, ms, s, min or h, for example \"10ms\"");
    for (const char* text : {"", "ms", "-1s", "+1s", " 1s", "soon"}) {
        EXPECT_EQ(time_error(text),
                  "is not a duration; write a whole number and us, ms, s, min or h, for example \"10ms\"")
            << text;
    }
}

TEST(ConfigUnits, RangesAreNamed) {
    for (const char* text : {"0ms", "0s", "25h", "18446744073709551615h", "99999999999999999999999ms"}) {
        EXPECT_EQ(time_error(text), "is out of range; write \"1ms\" to \"24h\"") << text;
    }
    for (const char* text : {"63KiB", "1025GiB", "18446744073709551615GiB"}) {
        EXPECT_EQ(size_error(text), "is out of range; write \"64KiB\" to \"1024GiB\"") << text;
    }
}

TEST(ConfigUnits, SizesTakeBinaryUnitsOnly) {
    EXPECT_EQ(size_error("4MB"),
              "has the unknown unit \"MB\"; write a whole number and KiB, MiB or GiB, for example \"4MiB\"");
}

TEST(ConfigUnits, NothingAtAllIsSeconds) {
    EXPECT_EQ(duration_text(0s), "0s");
}

RC_GTEST_PROP(ConfigUnits, TextOfADurationReadsBack, ()) {
    const core::Duration duration = std::chrono::milliseconds{*rc::gen::inRange(1, 86'400'001)};
    RC_ASSERT(parse_duration(duration_text(duration), time_range).value().count() == duration.count());
}

RC_GTEST_PROP(ConfigUnits, TextOfASizeReadsBack, ()) {
    const std::uint64_t size = std::uint64_t{1024} * *rc::gen::inRange<std::uint64_t>(64, 1 << 30);
    RC_ASSERT(parse_size(size_text(size), size_range).value() == size);
}

}  // namespace
}  // namespace warmspare::node
