// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "core/protection.hpp"

#include <algorithm>
#include <tuple>

#include "core/establishment.hpp"

namespace warmspare::core {

Protection::Protection(Assignments& assignments, HealthMonitor& health)
    : assignments_{assignments}, health_{health}, requests_(assignments.processes().size()) {
    forget_failures();
}

void Protection::forget_failures() {
    waits_.clear();
    for (const auto& row : assignments_.table().rows()) {
        const auto owner = row.dedicated_to;
        waits_.emplace_back(owner ? assignments_.process(*owner).config.wait_to_restore : Duration::zero());
    }
}

void Protection::request(ProcessIndex process, Time now) {
    auto& request = requests_[process.value];
    if (request.wanted) return;
    request.wanted = true;
#ifndef WARMSPARE_MUTANT_RELEASE_WANTED
    request.ended_at = never;
#endif
    if (assignments_.process(process).holding != Holding::none) return;
    request.requested_at = now;
    request.undecided = true;
    for (const auto link : links_to_test(assignments_.table(), process)) health_.test(link, now);
}

void Protection::end(ProcessIndex process, Time now) {
    auto& request = requests_[process.value];
    if (!request.wanted) return;
    request.wanted = false;
#ifdef WARMSPARE_MUTANT_NEVER_RELEASE
    now = never;
#endif
    request.ended_at = now;
}

void Protection::evaluate(Time now) {
    observe_links(now);
    assignments_.announce_recoveries();
    // A link that one rule frees may be what another waits for.
    while (release_ended(now) || serve_waiting(now) || switch_failed(now) || decide_requests(now) ||
           restore_repaired(now)) {
    }
    test_awaited(now);
    next_deadline_ = find_deadline(now);
}

void Protection::observe_links(Time now) {
    const auto& rows = assignments_.table().rows();
    for (std::size_t i = 0; i < rows.size(); ++i) waits_[i].observe(rows[i].fit_since, now);
}

/// S5: longest-waiting first, then by id.
bool Protection::serve_waiting(Time) {
#ifdef WARMSPARE_MUTANT_WAIT_FOR_EVER
    return false;
#endif
    std::vector<ProcessIndex> waiting;
    const auto& processes = assignments_.processes();
    for (std::uint32_t i = 0; i < processes.size(); ++i)
        if (processes[i].holding == Holding::waiting) waiting.push_back({i});
    std::ranges::sort(waiting, {}, [&](ProcessIndex p) {
        return std::tie(processes[p.value].waiting_since, processes[p.value].config.name);
    });
    return std::ranges::any_of(waiting, [&](ProcessIndex p) { return serve(p, "a link answers again"); });
}

/// S5: in table order; whoever finds no other link waits.
bool Protection::switch_failed(Time now) {
    for (const auto& row : assignments_.table().rows()) {
        if (!row.holder || !failed(*row.holder)) continue;
        const auto process = *row.holder;
        const auto cause = row.cause;
        if (!serve(process, cause)) {
            ++epoch_;
            assignments_.wait(process, cause, now);
        }
        return true;
    }
    return false;
}

/// S3: as soon as it is certain.
bool Protection::decide_requests(Time now) {
    for (std::uint32_t i = 0; i < requests_.size(); ++i) {
        auto& request = requests_[i];
        if (!request.undecided) continue;
        const auto choice = decide_request(assignments_.table(), health_, {i}, request.requested_at, now);
        if (choice.fitness == Fitness::pending) continue;
        request.undecided = false;
        ++epoch_;
        if (choice.fitness == Fitness::fit)
            assignments_.assign({i}, choice.link, epoch_, "requested");
        else
            assignments_.wait({i}, "no link answers", now);
        return true;
    }
    return false;
}

/// S14: back to the own link once it has been ACT for the wait-to-restore time, which grows while it flaps.
bool Protection::restore_repaired(Time now) {
    for (std::uint32_t i = 0; i < requests_.size(); ++i) {
        const auto link = repaired({i});
        if (!link) continue;
        if (waits_[link->value].due() > now) continue;
        assignments_.restore({i}, *link, ++epoch_, "repaired");
        return true;
    }
    return false;
}

/// S7: `linger` after the last stream ended.
bool Protection::release_ended(Time now) {
    for (std::uint32_t i = 0; i < requests_.size(); ++i) {
        auto& request = requests_[i];
        if (request.ended_at == never || request.ended_at + assignments_.process({i}).config.linger > now)
            continue;
        request = {};
        ++epoch_;
        assignments_.release({i});
        return true;
    }
    return false;
}

bool Protection::serve(ProcessIndex process, const std::string& cause) {
    const auto choice = select_link(assignments_.table(), process);
    if (choice.fitness != Fitness::fit) return false;
    assignments_.assign(process, choice.link, ++epoch_, cause);
    return true;
}

bool Protection::failed(ProcessIndex process) const {
    const auto& row = assignments_.process(process);
    if (row.holding != Holding::in_use) return false;
    const auto& link = assignments_.table().row(*row.link);
    return !link.fit() || link.connection_number != row.connection_number;
}

/// The dedicated link that a process on a spare would return to.
std::optional<LinkIndex> Protection::repaired(ProcessIndex process) const {
#ifdef WARMSPARE_MUTANT_NEVER_RETURN
    return std::nullopt;
#endif
    if (!assignments_.on_spare(process)) return std::nullopt;
    const auto& rows = assignments_.table().rows();
    for (std::uint32_t i = 0; i < rows.size(); ++i)
        if (rows[i].dedicated_to == process && awaited({i})) return LinkIndex{i};
    return std::nullopt;
}

bool Protection::awaited(LinkIndex link) const {
    const auto& row = assignments_.table().row(link);
    const auto owner = row.dedicated_to;
    return owner && row.fit() && !row.holder && assignments_.on_spare(*owner) &&
           assignments_.process(*owner).config.revertive;
}

void Protection::test_awaited(Time now) {
    for (std::uint32_t i = 0; i < assignments_.table().rows().size(); ++i)
        health_.await({i}, awaited({i}), now);
}

Time Protection::find_deadline(Time now) const {
    Time earliest = never;
    for (std::uint32_t i = 0; i < requests_.size(); ++i) {
        const auto& config = assignments_.process({i}).config;
        if (requests_[i].undecided)
            earliest = std::min(earliest, undecided_until(assignments_.table(), health_, now));
        if (requests_[i].ended_at != never)
            earliest = std::min(earliest, requests_[i].ended_at + config.linger);
        if (const auto link = repaired({i})) earliest = std::min(earliest, waits_[link->value].due());
    }
    return earliest;
}

bool Protection::undecided() const noexcept {
    return std::ranges::any_of(requests_, &Request::undecided);
}

void Protection::clear() {
    assignments_.clear();
    requests_.assign(requests_.size(), {});
    forget_failures();
    ++epoch_;
}

wire::Assign Protection::list() const {
    wire::Assign assign{.epoch = epoch_};
    for (const auto& process : assignments_.processes()) {
        if (process.holding == Holding::none) continue;
        const auto holding = process.holding == Holding::waiting ? wire::Holding::waiting
                             : process.restored                  ? wire::Holding::restored
                                                                 : wire::Holding::assigned;
        assign.assignments.push_back({.process = process.config.name,
                                      .link_id = process.link ? process.link->value : wire::no_link_id,
                                      .connection = process.connection_number,
                                      .moved = process.moved,
                                      .holding = holding,
                                      .cause = process.cause});
    }
    return assign;
}

}  // namespace warmspare::core
