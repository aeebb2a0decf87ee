// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// The rules of the table once more (S1-S3, S5-S7, S14), written to be read and not to be fast: everything has
// a name, who may have what is sorted out anew each time, and no line is shared with the core. A link is
// connected, lost, answers, or is called SBY by the other node; how that is found out is not the matter here.

#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/config.hpp"
#include "core/time.hpp"

namespace warmspare::core {

class AssignmentModel {
  public:
    struct Link {
        LinkConfig config;
        bool connected = false;
        /// A test of it is out.
        bool tested = false;
        bool act = false;
        bool act_there = false;
        /// Of dedicated ones, since when it has been fit; empty: it is not.
        std::optional<Time> fit_since;
        /// Which of its connections this is.
        int connection = 0;
        /// Who uses it, or waits and used it last.
        std::string user;
        /// How often it had failed lately when it last did, as a number that fades while it is fit.
        double failures = 0;
        Duration wait_to_restore{};

        [[nodiscard]] bool fit() const { return connected && act && act_there; }
    };
    enum class Has { nothing, a_link, to_wait };
    struct Process {
        ProcessConfig config;
        bool wants = false;
        std::optional<Time> ended;
        /// While it asks, the links that owe it an answer.
        bool asks = false;
        std::set<std::string> owed;
        Has has = Has::nothing;
        /// The link that it has, or had before it waited.
        std::string link;
        int connection = 0;
        Time waits_since{};
    };

    AssignmentModel(const PeerConfig& config, Time now);

    // --- what happens; then the rules are applied ---

    void ask(const std::string& process);
    void end(const std::string& process);
    void connect(const std::string& link);
    void answer(const std::string& link);
    void lose(const std::string& link);
    void hear(const std::string& link, bool act);
    void test_all();
    void pass(Duration time);
    /// The other node is a new one.
    void restart();

    [[nodiscard]] const std::vector<Link>& links() const { return links_; }
    [[nodiscard]] const std::vector<Process>& processes() const { return processes_; }
    [[nodiscard]] const Link& link(const std::string& name) const;
    [[nodiscard]] const Process& process(const std::string& name) const;

    /// What was told to whom, in order; forgotten when the next thing happens.
    [[nodiscard]] const std::vector<std::string>& notices() const { return notices_; }
    /// Who has what: "A on 20, B waits with 161".
    [[nodiscard]] std::string holdings() const;

  private:
    /// What a process can get: nothing, nothing yet, or this.
    struct Offer {
        bool undecided = false;
        Link* link = nullptr;
    };

    void happens();
    void apply_rules();
    void note_fitness();
    bool apply_one_rule();
    [[nodiscard]] Offer offer(const Process& process);
    void give(Process& process, Link& link, const std::string& notice);
    void let_wait(Process& process);
    void release(Process& process);
    [[nodiscard]] std::vector<Process*> waiting();
    [[nodiscard]] std::vector<Process*> failed();
    [[nodiscard]] Link* way_home(const Process& process);
    [[nodiscard]] std::optional<Time> next();
    [[nodiscard]] bool may_use(const Process& process, const Link& link) const;
    Link& at(const std::string& name);
    Process& who(const std::string& name);

    Time now_;
    std::vector<Link> links_;
    std::vector<Process> processes_;
    std::vector<std::string> notices_;
};

}  // namespace warmspare::core
