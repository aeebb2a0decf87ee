// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "node/config_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <ranges>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>

#include "node/config_names.hpp"

namespace warmspare::node {
namespace {

constexpr std::int64_t most_port = 65535;
constexpr std::int64_t most_priority = 65535;
/// Circuits that a message lists.
constexpr std::size_t most_shown = 8;

struct Context {
    const PeerDraft& peer;
    const std::vector<ProcessDraft>& processes;
};

/// Also if the circuits have mistakes of their own: one is enough.
bool may_have_circuit(const PeerDraft& peer, const std::string& name) {
    return peer.circuits.empty() || std::ranges::any_of(peer.circuits, [&](const CircuitDraft& one) {
               return one.circuit.name.empty() || one.circuit.name == name;
           });
}

void read_circuit(TableReader& row, const PeerDraft& peer, core::LinkConfig& link) {
    if (row.require("circuit", "circuit = \"NAME\"") == nullptr) return;
    const auto name = row.string("circuit", "the name of a circuit of this peer");
    if (!name) return;
    link.circuit = *name;
    if (may_have_circuit(peer, *name)) return;
    std::string known;
    for (const CircuitDraft& one : peer.circuits | std::views::take(most_shown)) {
        known += fmt::format("{}{}", known.empty() ? "" : " or ", in_quotes(one.circuit.name));
    }
    row.complain("circuit", fmt::format("is no circuit of {}; write {}", peer.path, known));
}

/// `listens`: it is the port of the side that is dialled, so it cannot be 0.
std::optional<std::uint16_t> read_port_of(TableReader& row, std::string_view key, bool listens) {
    const Value* value = row.require(
        key, listens ? fmt::format("{} = PORT", key) : fmt::format("{} = PORT, or {} = 0 for any", key, key));
    if (value == nullptr) return std::nullopt;
    const auto* number = std::get_if<std::int64_t>(&value->data);
    if (listens && number != nullptr && *number == 0) {
        row.complain(key, "cannot be any port, as the side that is dialled listens on it; write 1 to 65535");
        return std::nullopt;
    }
    const auto port = row.integer(key, 0, most_port);
    return port ? std::optional{static_cast<std::uint16_t>(*port)} : std::nullopt;
}

/// The process of a row with priority 1.
void read_process_name(TableReader& row, const Context& context, core::LinkConfig& link) {
    if (row.require("process", "process = \"NAME\", as priority 1 is dedicated to a process") == nullptr)
        return;
    const auto name = row.string("process", "the name of a process");
    if (!name) return;
    link.process = *name;
    const auto& own = context.peer.processes;
    if (std::ranges::binary_search(own, *name, {}, &core::ProcessConfig::name)) return;
    const auto elsewhere = std::ranges::find(
        context.processes, *name, [](const ProcessDraft& one) -> auto& { return one.process.name; });
    if (elsewhere == context.processes.end()) {
        row.complain("process", fmt::format("is no process; write [process.NAME] for it, with peer = {}",
                                            in_quotes(context.peer.name)));
    } else if (elsewhere->process.peer != no_peer) {
        row.complain("process", fmt::format("is a process of another peer (line {}); write one of {}",
                                            elsewhere->line, context.peer.path));
    }
}

void read_priority(TableReader& row, const Context& context, core::LinkConfig& link) {
    constexpr std::string_view wanted = "priority = 1 for a dedicated link, 2 or more for a spare";
    const auto priority =
        row.require("priority", wanted) ? row.integer("priority", 1, most_priority) : std::nullopt;
    if (!priority) {
        // Whether a process belongs here cannot be said.
        if (const auto name = row.string("process", "the name of a process")) link.process = *name;
        return;
    }
    link.priority = static_cast<std::uint32_t>(*priority);
    if (link.dedicated()) {
        read_process_name(row, context, link);
    } else if (row.find("process") != nullptr) {
        row.complain("process", "is for priority 1 only; take it out, as a spare belongs to nobody");
    }
}

void read_name(TableReader& row, core::LinkConfig& link, std::uint16_t dial_port, std::uint16_t accept_port) {
    if (row.find("name") != nullptr) {
        link.name = row.name("name").value_or("");
    } else if (dial_port != 0) {
        link.name = default_link_name(link.circuit, dial_port, accept_port);
    } else {
        row.mistakes().add(row.line(),
                           fmt::format("{} is missing; write name = \"NAME\", as port 0 gives the link "
                                       "no name of its own",
                                       row.path_of("name")));
    }
}

LinkDraft read_row(TableReader& row, const Context& context) {
    LinkDraft draft;
    draft.line = row.line();
    core::LinkConfig& link = draft.link;
    const bool dial = context.peer.dial;
    read_circuit(row, context.peer, link);
    const auto own = read_port_of(row, "own_port", !dial);
    const auto peer = read_port_of(row, "peer_port", dial);
    link.own_port = own.value_or(0);
    link.peer_port = peer.value_or(0);
    read_priority(row, context, link);
    const bool ports_known = own && peer;
    if (ports_known || row.find("name") != nullptr) {
        read_name(row, link, dial ? link.own_port : link.peer_port, dial ? link.peer_port : link.own_port);
    }
    row.finish();
    return draft;
}

/// Neither a name nor the two ports of a circuit can be there twice: they are one connection.
class Duplicates {
  public:
    explicit Duplicates(Mistakes& mistakes) : mistakes_{mistakes} {}

    void check(const PeerDraft& peer, const LinkDraft& draft) {
        const core::LinkConfig& link = draft.link;
        if (link.name.empty()) return;
        const Ports ports{link.circuit, link.own_port, link.peer_port};
        const auto [same_name, new_name] = names_.try_emplace(link.name, draft.line);
        const bool any_port = (peer.dial ? link.own_port : link.peer_port) == 0;
        const bool comparable = !any_port && !link.circuit.empty();
        if (!new_name) {
            mistakes_.add(
                draft.line,
                fmt::format("{} has the link {} at line {} already; write other ports or another name",
                            peer.path, in_quotes(link.name), same_name->second));
        } else if (comparable) {
            check_ports(peer, draft, ports);
        }
    }

  private:
    using Ports = std::tuple<std::string, std::uint16_t, std::uint16_t>;

    void check_ports(const PeerDraft& peer, const LinkDraft& draft, const Ports& ports) {
        const auto [same, added] = ports_.try_emplace(ports, draft.line);
        if (added) return;
        mistakes_.add(
            draft.line,
            fmt::format("{}: the link at line {} has these ports on circuit {} already; write others",
                        peer.path, same->second, in_quotes(draft.link.circuit)));
    }

    Mistakes& mistakes_;
    std::map<std::string, int> names_;
    std::map<Ports, int> ports_;
};

/// A process without a dedicated link could never be at home.
void check_dedicated(const Context& context, const std::vector<LinkDraft>& links, Mistakes& mistakes) {
    std::set<std::string_view> dedicated;
    for (const LinkDraft& one : links) dedicated.insert(one.link.process);
    for (const ProcessDraft& one : context.processes) {
        if (one.process.peer != context.peer.index || dedicated.contains(one.process.name)) continue;
        mistakes.add(
            one.line,
            fmt::format("{} has no link of its own; write a [[{}.link]] with priority = 1 and process = {}",
                        one.path, context.peer.path, in_quotes(one.process.name)));
    }
}

}  // namespace

std::vector<LinkDraft> read_rows(const PeerDraft& peer, const std::vector<ProcessDraft>& processes,
                                 Mistakes& mistakes) {
    std::vector<LinkDraft> result;
    const std::string path = fmt::format("{}.link", peer.path);
    const auto* array = std::get_if<Array>(&peer.rows->data);
    if (array == nullptr || array->values.empty()) {
        mistakes.add(peer.rows_line,
                     fmt::format("{} has no rows; write [[{}]] above each row, or leave it out", path, path));
        return result;
    }
    const Context context{.peer = peer, .processes = processes};
    Duplicates duplicates{mistakes};
    for (const Value& one : array->values) {
        const auto* table = std::get_if<Table>(&one.data);
        if (table == nullptr) {
            mistakes.add(one.line,
                         fmt::format("{} holds something that is not a row; write [[{}]]", path, path));
            continue;
        }
        TableReader row{*table, one.line, path, mistakes};
        LinkDraft draft = read_row(row, context);
        duplicates.check(peer, draft);
        result.push_back(std::move(draft));
    }
    check_dedicated(context, result, mistakes);
    return result;
}

}  // namespace warmspare::node
