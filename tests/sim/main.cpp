// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Runs the core in simulated worlds, one a seed, and checks the invariants of the design. A failure prints
// its seed, from which the same run can be had again with its trace.

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>

#include "sim/run.hpp"

namespace {

using namespace warmspare::sim;

struct Arguments {
    std::uint64_t first_seed = 1;
    std::uint64_t runs = 1;
    /// Instead of a number of runs: as many as there is time for.
    std::uint64_t seconds = 0;
    Journal::Level level = Journal::Level::silent;
    bool repeat = false;
    bool keep_going = false;
};

constexpr std::string_view usage =
    "Usage: sim [--seed N] [--verbose | --frames]\n"
    "       sim --runs M | --seconds T [--first-seed N] [--repeat-check] [--keep-going]\n"
    "\n"
    "  --seed N          one run\n"
    "  --verbose         print what happens, with virtual times in seconds\n"
    "  --frames          the same, and each frame that arrives\n"
    "  --runs M          M runs, with the seeds from --first-seed (1) on\n"
    "  --seconds T       as many as T seconds allow\n"
    "  --repeat-check    each seed twice: both runs must put out the same\n"
    "  --keep-going      go on after a failure\n"
    "\n"
    "Exit: 0 nothing wrong, 1 a violation, 2 usage.\n";

std::optional<Arguments> parse(int count, char** values) {
    Arguments arguments;
    for (int i = 1; i < count; ++i) {
        const std::string_view key = values[i];
        const auto number = [&]() { return ++i < count ? std::strtoull(values[i], nullptr, 0) : 0; };
        if (key == "--seed" || key == "--first-seed")
            arguments.first_seed = number();
        else if (key == "--runs")
            arguments.runs = number();
        else if (key == "--seconds")
            arguments.seconds = number();
        else if (key == "--verbose")
            arguments.level = Journal::Level::events;
        else if (key == "--frames")
            arguments.level = Journal::Level::frames;
        else if (key == "--repeat-check")
            arguments.repeat = true;
        else if (key == "--keep-going")
            arguments.keep_going = true;
        else
            return std::nullopt;
    }
    return arguments;
}

/// The seed that is running, for a crash to name it.
char running_seed[96];

void handle_crash(int signal) {
    if (write(STDERR_FILENO, running_seed, std::strlen(running_seed)) < 0) _exit(1);
    std::signal(signal, SIG_DFL);
    std::raise(signal);
}

void announce(std::uint64_t seed) {
    const auto text = fmt::format("\nsim: the program failed in the run of seed {}\n", seed);
    std::strncpy(running_seed, text.c_str(), sizeof running_seed - 1);
}

struct Totals {
    std::uint64_t failures = 0;
    std::uint64_t streams = 0;
    std::uint64_t faults = 0;
    std::uint64_t switches = 0;
    std::uint64_t steps = 0;
    std::uint64_t false_alarms = 0;
    warmspare::core::Duration virtual_time{};
    /// The largest share of each promised time that was used, and by which seed.
    std::array<double, promises> used{};
    std::array<std::uint64_t, promises> used_by{};
};

void report(std::uint64_t seed, const RunResult& result) {
    fmt::print("seed {}: FAILED at {} s\n  {}: {}\n", seed, format_time(result.failure->at),
               result.failure->checker, result.failure->text);
    fmt::print("options\n{}at that time\n{}again: sim --seed {} --verbose\n", result.options, result.state,
               seed);
}

void run_one(std::uint64_t seed, const Arguments& arguments, Totals& totals) {
    announce(seed);
    auto result = run_seed(seed, arguments.level);
    if (arguments.repeat && !result.failure && run_seed(seed, Journal::Level::silent).hash != result.hash)
        result.failure = Failure{"determinism", "the same seed put out something else", result.virtual_time};
    if (result.failure) {
        ++totals.failures;
        report(seed, result);
    }
    totals.streams += result.streams;
    totals.faults += result.faults;
    totals.switches += result.switches;
    totals.steps += result.steps;
    totals.false_alarms += result.false_alarms;
    totals.virtual_time += result.virtual_time;
    for (std::size_t i = 0; i < promises; ++i) {
        if (result.used[i] <= totals.used[i]) continue;
        totals.used[i] = result.used[i];
        totals.used_by[i] = seed;
    }
}

void print_totals(const Totals& totals, std::uint64_t runs) {
    const auto seconds = static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
    const auto simulated = std::chrono::duration<double>{totals.virtual_time}.count();
    fmt::print("{} runs, {} failed; {} streams, {} faults, {} switches, {} steps\n", runs, totals.failures,
               totals.streams, totals.faults, totals.switches, totals.steps);
    fmt::print("{} false alarms; most of the time promised that was used:", totals.false_alarms);
    for (std::size_t i = 0; i < promises; ++i)
        fmt::print(" {} {:.0f} % (seed {})", to_string(static_cast<Promise>(i)), 100 * totals.used[i],
                   totals.used_by[i]);
    fmt::print("\n");
    fmt::print("{:.0f} s of virtual time in {:.1f} s of one core, {:.0f} times real time\n", simulated,
               seconds, simulated / seconds);
}

}  // namespace

int main(int count, char** values) {
    const auto arguments = parse(count, values);
    if (!arguments) {
        fmt::print(stderr, "{}", usage);
        return 2;
    }
    for (const auto signal : {SIGABRT, SIGSEGV, SIGFPE, SIGILL}) std::signal(signal, handle_crash);
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    const auto began = std::chrono::steady_clock::now();
    const auto go_on = [&](std::uint64_t runs) {
        if (arguments->seconds == 0) return runs < arguments->runs;
        return std::chrono::steady_clock::now() - began < std::chrono::seconds{arguments->seconds};
    };
    Totals totals;
    std::uint64_t runs = 0;
    while (go_on(runs) && (totals.failures == 0 || arguments->keep_going))
        run_one(arguments->first_seed + runs++, *arguments, totals);
    print_totals(totals, runs);
    return totals.failures > 0 ? 1 : 0;
}
