// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include <fmt/format.h>

#include "sim/rest.hpp"

namespace warmspare::sim {

namespace {

std::string print_peer(const core::PeerStatus& peer) {
    std::string text;
    for (const auto& link : peer.links)
        text += fmt::format("    {:<8} {:>2} {} {} {:<2} {}\n", link.name, link.priority,
                            core::to_string(link.condition), link.in_use ? "Y" : "N",
                            link.process.value_or(""), link.test_in_flight ? "test in flight" : "");
    for (const auto& process : peer.processes)
        text += fmt::format("    process {}: {} on {}, {} streams\n", process.id,
                            core::to_string(process.state), process.link.value_or("-"), process.streams);
    return text;
}

std::string_view name(EndState state) {
    constexpr std::array<std::string_view, 4> names{"not there", "open", "closed", "reset"};
    return names[static_cast<std::size_t>(state)];
}

std::string print_application(const Stream& stream, Party party) {
    const auto& outgoing = stream.progress[index(party)];
    const auto& incoming = stream.progress[index(other(party))];
    return fmt::format("{}, wrote {} of {}{}, got {}{}", name(stream.ends[index(party)]), outgoing.committed,
                       stream.plans[index(party)].size, outgoing.ended ? " and ended" : "",
                       incoming.delivered, incoming.end_delivered ? " and the end" : "");
}

std::string print_node(World& world, const Stream& stream, Party party) {
    auto& host = world.host(stream.hosts[index(party)]);
    if (!host.running()) return "does not run";
    const auto peer = peer_index(host.config(), world.setup().nodes[stream.hosts[index(other(party))]].name);
    const auto status = host.node().status(core::StreamKey{peer, stream.id});
    if (!status) return "does not know it";
    const auto& [out, in] = *status;
    return fmt::format(
        "sends: forgot {}, acknowledged {}, sent {} of {}{}, limit {}; receives: wrote {} of {}{}, "
        "limit {}",
        out.forgotten, out.acknowledged, out.sent, out.end, out.finished ? " and the end" : "", out.limit,
        in.written, in.received, in.final ? fmt::format(", end at {}", *in.final) : "", in.limit);
}

std::string print_stream(World& world, const Stream& stream) {
    auto text = fmt::format("  stream {}, id {} of {}{}\n", stream.number, stream.id.value, stream.process,
                            stream.excuse.empty() ? "" : ", may be reset: " + stream.excuse);
    for (const auto party : {Party::client, Party::target}) {
        text += fmt::format("    {} {}\n", party == Party::client ? "client" : "target",
                            print_application(stream, party));
        text += fmt::format("    {} {}\n", world.host(stream.hosts[index(party)]).name(),
                            print_node(world, stream, party));
    }
    return text;
}

}  // namespace

std::string print_state(World& world) {
    std::string text;
    for (auto& host : world.hosts()) {
        if (!host.running()) {
            text += fmt::format("  {} does not run\n", host.name());
            continue;
        }
        for (const auto& peer : host.node().status().peers)
            text += fmt::format("  {} to {}:\n{}", host.name(), peer.name, print_peer(peer));
    }
    world.ledger().for_each_live([&](const Stream& stream) { text += print_stream(world, stream); });
    return text;
}

}  // namespace warmspare::sim
