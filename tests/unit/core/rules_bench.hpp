// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// The rules alone, without bytes or sockets: the table, tests, assignments and protection of one peer at the
// node that dials, on a clock that only moves when a test says so. Links answer their tests after a round
// trip of 1 ms, and the other node agrees with this one, unless told otherwise. What happens is written down:
// a time in milliseconds and an event, and indented below it what was done about it.

#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/assignments.hpp"
#include "core/detours.hpp"
#include "core/health_monitor.hpp"
#include "core/link_table.hpp"
#include "core/protection.hpp"
#include "core/start_timer.hpp"

namespace warmspare::core {

/// Rows are named by their port, which is the same at both ends.
[[nodiscard]] LinkConfig dedicated(const std::string& port, std::string process,
                                   std::string circuit = "line");
[[nodiscard]] LinkConfig spare(const std::string& port, std::uint32_t priority, std::string circuit = "line");
/// Processes as the rows name them, in the order of their first row.
[[nodiscard]] PeerConfig peer_with(std::vector<LinkConfig> links);
/// One missed watchdog makes a link SBY, as in the founding system.
[[nodiscard]] HealthConfig founding_health();

class RulesBench {
  public:
    /// All links are connected and ACT, nobody has asked for anything, and it is time 0.
    explicit RulesBench(PeerConfig config, HealthConfig health = founding_health());
    RulesBench(RulesBench&&) = delete;

    // --- what happens ---

    void ask(std::string_view process);
    void end(std::string_view process);
    /// From now on tests on these links are not answered, or are again.
    void silence(std::initializer_list<std::string_view> links);
    void answer(std::initializer_list<std::string_view> links);
    void delay(std::string_view link, Duration round_trip) { at(link).round_trip = round_trip; }
    /// The kernel reports the end of the connection; a new one is accepted.
    void disconnect(std::string_view link);
    void connect(std::string_view link);
    void other_node_says(std::string_view link, PeerView view);
    void other_node_suspects(std::string_view link);
    /// It comes back as a new one, once every connection with the former one is gone.
    void restart_other_node();
    /// Lets time pass, with all deadlines and replies that fall into it, the last instant included.
    void advance(Duration time);
    /// The same until this link was judged SBY; the rules are applied only when time goes on.
    void advance_until_sby(std::string_view link);

    // --- what was done ---

    /// Whether tests are written down too.
    void show_tests(bool shown = true) { tests_shown_ = shown; }
    /// Writes this down, for the reader, at the beginning of a line.
    void rule(std::string_view text);
    /// What was written down since it was asked last, after an empty line.
    [[nodiscard]] std::string transcript();
    /// The seven columns of the table.
    [[nodiscard]] std::string table() const;

    [[nodiscard]] Time now() const noexcept { return now_; }
    [[nodiscard]] const LinkTable& rows() const noexcept { return table_; }
    [[nodiscard]] const Assignments& assignments() const noexcept { return assignments_; }
    [[nodiscard]] const Protection& protection() const noexcept { return protection_; }

  private:
    struct Line {
        bool silent = false;
        Duration round_trip = std::chrono::milliseconds{1};
        std::uint64_t connections = 0;
        std::uint64_t last_test = 0;
        /// Its connection was dropped.
        bool dropped = false;
    };
    struct PendingReply {
        Time at;
        LinkIndex link;
        wire::Reply reply;
    };

    [[nodiscard]] LinkIndex index(std::string_view link) const;
    [[nodiscard]] ProcessIndex process(std::string_view name) const;
    [[nodiscard]] Line& at(std::string_view link) { return lines_[index(link).value]; }
    [[nodiscard]] const std::string& name(LinkIndex link) const { return table_.row(link).config.name; }
    void accept(LinkIndex link);
    void lose(LinkIndex link);
    void say(std::string_view what);
    void step(Time until);
    void deliver_replies();
    void connect_anew();
    /// What changed goes to the table; then what is dead is dropped, and the rules are applied.
    void take_over();
    void drop_dead();
    void apply_rules();
    void settle();
    void send_tests();
    [[nodiscard]] Time next() const;
    void take_detours();
    [[nodiscard]] std::string describe(const Decision& decision) const;

    PeerConfig config_;
    Time now_{std::chrono::hours{1}};
    Time begun_{now_};
    LinkTable table_;
    HealthMonitor health_;
    Assignments assignments_;
    Protection protection_;
    Detours detours_;
    /// By process, as they were written down last.
    std::vector<std::optional<LinkIndex>> told_detours_;
    StartTimer timer_;
    std::vector<Line> lines_;
    std::vector<PendingReply> replies_;
    std::vector<LinkIndex> dead_;
    std::string transcript_;
    bool tests_shown_ = false;
};

}  // namespace warmspare::core
