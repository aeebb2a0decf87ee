// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "assignment_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>

namespace warmspare::core {

using namespace std::chrono_literals;

AssignmentModel::AssignmentModel(const PeerConfig& config, Time now) : now_{now} {
    for (const auto& link : config.links) links_.push_back({.config = link});
    for (const auto& process : config.processes) processes_.push_back({.config = process});
}

// --- what happens ---

/// Nothing comes at the same instant as something else.
void AssignmentModel::happens() {
    notices_.clear();
    now_ += 1ms;
}

void AssignmentModel::ask(const std::string& name) {
    happens();
    auto& process = who(name);
    if (!process.wants && process.has == Has::nothing) {
        process.asks = true;
        process.owed.clear();
        for (auto& link : links_) {
            if (!link.connected || !may_use(process, link)) continue;
            link.tested = true;
            process.owed.insert(link.config.name);
        }
    }
    process.wants = true;
    process.ended.reset();
    apply_rules();
}

void AssignmentModel::end(const std::string& name) {
    happens();
    auto& process = who(name);
    if (process.wants) process.ended = now_;
    process.wants = false;
    apply_rules();
}

void AssignmentModel::connect(const std::string& name) {
    happens();
    auto& link = at(name);
    link.connected = link.tested = link.act_there = true;
    ++link.connection;
    for (auto& process : processes_)
        if (process.asks && may_use(process, link)) process.owed.insert(name);
    apply_rules();
}

void AssignmentModel::answer(const std::string& name) {
    happens();
    auto& link = at(name);
    link.act = true;
    link.tested = false;
    for (auto& process : processes_) process.owed.erase(name);
    apply_rules();
}

void AssignmentModel::lose(const std::string& name) {
    happens();
    auto& link = at(name);
    link.connected = link.tested = link.act = false;
    for (auto& process : processes_) process.owed.erase(name);
    apply_rules();
}

void AssignmentModel::hear(const std::string& name, bool act) {
    happens();
    at(name).act_there = act;
    apply_rules();
}

void AssignmentModel::test_all() {
    happens();
    for (auto& link : links_) link.tested = link.connected;
    apply_rules();
}

void AssignmentModel::pass(Duration time) {
    happens();
    apply_rules();
    const auto until = now_ + time;
    while (const auto at = next()) {
        if (*at > until) break;
        now_ = std::max(now_, *at);
        apply_rules();
    }
    now_ = until;
}

void AssignmentModel::restart() {
    happens();
    for (auto& link : links_) link.connected = link.tested = link.act = false;
    for (auto& process : processes_) process.owed.clear();
    apply_rules();
    for (auto& link : links_) {
        link.user.clear();
        link.failures = 0;
    }
    for (auto& process : processes_) process = {.config = process.config};
}

// --- the rules ---

void AssignmentModel::apply_rules() {
    note_fitness();
    while (apply_one_rule()) {
    }
}

/// S6, S14: what failed is trusted later each time, and who is on a spare is told of its own link.
void AssignmentModel::note_fitness() {
    const auto fading = [&](const Link& link, Duration half_life) {
        const std::chrono::duration<double> passed = now_ - *link.fit_since;
        return link.failures * std::exp2(-(passed / std::chrono::duration<double>{half_life}));
    };
    for (auto& link : links_) {
        if (!link.config.dedicated() || link.fit() == link.fit_since.has_value()) continue;
        auto& owner = who(link.config.process);
        const auto configured = owner.config.wait_to_restore;
        const bool fades = configured > 0s;
        if (link.fit()) {
            link.fit_since = now_;
            const auto doublings = std::max(link.failures - 1, 0.0);
            const std::chrono::duration<double> wait = configured;
            link.wait_to_restore = std::chrono::floor<std::chrono::milliseconds>(wait * std::exp2(doublings));
            if (owner.has == Has::a_link && !at(owner.link).config.dedicated())
                notices_.push_back(fmt::format("recovery {} {}", owner.config.name, link.config.name));
        } else {
            link.failures = std::min((fades ? fading(link, 12 * configured) : 0.0) + 1, 5.0);
            link.fit_since.reset();
        }
    }
}

/// One change, the most urgent first; a link that it frees may be what somebody else needs.
bool AssignmentModel::apply_one_rule() {
    for (auto& process : processes_) {
        if (!process.ended || *process.ended + process.config.linger > now_) continue;
        release(process);
        return true;
    }
    for (auto* process : waiting()) {
        if (const auto found = offer(*process); found.link) {
            give(*process, *found.link, "");
            return true;
        }
    }
    for (auto* process : failed()) {
        if (const auto found = offer(*process); found.link)
            give(*process, *found.link, "");
        else
            let_wait(*process);
        return true;
    }
    for (auto& process : processes_) {
        if (!process.asks) continue;
        const auto found = offer(process);
        if (found.undecided) continue;
        process.asks = false;
        process.owed.clear();
        if (found.link)
            give(process, *found.link, "");
        else
            let_wait(process);
        return true;
    }
    for (auto& process : processes_) {
        auto* home = way_home(process);
        if (!home || *home->fit_since + home->wait_to_restore > now_) continue;
        give(process, *home, "restore");
        return true;
    }
    return false;
}

bool AssignmentModel::may_use(const Process& process, const Link& link) const {
    return !link.config.dedicated() || link.config.process == process.config.name;
}

/// S3, S5: of all that it may have, by priority and then as the rows stand, the first that is fit; nothing
/// yet if one before it may still turn out to be.
AssignmentModel::Offer AssignmentModel::offer(const Process& process) {
    std::vector<Link*> ranked;
    for (auto& link : links_)
        if (may_use(process, link) && (link.user.empty() || link.user == process.config.name))
            ranked.push_back(&link);
    std::ranges::stable_sort(ranked, {}, [](const Link* link) { return link->config.priority; });
    for (auto* link : ranked) {
        if (process.owed.contains(link->config.name)) return {.undecided = true};
        if (link->fit()) return {.link = link};
    }
    return {};
}

void AssignmentModel::give(Process& process, Link& link, const std::string& notice) {
    const std::string kind = !notice.empty() ? notice : process.link.empty() ? "assign" : "switch";
    notices_.push_back(fmt::format("{} {} {}", kind, process.config.name, link.config.name));
    if (!process.link.empty()) at(process.link).user.clear();
    link.user = process.config.name;
    process.has = Has::a_link;
    process.link = link.config.name;
    process.connection = link.connection;
}

void AssignmentModel::let_wait(Process& process) {
    process.has = Has::to_wait;
    process.waits_since = now_;
    notices_.push_back(fmt::format("no_link {} {}", process.config.name, process.link));
}

void AssignmentModel::release(Process& process) {
    if (process.has != Has::nothing)
        notices_.push_back(fmt::format("release {} {}", process.config.name, process.link));
    if (!process.link.empty()) at(process.link).user.clear();
    process = {.config = process.config};
}

/// S5: longest-waiting first, then by id.
std::vector<AssignmentModel::Process*> AssignmentModel::waiting() {
    std::vector<Process*> found;
    for (auto& process : processes_)
        if (process.has == Has::to_wait) found.push_back(&process);
    std::ranges::sort(found, {}, [](const Process* p) { return std::tuple(p->waits_since, p->config.name); });
    return found;
}

/// S5: in table order.
std::vector<AssignmentModel::Process*> AssignmentModel::failed() {
    std::vector<Process*> found;
    for (auto& link : links_) {
        if (link.user.empty()) continue;
        auto& user = who(link.user);
        const bool carried = link.fit() && link.connection == user.connection;
        if (user.has == Has::a_link && !carried) found.push_back(&user);
    }
    return found;
}

/// The own link that it would return to from a spare.
AssignmentModel::Link* AssignmentModel::way_home(const Process& process) {
    if (!process.config.revertive || process.has != Has::a_link || at(process.link).config.dedicated())
        return nullptr;
    for (auto& link : links_)
        if (link.config.dedicated() && link.config.process == process.config.name && link.fit()) return &link;
    return nullptr;
}

std::optional<Time> AssignmentModel::next() {
    std::optional<Time> earliest;
    const auto consider = [&](Time time) { earliest = std::min(earliest.value_or(time), time); };
    for (const auto& process : processes_) {
        if (process.ended) consider(*process.ended + process.config.linger);
        if (const auto* home = way_home(process)) consider(*home->fit_since + home->wait_to_restore);
    }
    return earliest;
}

// --- looked at ---

std::string AssignmentModel::holdings() const {
    std::vector<std::string> found;
    for (const auto& process : processes_)
        if (process.has != Has::nothing)
            found.push_back(fmt::format("{} {} {}", process.config.name,
                                        process.has == Has::to_wait ? "waits with" : "on", process.link));
    return fmt::format("{}", fmt::join(found, ", "));
}

const AssignmentModel::Link& AssignmentModel::link(const std::string& name) const {
    return *std::ranges::find(links_, name, [](const Link& link) { return link.config.name; });
}

const AssignmentModel::Process& AssignmentModel::process(const std::string& name) const {
    return *std::ranges::find(processes_, name, [](const Process& process) { return process.config.name; });
}

AssignmentModel::Link& AssignmentModel::at(const std::string& name) {
    return const_cast<Link&>(link(name));
}

AssignmentModel::Process& AssignmentModel::who(const std::string& name) {
    return const_cast<Process&>(process(name));
}

}  // namespace warmspare::core
