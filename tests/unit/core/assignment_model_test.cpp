// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Table, establishment, protection and assignments against a model of their own (S1, S2, S3, S5, S6, S7,
// S14): any table, any sequence of what can happen, and after each step both have given the same link to the
// same process and sent the same notices. That the other node follows is the matter of following_test.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <rapidcheck/state.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "assignment_model.hpp"
#include "rules_bench.hpp"

namespace warmspare::core {
namespace {

using namespace std::chrono_literals;

constexpr Time begin{1h};

/// No watchdog expires here: a test is answered, or its link is lost.
const HealthConfig patient{.watchdog = std::chrono::hours{1000}, .misses = 1};

/// Who has what, as AssignmentModel says it.
std::string holdings(const Assignments& assignments) {
    std::vector<std::string> found;
    for (const auto& process : assignments.processes()) {
        if (process.holding == Holding::none) continue;
        const auto link = process.link ? assignments.table().row(*process.link).config.name : std::string{};
        found.push_back(fmt::format("{} {} {}", process.config.name,
                                    process.holding == Holding::waiting ? "waits with" : "on", link));
    }
    return fmt::format("{}", fmt::join(found, ", "));
}

/// The parts of the core that decide.
class Deciding {
  public:
    explicit Deciding(PeerConfig config) : config_{std::move(config)} {}

    // --- what happens, as for the model ---

    void ask(const std::string& process) {
        tick();
        protection_.request(index(process), now_);
        settle();
    }
    void end(const std::string& process) {
        tick();
        protection_.end(index(process), now_);
        settle();
    }
    void connect(const std::string& name) {
        tick();
        const auto link = row(name);
        table_.connect(link, ConnectionId{++connections_}, connections_, {}, now_);
        table_.set_peer_view(link, PeerView::act, now_);
        health_.handle_up(link, 1ms, now_);
        settle();
    }
    void answer(const std::string& name) {
        tick();
        health_.handle_reply(row(name), tests_[row(name).value], now_);
        settle();
    }
    void lose(const std::string& name) {
        tick();
        drop(row(name));
        settle();
    }
    void hear(const std::string& name, bool act) {
        tick();
        table_.set_peer_view(row(name), act ? PeerView::act : PeerView::sby, now_);
        settle();
    }
    void test_all() {
        tick();
        health_.test_all({}, now_);
        settle();
    }
    void pass(Duration time) {
        tick();
        settle();
        const auto until = now_ + time;
        for (int turn = 0; protection_.next_deadline() <= until; ++turn) {
            RC_ASSERT(turn < 100);
            now_ = std::max(now_, protection_.next_deadline());
            settle();
        }
        now_ = until;
    }
    void restart() {
        tick();
        for (std::uint32_t i = 0; i < config_.links.size(); ++i)
            if (table_.row({i}).connection) drop({i});
        settle();
        protection_.clear();
        settle();
    }

    // --- looked at ---

    [[nodiscard]] std::vector<std::string> take_notices() { return std::exchange(notices_, {}); }
    [[nodiscard]] const Assignments& assignments() const { return assignments_; }
    [[nodiscard]] wire::Assign list() const { return protection_.list(); }

  private:
    [[nodiscard]] LinkIndex row(const std::string& link) const { return *table_.find(link); }
    [[nodiscard]] ProcessIndex index(const std::string& process) const { return *assignments_.find(process); }
    void tick() { now_ += 1ms; }
    void drop(LinkIndex link) {
        health_.handle_down(link);
        table_.disconnect(link);
    }
    void settle() {
        while (const auto change = health_.poll_change())
            table_.set_condition(change->link, change->condition, now_);
        protection_.evaluate(now_);
        while (const auto test = health_.poll_test(now_))
            tests_[test->link.value] = {.number = test->test.number, .stamp = test->test.stamp};
        while (const auto decision = assignments_.poll_decision()) notices_.push_back(describe(*decision));
    }
    [[nodiscard]] std::string describe(const Decision& decision) const {
        static constexpr std::array kinds{"assign", "switch", "restore", "recovery", "release", "no_link"};
        const auto link = decision.to ? decision.to : decision.from;
        return fmt::format("{} {} {}", kinds[static_cast<std::size_t>(decision.kind)],
                           config_.processes[decision.process.value].name,
                           link ? config_.links[link->value].name : "");
    }

    PeerConfig config_;
    Time now_ = begin;
    LinkTable table_{config_};
    HealthMonitor health_{patient, config_.links};
    Assignments assignments_{config_, table_};
    Protection protection_{assignments_, health_};
    /// By row, the answer to its last test.
    std::vector<wire::Reply> tests_{config_.links.size()};
    std::uint64_t connections_ = 0;
    std::vector<std::string> notices_;
};

enum class Kind { ask, end, connect, answer, lose, hear_act, hear_sby, test_all, pass, restart };

/// One thing that happens, to the model and to the core.
class Step : public rc::state::Command<AssignmentModel, Deciding> {
  public:
    static rc::Gen<std::shared_ptr<const CommandType>> any(const AssignmentModel& model) {
        return rc::gen::map(
            rc::gen::tuple(rc::gen::weightedElement<Kind>({{6, Kind::ask},
                                                           {3, Kind::end},
                                                           {8, Kind::connect},
                                                           {12, Kind::answer},
                                                           {4, Kind::lose},
                                                           {2, Kind::hear_sby},
                                                           {3, Kind::hear_act},
                                                           {1, Kind::test_all},
                                                           {5, Kind::pass},
                                                           {1, Kind::restart}}),
                           rc::gen::arbitrary<std::uint8_t>(), rc::gen::element(1, 500, 1000, 3000, 30'000)),
            [links = names(model.links()), processes = names(model.processes())](const auto& drawn) {
                const auto& [kind, which, time] = drawn;
                auto step = std::make_shared<Step>();
                step->kind_ = kind;
                step->process_ = processes[which % processes.size()];
                if (!links.empty()) step->link_ = links[which % links.size()];
                step->time_ = time * 1ms;
                return std::shared_ptr<const CommandType>{step};
            });
    }

    void checkPreconditions(const AssignmentModel& model) const override { RC_PRE(possible(model)); }

    void apply(AssignmentModel& model) const override { happen(model); }

    void run(const AssignmentModel& before, Deciding& core) const override {
        const auto model = nextState(before);
        const auto list = core.list();
        happen(core);
        RC_ASSERT(core.take_notices() == model.notices());
        RC_ASSERT(holdings(core.assignments()) == model.holdings());
        for (const auto& row : core.assignments().table().rows()) check_row(row, core, model);
        check_list(list, core.list());
    }

    void show(std::ostream& out) const override {
        static constexpr std::array kinds{"asks",    "ends",         "is connected", "answers",
                                          "is lost", "is ACT there", "is SBY there", "all tested",
                                          "pass",    "another life"};
        const bool of_process = kind_ == Kind::ask || kind_ == Kind::end;
        const auto subject = of_process            ? process_
                             : kind_ == Kind::pass ? fmt::format("{} ms", time_ / 1ms)
                                                   : link_;
        out << subject << ' ' << kinds[static_cast<std::size_t>(kind_)];
    }

  private:
    [[nodiscard]] bool possible(const AssignmentModel& model) const {
        switch (kind_) {
            case Kind::connect:
                return !link_.empty() && !model.link(link_).connected;
            case Kind::answer:
                return !link_.empty() && model.link(link_).tested;
            case Kind::lose:
            case Kind::hear_act:
            case Kind::hear_sby:
                return !link_.empty() && model.link(link_).connected;
            default:
                return true;
        }
    }

    template <class Items>
    static std::vector<std::string> names(const Items& items) {
        std::vector<std::string> found;
        for (const auto& item : items) found.push_back(item.config.name);
        return found;
    }

    template <class Subject>
    void happen(Subject& subject) const {
        switch (kind_) {
            case Kind::ask:
                return subject.ask(process_);
            case Kind::end:
                return subject.end(process_);
            case Kind::connect:
                return subject.connect(link_);
            case Kind::answer:
                return subject.answer(link_);
            case Kind::lose:
                return subject.lose(link_);
            case Kind::hear_act:
                return subject.hear(link_, true);
            case Kind::hear_sby:
                return subject.hear(link_, false);
            case Kind::test_all:
                return subject.test_all();
            case Kind::pass:
                return subject.pass(time_);
            case Kind::restart:
                return subject.restart();
        }
    }

    static void check_row(const LinkRow& row, const Deciding& core, const AssignmentModel& model) {
        const auto& link = model.link(row.config.name);
        const auto user = row.holder ? core.assignments().process(*row.holder).config.name : std::string{};
        RC_ASSERT(user == link.user);
        RC_ASSERT(row.fit() == link.fit());
    }

    /// S9: what is told anew has another epoch, and who moved is said to have moved in it or before.
    static void check_list(const wire::Assign& before, const wire::Assign& after) {
        if (after.assignments != before.assignments) RC_ASSERT(after.epoch > before.epoch);
        for (const auto& assignment : after.assignments) RC_ASSERT(assignment.moved <= after.epoch);
    }

    Kind kind_{};
    std::string process_;
    std::string link_;
    Duration time_{};
};

/// Rows in any order, ids in another than that of the processes, and no or several links of one's own.
PeerConfig any_peer() {
    PeerConfig peer{.name = "osaka", .dial = true};
    std::vector<std::string> ids{"C", "A", "B"};
    ids.resize(*rc::gen::inRange<std::size_t>(1, 4));
    std::uint32_t port = 20;
    for (const auto& id : ids) {
        peer.processes.push_back({.name = id,
                                  .revertive = *rc::gen::weightedElement<bool>({{3, true}, {1, false}}),
                                  .wait_to_restore = *rc::gen::element(0, 1, 5) * 1s,
                                  .linger = *rc::gen::element(0, 1, 3) * 1s});
        const auto own = *rc::gen::weightedElement<int>({{1, 0}, {5, 1}, {2, 2}});
        for (int i = 0; i < own; ++i)
            peer.links.push_back(dedicated(std::to_string(port), id, std::to_string(port))), ++port;
    }
    const auto spares = *rc::gen::inRange(0, 4);
    for (int i = 0; i < spares; ++i, ++port)
        peer.links.push_back(
            spare(std::to_string(port), *rc::gen::inRange<std::uint32_t>(2, 5), std::to_string(port)));
    for (std::size_t i = peer.links.size(); i > 1; --i)
        std::swap(peer.links[i - 1], peer.links[*rc::gen::inRange<std::size_t>(0, i)]);
    return peer;
}

RC_GTEST_PROP(AssignmentModel, S1_S2_S3_S5_S6_S7_S14_the_core_gives_and_tells_what_the_model_does, ()) {
    const auto config = any_peer();
    for (int i = 0; i < 10; ++i) {
        Deciding core{config};
        rc::state::check(AssignmentModel{config, begin}, core, &Step::any);
    }
}

}  // namespace
}  // namespace warmspare::core
