// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// A transcript of what two nodes do for the streams of one process. Tokyo dials; its application opens stream
// 2, and osaka connects the target. A frame takes 1 ms from one to the other. What happens is written down: a
// time in milliseconds and an event, and indented below it what the nodes sent and told their applications.

#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "traffic_bench.hpp"

namespace warmspare::core {

enum class Who : std::size_t { tokyo, osaka };

class StreamLife {
  public:
    static constexpr std::uint64_t stream = 2;

    // --- what happens ---

    void open() {
        happens(Who::tokyo, "opens 2");
        static_cast<void>(end(Who::tokyo).open());
        settle();
    }
    void write(Who who, std::string_view text) {
        const auto written = end(who).write(stream, text);
        happens(who, fmt::format("writes {} bytes to 2", written));
        settle();
    }
    void finish(Who who) {
        happens(who, "ends 2");
        end(who).finish(stream);
        settle();
    }
    void reset(Who who) {
        happens(who, "resets 2");
        end(who).reset(stream);
        settle();
    }
    void stop_reading(Who who) {
        happens(who, "stops to read 2");
        end(who).applications.take_only(stream, {0});
    }
    void read_on(Who who) {
        happens(who, "reads on");
        end(who).applications.take_only(stream, {});
        end(who).traffic.handle_writable({stream}, now_);
        settle();
    }
    void refuse_target(const std::string& cause) {
        happens(Who::osaka, "cannot be reached: " + cause);
        end(Who::osaka).traffic.handle_target_failed({stream}, cause, now_);
        settle();
    }
    /// With everything that is on its way.
    void lose_link() {
        say("the link is lost, and the process goes on over another");
        flights_.clear();
        bench_.cut();
        settle();
    }
    /// Lets time pass, with all that falls into it, the last instant included.
    void advance(Duration time) {
        const auto until = now_ + time;
        while (next() <= until) step(next());
        set_time(until);
    }

    // --- what was done ---

    /// Writes this down, for the reader, at the beginning of a line.
    void rule(std::string_view text) { transcript_ += fmt::format("{}\n", text); }
    /// What was written down since it was asked last, after an empty line.
    [[nodiscard]] std::string transcript() { return '\n' + std::exchange(transcript_, {}); }
    [[nodiscard]] const std::string& read(Who who) { return end(who).applications.read(stream); }
    [[nodiscard]] TrafficEnd& end(Who who) { return who == Who::tokyo ? bench_.dialling : bench_.dialled; }

  private:
    static constexpr std::array both{Who::tokyo, Who::osaka};
    static constexpr Duration journey = std::chrono::milliseconds{1};

    struct Flight {
        Time arrives;
        Who to;
        wire::Buffer bytes;
    };

    static std::string_view name(Who who) { return who == Who::tokyo ? "tokyo" : "osaka"; }

    void say(std::string_view what) {
        const std::chrono::duration<double, std::milli> time = now_ - TrafficEnd::begin;
        transcript_ += fmt::format("{:>6} {}\n", time.count(), what);
    }
    void happens(Who who, std::string_view what) {
        say(fmt::format("{} at {} {}", who == Who::tokyo ? "application" : "target", name(who), what));
    }

    void set_time(Time time) {
        now_ = time;
        for (const auto who : both) end(who).now = time;
    }
    [[nodiscard]] Time next() {
        auto time = never;
        for (const auto who : both) time = std::min(time, end(who).traffic.next_deadline());
        for (const auto& flight : flights_) time = std::min(time, flight.arrives);
        return time;
    }
    void step(Time time) {
        set_time(time);
        for (const auto who : both) end(who).traffic.handle_deadline(now_);
        for (auto& flight : std::exchange(flights_, {})) {
            if (flight.arrives > now_)
                flights_.push_back(std::move(flight));
            else
                EXPECT_TRUE(end(flight.to).receive(flight.bytes));
        }
        settle();
    }
    /// What was done to the applications, and what is sent.
    void settle() {
        for (const auto who : both) report(who);
        for (const auto who : both) send(who);
        // To have told the last word may have been the end of the stream.
        for (const auto who : both) report(who);
    }
    void report(Who who) {
        constexpr std::string_view opened = "open 2; ";
        auto calls = end(who).applications.calls();
        if (calls.starts_with(opened)) {
            say(fmt::format("  {}: open 2", name(who)));
            calls.erase(0, opened.size());
        }
        auto& reported = read_[static_cast<std::size_t>(who)];
        const auto size = read(who).size() - std::exchange(reported, read(who).size());
        if (size > 0) say(fmt::format("  {}: write {} bytes", name(who), size));
        if (!calls.empty()) say(fmt::format("  {}: {}", name(who), calls.substr(0, calls.size() - 2)));
    }
    void send(Who who) {
        for (auto bytes = end(who).batch(); !bytes.empty(); bytes = end(who).batch()) {
            const auto words = in_words(bytes);
            say(fmt::format("  {} sends {}", name(who), words.substr(0, words.size() - 2)));
            flights_.push_back(
                {now_ + journey, who == Who::tokyo ? Who::osaka : Who::tokyo, std::move(bytes)});
        }
    }

    TrafficBench bench_;
    Time now_ = TrafficEnd::begin;
    std::vector<Flight> flights_;
    std::array<std::size_t, 2> read_{};
    std::string transcript_;
};

}  // namespace warmspare::core
