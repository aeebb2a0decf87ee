// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "node/config_tables.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <utility>

#include "node/config_links.hpp"
#include "node/config_listeners.hpp"
#include "node/config_rows.hpp"
#include "wire/frames.hpp"

namespace warmspare::node {
namespace {

/// More than what a row or a process takes on the wire beside its names.
constexpr std::size_t row_overhead = 24;

std::size_t derived_size(const PeerDraft& draft) {
    return draft.circuits.size() * draft.processes.size();
}

bool small_enough(const PeerDraft& draft, std::size_t links, Mistakes& mistakes) {
    if (links <= most_links) return true;
    mistakes.add(
        draft.rows != nullptr ? draft.rows_line : draft.line,
        fmt::format("{} has {} links; at most {} are possible: write fewer circuits, processes or rows",
                    draft.path, links, most_links));
    return false;
}

/// Both nodes send each other their table in one frame.
void check_frame(const PeerDraft& draft, const std::vector<LinkDraft>& links, Mistakes& mistakes) {
    std::size_t size = row_overhead;
    for (const LinkDraft& one : links) {
        size += row_overhead + one.link.name.size() + one.link.circuit.size() + one.link.process.size();
    }
    for (const core::ProcessConfig& one : draft.processes) size += row_overhead + one.name.size();
    if (size <= wire::max_control_body) return;
    mistakes.add(draft.line,
                 fmt::format("the table of {} takes {} bytes; at most {} are possible: write shorter "
                             "names or fewer links",
                             draft.path, size, wire::max_control_body));
}

std::vector<LinkDraft> build_links(const PeerDraft& draft, const std::vector<ProcessDraft>& processes,
                                   Mistakes& mistakes) {
    std::vector<LinkDraft> links;
    if (draft.rows != nullptr) {
        links = read_rows(draft, processes, mistakes);
        if (!small_enough(draft, links.size(), mistakes)) return links;
    } else if (small_enough(draft, derived_size(draft), mistakes)) {
        links = derive_links(draft.circuits, draft.processes, draft.dial);
    }
    check_frame(draft, links, mistakes);
    return links;
}

Peer build_peer(const PeerDraft& draft, std::vector<LinkDraft> links) {
    Peer peer;
    peer.table.name = draft.name;
    peer.table.dial = draft.dial;
    peer.table.processes = draft.processes;
    for (LinkDraft& one : links) peer.table.links.push_back(std::move(one.link));
    for (const CircuitDraft& one : draft.circuits) peer.circuits.push_back(one.circuit);
    return peer;
}

}  // namespace

std::vector<Peer> build_peers(const std::vector<PeerDraft>& drafts,
                              const std::vector<ProcessDraft>& processes, Mistakes& mistakes) {
    std::vector<Peer> result;
    Listeners listeners;
    for (const PeerDraft& draft : drafts) {
        auto links = build_links(draft, processes, mistakes);
        listeners.add_links(draft, links);
        result.push_back(build_peer(draft, std::move(links)));
    }
    for (const ProcessDraft& draft : processes) listeners.add_process(draft, mistakes);
    return result;
}

}  // namespace warmspare::node
