// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "node/config_process.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "node/config_address.hpp"
#include "node/config_names.hpp"
#include "node/config_process_rules.hpp"

namespace warmspare::node {
namespace {

std::optional<Endpoint> read_endpoint(TableReader& reader, std::string_view key, std::string_view example) {
    const auto text = reader.string(key, fmt::format("for example \"{}\"", example));
    if (!text) return std::nullopt;
    auto endpoint = parse_endpoint(*text, example);
    if (endpoint) return std::move(*endpoint);
    reader.complain(key, endpoint.error());
    return std::nullopt;
}

void read_endpoints(TableReader& reader, Process& process) {
    constexpr std::string_view listen = "127.0.0.1:6380";
    constexpr std::string_view target = "127.0.0.1:6379";
    process.listen = read_endpoint(reader, "listen", listen);
    process.target = read_endpoint(reader, "target", target);
    const bool written = reader.find("listen") != nullptr || reader.find("target") != nullptr;
    if (!written) {
        reader.mistakes().add(reader.line(),
                              fmt::format("{} has neither listen nor target; write listen = \"{}\" "
                                          "where its applications are, target = \"{}\" where its "
                                          "server is",
                                          reader.path(), listen, target));
    } else if (process.listen && process.listen == process.target) {
        reader.complain("target", "is where this process listens itself; write the address of its server");
    }
}

/// The place of the peer that the process names, or nothing and a mistake.
std::optional<core::PeerIndex> read_peer_name(TableReader& reader, const std::vector<PeerDraft>& peers) {
    if (reader.require("peer", "peer = \"NAME\", as in [peer.NAME]") == nullptr) return std::nullopt;
    const auto name = reader.string("peer", "a name as in [peer.NAME]");
    if (!name) return std::nullopt;
    const auto found = std::ranges::find(peers, *name, &PeerDraft::name);
    if (found != peers.end()) return found->index;
    std::vector<std::string_view> names;
    for (const PeerDraft& peer : peers) names.emplace_back(peer.name);
    const auto meant = nearest(*name, names);
    reader.complain("peer",
                    meant ? fmt::format("names no peer; did you mean {}?", in_quotes(*meant))
                          : fmt::format("names no peer; write one as in [peer.NAME], or write [peer.{}]",
                                        valid_name(*name) ? *name : "NAME"));
    return std::nullopt;
}

ProcessDraft read_process(TableReader& reader, const std::string& name, const core::ProcessConfig& defaults,
                          std::vector<PeerDraft>& peers) {
    if (!valid_name(name)) {
        reader.mistakes().add(reader.line(),
                              fmt::format("{} does not name a process; write {}", reader.path(), name_rule));
    }
    ProcessDraft draft;
    draft.process.name = name;
    draft.path = reader.path();
    draft.line = reader.line();
    draft.listen_line = reader.line_of("listen");
    const auto peer = read_peer_name(reader, peers);
    read_endpoints(reader, draft.process);
    core::ProcessConfig rules = defaults;
    rules.name = name;
    read_process_rules(reader, rules);
    rules.digest = reader.boolean("digest").value_or(rules.digest);
    reader.finish();
    draft.process.peer = peer.value_or(no_peer);
    if (peer) peers[peer->value].processes.push_back(std::move(rules));
    return draft;
}

/// Both nodes list the processes of a pair in the same order, whatever that of their files.
void sort_by_name(PeerDraft& peer, Mistakes& mistakes) {
    std::ranges::sort(peer.processes, {}, &core::ProcessConfig::name);
    if (peer.processes.size() <= most_processes) return;
    mistakes.add(peer.line, fmt::format("{} has {} processes; at most {} are possible", peer.path,
                                        peer.processes.size(), most_processes));
}

void number(std::vector<ProcessDraft>& drafts, const std::vector<PeerDraft>& peers) {
    for (ProcessDraft& draft : drafts) {
        if (draft.process.peer == no_peer) continue;
        const auto& table = peers[draft.process.peer.value].processes;
        const auto place =
            std::ranges::lower_bound(table, draft.process.name, {}, &core::ProcessConfig::name);
        draft.process.process = core::ProcessIndex{static_cast<std::uint32_t>(place - table.begin())};
    }
}

}  // namespace

std::vector<ProcessDraft> read_processes(TableReader& root, const core::ProcessConfig& defaults,
                                         std::vector<PeerDraft>& peers) {
    std::vector<ProcessDraft> result;
    const auto processes = root.table("process", "[process.NAME]");
    if (!processes) return result;
    for (const Entry& entry : processes->entries().entries) {
        const auto* table = std::get_if<Table>(&entry.value.data);
        if (table == nullptr) {
            root.mistakes().add(entry.line, fmt::format("{} is not a table; write [process.NAME]",
                                                        processes->path_of(entry.key)));
            continue;
        }
        TableReader reader{*table, entry.line, processes->path_of(entry.key), root.mistakes()};
        result.push_back(read_process(reader, entry.key, defaults, peers));
    }
    for (PeerDraft& peer : peers) sort_by_name(peer, root.mistakes());
    number(result, peers);
    return result;
}

}  // namespace warmspare::node
