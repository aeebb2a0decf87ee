// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "node/config_circuit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "node/config_address.hpp"
#include "node/config_names.hpp"

namespace warmspare::node {
namespace {

constexpr std::string_view example = "circuits = [ { name = \"fiber\", remote = \"10.0.1.2\" } ]";
constexpr std::string_view any = "any";
/// IFNAMSIZ without the terminating zero.
constexpr std::size_t longest_device = 15;

std::optional<NumericAddress> read_local(TableReader& reader) {
    const auto text = reader.string("local", "an address of this host, for example \"10.0.1.1\"");
    if (!text) return std::nullopt;
    auto address = parse_numeric(*text);
    if (!address) {
        reader.complain("local",
                        "is not an address; write an address of this host, for example \"10.0.1.1\"");
    }
    return address;
}

/// Empty: any, or a mistake.
std::optional<std::string> read_remote(TableReader& reader, bool dial) {
    const std::string_view missing =
        dial ? "remote = \"ADDRESS\", where the other node listens"
             : "remote = \"ADDRESS\", where the other node comes from, or remote = \"any\"";
    if (reader.require("remote", missing) == nullptr) return std::nullopt;
    const auto text = reader.string("remote", "an address or host name in quotation marks");
    if (!text) return std::nullopt;
    if (*text == any) {
        if (dial) reader.complain("remote", "cannot be dialled; write the address of the other node");
        return std::nullopt;
    }
    auto host = parse_host(*text);
    if (!host) {
        const auto endpoint = parse_endpoint(*text, "");
        reader.complain("remote",
                        endpoint ? "must be without a port; write that as port = ..." : host.error());
        return std::nullopt;
    }
    if (const auto numeric = parse_numeric(*host); numeric && numeric->unspecified) {
        reader.complain("remote",
                        dial ? "cannot be dialled; write the address of the other node"
                             : "is nobody's address; write the address of the other node, or \"any\"");
        return std::nullopt;
    }
    return std::move(*host);
}

void check_families(TableReader& reader, const std::optional<NumericAddress>& local,
                    const std::optional<std::string>& remote) {
    const auto numeric = remote ? parse_numeric(*remote) : std::nullopt;
    if (!local || !numeric || local->family == numeric->family) return;
    reader.mistakes().add(
        reader.line_of("remote"),
        fmt::format("{} {} and {} {} are an IPv4 and an IPv6 address; write two of the same kind",
                    reader.path_of("local"), in_quotes(local->text), reader.path_of("remote"),
                    in_quotes(numeric->text)));
}

std::optional<std::string> read_device(TableReader& reader) {
    auto text = reader.string("device", "the name of an interface, for example \"wwan0\"");
    if (!text) return std::nullopt;
    const bool printable = std::ranges::all_of(*text, [](char c) { return c > ' ' && c < 0x7F && c != '/'; });
    if (!text->empty() && text->size() <= longest_device && printable) return text;
    reader.complain("device",
                    fmt::format("is not the name of an interface; write 1 to {} characters, for example "
                                "\"wwan0\"",
                                longest_device));
    return std::nullopt;
}

CircuitDraft read_circuit(TableReader& reader, bool dial, std::uint16_t port) {
    CircuitDraft draft{.circuit = {}, .line = reader.line()};
    Circuit& circuit = draft.circuit;
    if (reader.require("name", "name = \"NAME\"") != nullptr) circuit.name = reader.name("name").value_or("");
    auto local = read_local(reader);
    circuit.remote = read_remote(reader, dial);
    check_families(reader, local, circuit.remote);
    if (local) circuit.local = std::move(local->text);
    circuit.device = read_device(reader);
    circuit.port = read_port(reader).value_or(port);
    reader.finish();
    return draft;
}

void check_name(TableReader& peer, const CircuitDraft& draft, const std::vector<CircuitDraft>& earlier) {
    if (draft.circuit.name.empty()) return;
    const auto same = std::ranges::find(earlier, draft.circuit.name,
                                        [](const CircuitDraft& one) -> auto& { return one.circuit.name; });
    if (same == earlier.end()) return;
    peer.mistakes().add(
        draft.line, fmt::format("{} has the circuit {} at line {} already; write another name", peer.path(),
                                in_quotes(draft.circuit.name), same->line));
}

}  // namespace

std::optional<std::uint16_t> read_port(TableReader& table) {
    const auto port = table.integer("port", 1, 65535);
    return port ? std::optional{static_cast<std::uint16_t>(*port)} : std::nullopt;
}

std::vector<CircuitDraft> read_circuits(TableReader& peer, bool dial, std::uint16_t port) {
    std::vector<CircuitDraft> result;
    const Value* value = peer.require("circuits", example);
    if (value == nullptr) return result;
    const auto* array = std::get_if<Array>(&value->data);
    if (array == nullptr || array->values.empty()) {
        peer.complain("circuits",
                      fmt::format("{}; write {}", array ? "is empty" : "is not an array", example));
        return result;
    }
    for (const Value& one : array->values) {
        const auto* table = std::get_if<Table>(&one.data);
        if (table == nullptr) {
            peer.mistakes().add(one.line, fmt::format("{} holds something that is not a table; write {}",
                                                      peer.path_of("circuits"), example));
            continue;
        }
        TableReader reader{*table, one.line, peer.path_of("circuits"), peer.mistakes()};
        CircuitDraft draft = read_circuit(reader, dial, port);
        check_name(peer, draft, result);
        result.push_back(std::move(draft));
    }
    return result;
}

}  // namespace warmspare::node
