// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// What holds after any sequence of requests, releases, failures and repairs (S1, S3, S5, S7).

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "rules_bench.hpp"

namespace warmspare::core {
namespace {

using namespace std::chrono_literals;

const std::vector<std::string> links{"20", "21", "22", "23", "161", "162"};
const std::vector<std::string> processes{"A", "B", "C"};

PeerConfig any_peer() {
    auto peer =
        peer_with({dedicated("20", "A", "one"), dedicated("21", "B", "two"), dedicated("22", "A", "two"),
                   dedicated("23", "C", "one"), spare("161", 2, "two"), spare("162", 3, "three")});
    for (auto& process : peer.processes) {
        process.revertive = *rc::gen::arbitrary<bool>();
        process.wait_to_restore = *rc::gen::element(0, 1, 5) * 1s;
        process.linger = *rc::gen::element(0, 1) * 1s;
    }
    return peer;
}

class Run {
  public:
    void step() {
        const auto link = *rc::gen::elementOf(links);
        const auto process = *rc::gen::elementOf(processes);
        switch (*rc::gen::inRange(0, 9)) {
            case 0:
            case 1:
                return bench_.ask(process);
            case 2:
                return bench_.end(process);
            case 3:
                return bench_.silence({link});
            case 4:
                return bench_.answer({link});
            case 5:
                return bench_.other_node_says(link, *rc::gen::element(PeerView::sby, PeerView::act));
            default:
                return bench_.advance(*rc::gen::element(1, 5, 20, 500, 3000, 10'000) * 1ms);
        }
    }

    void check() const {
        for (std::uint32_t i = 0; i < processes.size(); ++i) check_process({i});
        for (const auto& row : bench_.rows().rows()) check_row(row);
    }

    void heal_and_settle() {
        for (const auto& link : links) {
            bench_.answer({link});
            bench_.other_node_says(link, PeerView::act);
        }
        bench_.advance(30s);
    }

    /// After the last fault healed every process is where it should be.
    void check_home() const {
        for (const auto& process : bench_.assignments().processes()) {
            RC_ASSERT(process.holding != Holding::waiting);
            if (process.holding == Holding::in_use && process.config.revertive)
                RC_ASSERT(bench_.rows().row(*process.link).config.dedicated());
        }
        for (const auto& row : bench_.rows().rows()) RC_ASSERT(row.condition == Condition::act);
    }

  private:
    void check_process(ProcessIndex index) const {
        const auto& process = bench_.assignments().process(index);
        switch (process.holding) {
            case Holding::none:
                RC_ASSERT(!process.link);
                return;
            case Holding::in_use:
                RC_ASSERT(process.link.has_value());
                RC_ASSERT(bench_.rows().row(*process.link).fit());
                RC_ASSERT(bench_.rows().row(*process.link).holder == index);
                return;
            case Holding::waiting:
                RC_ASSERT(select_link(bench_.rows(), index).fitness == Fitness::unfit);
                if (process.link) RC_ASSERT(bench_.rows().row(*process.link).holder == index);
        }
    }

    void check_row(const LinkRow& row) const {
        if (!row.holder) return;
        RC_ASSERT(!row.config.dedicated() || row.dedicated_to == row.holder);
        const auto& holder = bench_.assignments().process(*row.holder);
        RC_ASSERT(holder.link && &bench_.rows().row(*holder.link) == &row);
    }

    RulesBench bench_{any_peer()};
};

RC_GTEST_PROP(ProtectionProperty, a_row_has_one_holder_and_nobody_waits_while_a_link_fits, ()) {
    Run run;
    const auto steps = *rc::gen::inRange(0, 60);
    for (int i = 0; i < steps; ++i) {
        run.step();
        run.check();
    }
    run.heal_and_settle();
    run.check();
    run.check_home();
}

}  // namespace
}  // namespace warmspare::core
