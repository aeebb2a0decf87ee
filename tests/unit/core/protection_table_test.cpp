// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Every event in every state of a process, at the node that decides (S2, S3, S5, S6, S7, S14): what is done
// and which state follows, or why it cannot be. The table is made by trying each pair, so none is missing,
// and what follows is a state of the table again. That a pair cannot be is found out as well: either what the
// event needs is not there, or no timer runs that could end. "nothing" are the events that change nothing.
//
// Suspicion is no state here: it sends traffic on a detour, and the rules do not look at it.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules_bench.hpp"

namespace warmspare::core {
namespace {

using namespace std::chrono_literals;

/// What A has. Its own link is 20, the spare that it comes to is 161, and 162 is another. B has lost its own
/// link and is on 163.
enum class State { idle, asking, dedicated, spare, returning, staying, waits_own, waits_spare, waits_none };
constexpr std::array states{State::idle,      State::asking,      State::dedicated,
                            State::spare,     State::returning,   State::staying,
                            State::waits_own, State::waits_spare, State::waits_none};

/// `ending`: its last stream is over, and it is not released yet.
std::string name(State state, bool ending) {
    static constexpr std::array names{"idle",      "asking",  "dedicated",         "spare",
                                      "returning", "staying", "waiting, own kept", "waiting, spare kept",
                                      "waiting"};
    return fmt::format("{}{}", ending ? "ending, " : "", names[static_cast<std::size_t>(state)]);
}

std::string describe(State state, bool ending) {
    static constexpr std::array texts{
        "it has no link and wants none",
        "its links are being tested",
        "it is on its own link",
        "it is on a spare, and its own link is SBY",
        "it is on a spare, its own link is ACT again, and it waits to return",
        "it is on a spare, its own link is ACT again, and it is not revertive",
        "it has no link, and its own is kept for it",
        "it has no link, and the spare that it had is kept for it",
        "it has no link, and never had one",
    };
    return fmt::format("{}: {}", name(state, ending), texts[static_cast<std::size_t>(state)]);
}

/// A process in one of its states.
class Case {
  public:
    Case(State state, bool ending, Duration linger, Duration wait_to_restore)
        : revertive_{state != State::staying}, bench_{config(linger, wait_to_restore), HealthConfig{}} {
        bench_.disconnect("21");
        bench_.ask("B");
        bench_.disconnect("161");
        bench_.disconnect("162");
        bench_.advance(20ms);
        bench_.connect("161");
        bench_.connect("162");
        bench_.advance(20ms);
        reach(state);
        if (ending) end();
        EXPECT_EQ(this->state(), std::pair(state, ending));
        static_cast<void>(bench_.transcript());
    }

    RulesBench& bench() { return bench_; }
    [[nodiscard]] const LinkRow& row(std::string_view link) const {
        return bench_.rows().row(*bench_.rows().find(link));
    }
    [[nodiscard]] const ProcessRow& process() const { return bench_.assignments().process({0}); }
    /// The spare that A uses or keeps.
    [[nodiscard]] const LinkRow* spare_row() const {
        const auto link = process().link;
        return link && !bench_.rows().row(*link).config.dedicated() ? &bench_.rows().row(*link) : nullptr;
    }
    [[nodiscard]] bool wanted() const { return wanted_; }
    [[nodiscard]] bool asking() const { return bench_.protection().undecided(); }
    [[nodiscard]] bool timer_ends_within(Duration time) const {
        return bench_.protection().next_deadline() <= bench_.now() + time;
    }

    void ask() {
        wanted_ = true;
        bench_.ask("A");
    }
    void end() {
        wanted_ = false;
        bench_.end("A");
    }
    void restart() {
        wanted_ = false;
        bench_.restart_other_node();
    }

    /// Read off the rows.
    [[nodiscard]] std::pair<State, bool> state() const {
        const auto state = holding();
        return {state, state != State::idle && !wanted_};
    }

    /// What was done about A since it came into its state: of the transcript, what is indented and names A.
    [[nodiscard]] std::string actions() {
        std::istringstream lines{bench_.transcript()};
        std::vector<std::string> found;
        for (std::string line; std::getline(lines, line);) {
            const auto begin = line.find("   ", line.find_first_not_of(' '));
            if (begin == std::string::npos) continue;
            const auto action = line.substr(begin + 3);
            if (fmt::format(" {} ", action).find(" A") != std::string::npos) found.push_back(action);
        }
        return fmt::format("{}", fmt::join(found, "; "));
    }

  private:
    [[nodiscard]] PeerConfig config(Duration linger, Duration wait_to_restore) const {
        auto peer = peer_with({dedicated("20", "A", "20"), dedicated("21", "B", "21"), spare("161", 3, "161"),
                               spare("162", 4, "162"), spare("163", 2, "163")});
        peer.processes[0].revertive = revertive_;
        peer.processes[0].linger = linger;
        peer.processes[0].wait_to_restore = wait_to_restore;
        peer.processes[1].linger = 0s;
        return peer;
    }

    void reach(State state) {
        switch (state) {
            case State::idle:
                return;
            case State::asking:
                for (const auto* link : {"20", "161", "162"}) bench_.delay(link, 5ms);
                return ask();
            case State::dedicated:
                return use_own();
            case State::spare:
                return use_spare();
            case State::returning:
            case State::staying:
                use_spare();
                bench_.connect("20");
                return bench_.advance(10ms);
            case State::waits_own:
                use_own();
                return lose({"161", "162", "20"});
            case State::waits_spare:
                use_spare();
                return lose({"162", "161"});
            case State::waits_none:
                lose({"161", "162", "20"});
                ask();
                return bench_.advance(10ms);
        }
    }
    void use_own() {
        ask();
        bench_.advance(10ms);
    }
    void use_spare() {
        use_own();
        lose({"20"});
    }
    void lose(std::initializer_list<const char*> links) {
        for (const auto* link : links) bench_.disconnect(link);
    }

    [[nodiscard]] State holding() const {
        const bool own_link = process().link == LinkIndex{0};
        switch (process().holding) {
            case Holding::none:
                return asking() ? State::asking : State::idle;
            case Holding::in_use:
                if (own_link) return State::dedicated;
                if (!row("20").fit()) return State::spare;
                return revertive_ ? State::returning : State::staying;
            case Holding::waiting:
                if (!process().link) return State::waits_none;
                return own_link ? State::waits_own : State::waits_spare;
        }
        return State::idle;
    }

    bool revertive_;
    RulesBench bench_;
    bool wanted_ = false;
};

std::string no_connection(const LinkRow& row) {
    return row.connection ? "" : "it has no connection";
}
std::string not_act(const LinkRow& row) {
    return row.condition == Condition::act ? "" : "it is SBY";
}
template <std::string (*Obstacle)(const LinkRow&)>
std::string of_own(const Case& here) {
    return Obstacle(here.row("20"));
}
template <std::string (*Obstacle)(const LinkRow&)>
std::string of_spare(const Case& here) {
    return here.spare_row() ? Obstacle(*here.spare_row()) : "A has no spare";
}
template <std::string (*Obstacle)(const LinkRow&)>
std::string of_other_spare(const Case& here) {
    return Obstacle(here.row("162"));
}
std::string has_asked(const Case& here) {
    return here.wanted() ? "it has asked" : "";
}
std::string has_no_stream(const Case& here) {
    return here.wanted() ? "" : "it has no stream";
}
std::string does_not_wait(const Case& here) {
    return here.process().holding == Holding::waiting ? has_no_stream(here) : "it does not wait";
}
std::string is_not_asking(const Case& here) {
    return here.asking() ? "" : "it is not asking";
}
std::string own_is_up(const Case& here) {
    return here.process().holding == Holding::in_use && here.row("20").connection ? "it is up" : "";
}
std::string spare_is_up(const Case& here) {
    if (!here.spare_row()) return "A has no spare";
    return here.spare_row()->connection ? "it is up" : "";
}
template <auto Milliseconds>
std::string no_timer(const Case& here) {
    return here.timer_ends_within(Milliseconds * 1ms) ? "" : "no timer runs";
}
std::string nothing(const Case&) {
    return "";
}

/// Which way the link was before does not matter to A, or it was down.
void come_back(Case& here, std::string_view link) {
    if (here.row(link).connection) here.bench().disconnect(link);
    here.bench().connect(link);
    here.bench().advance(3ms);
}
void fall_silent(Case& here, std::string_view link) {
    here.bench().silence({link});
    here.bench().advance(1500ms);
}

struct Event {
    const char* name;
    /// Why it cannot come in this state; empty: it can.
    std::string (*obstacle)(const Case&);
    void (*strike)(Case&);
    /// Of A. Timers that the event is not about last for longer than it does.
    Duration linger = 1h;
    Duration wait_to_restore = 1h;
};

const std::vector<Event> events{
    {"A asks", has_asked, [](Case& here) { here.ask(); }},
    {"A ends", has_no_stream, [](Case& here) { here.end(); }},
    // As the peer does it: the streams are reset, which is the end.
    {"A gives up", does_not_wait, [](Case& here) { here.end(); }},
    {"tests answered", is_not_asking, [](Case& here) { here.bench().advance(10ms); }},
    {"own link back", own_is_up, [](Case& here) { come_back(here, "20"); }},
    {"own link reset", of_own<no_connection>, [](Case& here) { here.bench().disconnect("20"); }},
    {"own link silent", of_own<no_connection>, [](Case& here) { fall_silent(here, "20"); }},
    {"own link suspect", of_own<not_act>, [](Case& here) { here.bench().other_node_suspects("20"); }},
    {"own link SBY there", of_own<no_connection>,
     [](Case& here) { here.bench().other_node_says("20", PeerView::sby); }},
    {"spare back", spare_is_up, [](Case& here) { come_back(here, "161"); }},
    {"spare reset", of_spare<no_connection>, [](Case& here) { here.bench().disconnect("161"); }},
    {"spare silent", of_spare<no_connection>, [](Case& here) { fall_silent(here, "161"); }},
    {"spare suspect", of_spare<not_act>, [](Case& here) { here.bench().other_node_suspects("161"); }},
    {"spare SBY there", of_spare<no_connection>,
     [](Case& here) { here.bench().other_node_says("161", PeerView::sby); }},
    {"other spare back", nothing, [](Case& here) { come_back(here, "162"); }},
    {"other spare reset", of_other_spare<no_connection>, [](Case& here) { here.bench().disconnect("162"); }},
    {"B leaves its spare", nothing, [](Case& here) { here.bench().end("B"); }},
    {"wait to restore over", no_timer<5000>, [](Case& here) { here.bench().advance(5s); }, 1h, 5s},
    {"linger over", no_timer<1>, [](Case& here) { here.bench().advance(1ms); }, 1ms, 1h},
    {"new other node", nothing, [](Case& here) { here.restart(); }},
};

/// "label: one, two, three", in lines that a screen holds.
std::string list(const std::string& label, const std::vector<std::string_view>& names) {
    constexpr std::size_t longest = 100;
    std::string text;
    auto line = fmt::format("    {}:", label);
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto item = fmt::format(" {}{}", names[i], i + 1 < names.size() ? "," : "");
        if (line.size() + item.size() > longest) text += std::exchange(line, "       ") + '\n';
        line += item;
    }
    return text + line + '\n';
}

/// What comes of all events in one state: a line for each that changes something, and the others together.
std::string outcomes(State state, bool ending) {
    std::string changes;
    std::vector<std::string_view> without;
    std::map<std::string, std::vector<std::string_view>> impossible;
    for (const auto& event : events) {
        Case here{state, ending, event.linger, event.wait_to_restore};
        if (const auto obstacle = event.obstacle(here); !obstacle.empty()) {
            impossible[obstacle].push_back(event.name);
            continue;
        }
        event.strike(here);
        const auto after = here.state();
        auto outcome = here.actions();
        if (after != std::pair(state, ending))
            outcome += fmt::format("{}-> {}", outcome.empty() ? "" : " ", name(after.first, after.second));
        if (outcome.empty())
            without.push_back(event.name);
        else
            changes += fmt::format("    {:<21}{}\n", event.name, outcome);
    }
    if (!without.empty()) changes += list("nothing", without);
    for (const auto& [why, names] : impossible) changes += list("impossible, " + why, names);
    return changes;
}

TEST(ProtectionTable, S2_S3_S5_S6_S7_S14_every_event_in_every_state_while_A_has_streams) {
    std::string table = "\n";
    for (const auto state : states)
        table += fmt::format("{}\n{}", describe(state, false), outcomes(state, false));
    EXPECT_EQ(table, R"(
idle: it has no link and wants none
    A asks               -> asking
    nothing: own link back, own link reset, own link silent, own link suspect, own link SBY there,
        other spare back, other spare reset, B leaves its spare, new other node
    impossible, A has no spare: spare back, spare reset, spare silent, spare suspect,
        spare SBY there
    impossible, it does not wait: A gives up
    impossible, it has no stream: A ends
    impossible, it is not asking: tests answered
    impossible, no timer runs: wait to restore over, linger over
asking: its links are being tested
    A ends               -> ending, asking
    tests answered       assign 20 to A -> dedicated
    own link silent      assign 161 to A -> spare
    new other node       no link for A, which keeps no link: no link answers -> idle
    nothing: own link back, own link reset, own link suspect, own link SBY there, other spare back,
        other spare reset, B leaves its spare
    impossible, A has no spare: spare back, spare reset, spare silent, spare suspect,
        spare SBY there
    impossible, it does not wait: A gives up
    impossible, it has asked: A asks
    impossible, no timer runs: wait to restore over, linger over
dedicated: it is on its own link
    A ends               -> ending, dedicated
    own link reset       switch A from 20 to 161: connection reset -> spare
    own link silent      detour of A over 161; switch A from 20 to 161: watchdog expired; no detour of A any more -> spare
    own link suspect     detour of A over 161
    own link SBY there   switch A from 20 to 161: osaka has no answer on it -> spare
    new other node       no link for A, which keeps 20: connection reset -> idle
    nothing: other spare back, other spare reset, B leaves its spare
    impossible, A has no spare: spare back, spare reset, spare silent, spare suspect,
        spare SBY there
    impossible, it does not wait: A gives up
    impossible, it has asked: A asks
    impossible, it is not asking: tests answered
    impossible, it is up: own link back
    impossible, no timer runs: wait to restore over, linger over
spare: it is on a spare, and its own link is SBY
    A ends               -> ending, spare
    own link back        recovery of 20, told to A on 161 -> returning
    spare reset          switch A from 161 to 162: connection reset
    spare silent         detour of A over 162; switch A from 161 to 162: watchdog expired; no detour of A any more
    spare suspect        detour of A over 162
    spare SBY there      switch A from 161 to 162: osaka has no answer on it
    new other node       no link for A, which keeps 161: connection reset -> idle
    nothing: other spare back, other spare reset, B leaves its spare
    impossible, it does not wait: A gives up
    impossible, it has asked: A asks
    impossible, it has no connection: own link reset, own link silent, own link SBY there
    impossible, it is SBY: own link suspect
    impossible, it is not asking: tests answered
    impossible, it is up: spare back
    impossible, no timer runs: wait to restore over, linger over
returning: it is on a spare, its own link is ACT again, and it waits to return
    A ends               -> ending, returning
    own link reset       -> spare
    own link silent      -> spare
    own link SBY there   -> spare
    spare reset          switch A from 161 to 20: connection reset -> dedicated
    spare silent         detour of A over 20; switch A from 161 to 20: watchdog expired; no detour of A any more -> dedicated
    spare suspect        detour of A over 20
    spare SBY there      switch A from 161 to 20: osaka has no answer on it -> dedicated
    wait to restore over restore A from 161 to 20 -> dedicated
    new other node       no link for A, which keeps 161: connection reset -> idle
    nothing: own link suspect, other spare back, other spare reset, B leaves its spare
    impossible, it does not wait: A gives up
    impossible, it has asked: A asks
    impossible, it is not asking: tests answered
    impossible, it is up: own link back, spare back
    impossible, no timer runs: linger over
staying: it is on a spare, its own link is ACT again, and it is not revertive
    A ends               -> ending, staying
    own link reset       -> spare
    own link silent      -> spare
    own link SBY there   -> spare
    spare reset          switch A from 161 to 20: connection reset -> dedicated
    spare silent         detour of A over 20; switch A from 161 to 20: watchdog expired; no detour of A any more -> dedicated
    spare suspect        detour of A over 20
    spare SBY there      switch A from 161 to 20: osaka has no answer on it -> dedicated
    new other node       no link for A, which keeps 161: connection reset -> idle
    nothing: own link suspect, other spare back, other spare reset, B leaves its spare
    impossible, it does not wait: A gives up
    impossible, it has asked: A asks
    impossible, it is not asking: tests answered
    impossible, it is up: own link back, spare back
    impossible, no timer runs: wait to restore over, linger over
waiting, own kept: it has no link, and its own is kept for it
    A ends               -> ending, waiting, own kept
    A gives up           -> ending, waiting, own kept
    own link back        switch A from 20 to 20: a link answers again -> dedicated
    other spare back     switch A from 20 to 162: a link answers again -> spare
    B leaves its spare   switch A from 20 to 163: a link answers again -> spare
    new other node       -> idle
    impossible, A has no spare: spare back, spare reset, spare silent, spare suspect,
        spare SBY there
    impossible, it has asked: A asks
    impossible, it has no connection: own link reset, own link silent, own link SBY there,
        other spare reset
    impossible, it is SBY: own link suspect
    impossible, it is not asking: tests answered
    impossible, no timer runs: wait to restore over, linger over
waiting, spare kept: it has no link, and the spare that it had is kept for it
    A ends               -> ending, waiting, spare kept
    A gives up           -> ending, waiting, spare kept
    own link back        switch A from 161 to 20: a link answers again -> dedicated
    spare back           switch A from 161 to 161: a link answers again -> spare
    other spare back     switch A from 161 to 162: a link answers again -> spare
    B leaves its spare   switch A from 161 to 163: a link answers again -> spare
    new other node       -> idle
    impossible, it has asked: A asks
    impossible, it has no connection: own link reset, own link silent, own link SBY there,
        spare reset, spare silent, spare SBY there, other spare reset
    impossible, it is SBY: own link suspect, spare suspect
    impossible, it is not asking: tests answered
    impossible, no timer runs: wait to restore over, linger over
waiting: it has no link, and never had one
    A ends               -> ending, waiting
    A gives up           -> ending, waiting
    own link back        assign 20 to A -> dedicated
    other spare back     assign 162 to A -> spare
    B leaves its spare   assign 163 to A -> spare
    new other node       -> idle
    impossible, A has no spare: spare back, spare reset, spare silent, spare suspect,
        spare SBY there
    impossible, it has asked: A asks
    impossible, it has no connection: own link reset, own link silent, own link SBY there,
        other spare reset
    impossible, it is SBY: own link suspect
    impossible, it is not asking: tests answered
    impossible, no timer runs: wait to restore over, linger over
)");
}

TEST(ProtectionTable, S7_every_event_in_every_state_after_the_last_stream_of_A_ended) {
    std::string table = "\n";
    for (const auto state : states)
        if (state != State::idle)
            table += fmt::format("{}\n{}", describe(state, true), outcomes(state, true));
    EXPECT_EQ(table, R"(
ending, asking: its links are being tested
    A asks               -> asking
    tests answered       assign 20 to A -> ending, dedicated
    own link silent      assign 161 to A -> ending, spare
    linger over          -> idle
    new other node       no link for A, which keeps no link: no link answers -> idle
    nothing: own link back, own link reset, own link suspect, own link SBY there, other spare back,
        other spare reset, B leaves its spare
    impossible, A has no spare: spare back, spare reset, spare silent, spare suspect,
        spare SBY there
    impossible, it does not wait: A gives up
    impossible, it has no stream: A ends
    impossible, no timer runs: wait to restore over
ending, dedicated: it is on its own link
    A asks               -> dedicated
    own link reset       switch A from 20 to 161: connection reset -> ending, spare
    own link silent      detour of A over 161; switch A from 20 to 161: watchdog expired; no detour of A any more -> ending, spare
    own link suspect     detour of A over 161
    own link SBY there   switch A from 20 to 161: osaka has no answer on it -> ending, spare
    linger over          release 20 of A -> idle
    new other node       no link for A, which keeps 20: connection reset -> idle
    nothing: other spare back, other spare reset, B leaves its spare
    impossible, A has no spare: spare back, spare reset, spare silent, spare suspect,
        spare SBY there
    impossible, it does not wait: A gives up
    impossible, it has no stream: A ends
    impossible, it is not asking: tests answered
    impossible, it is up: own link back
    impossible, no timer runs: wait to restore over
ending, spare: it is on a spare, and its own link is SBY
    A asks               -> spare
    own link back        recovery of 20, told to A on 161 -> ending, returning
    spare reset          switch A from 161 to 162: connection reset
    spare silent         detour of A over 162; switch A from 161 to 162: watchdog expired; no detour of A any more
    spare suspect        detour of A over 162
    spare SBY there      switch A from 161 to 162: osaka has no answer on it
    linger over          release 161 of A -> idle
    new other node       no link for A, which keeps 161: connection reset -> idle
    nothing: other spare back, other spare reset, B leaves its spare
    impossible, it does not wait: A gives up
    impossible, it has no connection: own link reset, own link silent, own link SBY there
    impossible, it has no stream: A ends
    impossible, it is SBY: own link suspect
    impossible, it is not asking: tests answered
    impossible, it is up: spare back
    impossible, no timer runs: wait to restore over
ending, returning: it is on a spare, its own link is ACT again, and it waits to return
    A asks               -> returning
    own link reset       -> ending, spare
    own link silent      -> ending, spare
    own link SBY there   -> ending, spare
    spare reset          switch A from 161 to 20: connection reset -> ending, dedicated
    spare silent         detour of A over 20; switch A from 161 to 20: watchdog expired; no detour of A any more -> ending, dedicated
    spare suspect        detour of A over 20
    spare SBY there      switch A from 161 to 20: osaka has no answer on it -> ending, dedicated
    wait to restore over restore A from 161 to 20 -> ending, dedicated
    linger over          release 161 of A -> idle
    new other node       no link for A, which keeps 161: connection reset -> idle
    nothing: own link suspect, other spare back, other spare reset, B leaves its spare
    impossible, it does not wait: A gives up
    impossible, it has no stream: A ends
    impossible, it is not asking: tests answered
    impossible, it is up: own link back, spare back
ending, staying: it is on a spare, its own link is ACT again, and it is not revertive
    A asks               -> staying
    own link reset       -> ending, spare
    own link silent      -> ending, spare
    own link SBY there   -> ending, spare
    spare reset          switch A from 161 to 20: connection reset -> ending, dedicated
    spare silent         detour of A over 20; switch A from 161 to 20: watchdog expired; no detour of A any more -> ending, dedicated
    spare suspect        detour of A over 20
    spare SBY there      switch A from 161 to 20: osaka has no answer on it -> ending, dedicated
    linger over          release 161 of A -> idle
    new other node       no link for A, which keeps 161: connection reset -> idle
    nothing: own link suspect, other spare back, other spare reset, B leaves its spare
    impossible, it does not wait: A gives up
    impossible, it has no stream: A ends
    impossible, it is not asking: tests answered
    impossible, it is up: own link back, spare back
    impossible, no timer runs: wait to restore over
ending, waiting, own kept: it has no link, and its own is kept for it
    A asks               -> waiting, own kept
    own link back        switch A from 20 to 20: a link answers again -> ending, dedicated
    other spare back     switch A from 20 to 162: a link answers again -> ending, spare
    B leaves its spare   switch A from 20 to 163: a link answers again -> ending, spare
    linger over          release 20 of A -> idle
    new other node       -> idle
    impossible, A has no spare: spare back, spare reset, spare silent, spare suspect,
        spare SBY there
    impossible, it has no connection: own link reset, own link silent, own link SBY there,
        other spare reset
    impossible, it has no stream: A ends, A gives up
    impossible, it is SBY: own link suspect
    impossible, it is not asking: tests answered
    impossible, no timer runs: wait to restore over
ending, waiting, spare kept: it has no link, and the spare that it had is kept for it
    A asks               -> waiting, spare kept
    own link back        switch A from 161 to 20: a link answers again -> ending, dedicated
    spare back           switch A from 161 to 161: a link answers again -> ending, spare
    other spare back     switch A from 161 to 162: a link answers again -> ending, spare
    B leaves its spare   switch A from 161 to 163: a link answers again -> ending, spare
    linger over          release 161 of A -> idle
    new other node       -> idle
    impossible, it has no connection: own link reset, own link silent, own link SBY there,
        spare reset, spare silent, spare SBY there, other spare reset
    impossible, it has no stream: A ends, A gives up
    impossible, it is SBY: own link suspect, spare suspect
    impossible, it is not asking: tests answered
    impossible, no timer runs: wait to restore over
ending, waiting: it has no link, and never had one
    A asks               -> waiting
    own link back        assign 20 to A -> ending, dedicated
    other spare back     assign 162 to A -> ending, spare
    B leaves its spare   assign 163 to A -> ending, spare
    linger over          release no link of A -> idle
    new other node       -> idle
    impossible, A has no spare: spare back, spare reset, spare silent, spare suspect,
        spare SBY there
    impossible, it has no connection: own link reset, own link silent, own link SBY there,
        other spare reset
    impossible, it has no stream: A ends, A gives up
    impossible, it is SBY: own link suspect
    impossible, it is not asking: tests answered
    impossible, no timer runs: wait to restore over
)");
}

}  // namespace
}  // namespace warmspare::core
