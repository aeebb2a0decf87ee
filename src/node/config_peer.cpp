// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "node/config_peer.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "node/config_names.hpp"

namespace warmspare::node {
namespace {

void check_name(TableReader& reader, std::string_view name, std::string_view node) {
    if (!valid_name(name)) {
        reader.mistakes().add(reader.line(),
                              fmt::format("{} does not name a peer; write {}", reader.path(), name_rule));
    } else if (name == node) {
        reader.mistakes().add(
            reader.line(), fmt::format("{} is this node itself; write the other node's name", reader.path()));
    }
}

void read_security(TableReader& reader) {
    constexpr std::string_view wanted = "security = \"plain\"";
    if (reader.require("security", wanted) == nullptr) return;
    const auto text = reader.string("security", "\"plain\"");
    if (text && *text != "plain") reader.complain("security", "is not known; write \"plain\"");
}

PeerDraft read_peer(TableReader& reader, std::string_view name, std::string_view node) {
    PeerDraft draft;
    draft.name = name;
    draft.path = reader.path();
    draft.line = reader.line();
    check_name(reader, name, node);
    draft.dial = reader.boolean("dial").value_or(false);
    read_security(reader);
    const std::uint16_t port = read_port(reader).value_or(default_port);
    draft.circuits = read_circuits(reader, draft.dial, port);
    draft.rows = reader.find("link");
    draft.rows_line = reader.line_of("link");
    reader.finish();
    return draft;
}

}  // namespace

std::vector<PeerDraft> read_peers(TableReader& root, std::string_view node) {
    std::vector<PeerDraft> result;
    const auto peers = root.table("peer", "[peer.NAME]");
    if (!peers) return result;
    for (const Entry& entry : peers->entries().entries) {
        const auto* table = std::get_if<Table>(&entry.value.data);
        if (table == nullptr) {
            root.mistakes().add(
                entry.line, fmt::format("{} is not a table; write [peer.NAME]", peers->path_of(entry.key)));
            continue;
        }
        TableReader reader{*table, entry.line, peers->path_of(entry.key), root.mistakes()};
        PeerDraft draft = read_peer(reader, entry.key, node);
        draft.index = core::PeerIndex{static_cast<std::uint32_t>(result.size())};
        result.push_back(std::move(draft));
    }
    return result;
}

void warn(const PeerDraft& peer, Mistakes& warnings) {
    for (const CircuitDraft& draft : peer.circuits) {
        if (draft.circuit.remote) continue;
        warnings.add(
            draft.line,
            fmt::format("{}, circuit {}: remote is \"any\" and security is \"plain\"; whoever reaches "
                        "port {} can pass for {}",
                        peer.path, draft.circuit.name, draft.circuit.port, peer.name));
    }
    if (peer.processes.empty()) {
        warnings.add(peer.line, fmt::format("{} has no process, so it gets no links", peer.path));
    }
}

}  // namespace warmspare::node
