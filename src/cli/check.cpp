// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include <fmt/format.h>

#include "cli/commands.hpp"
#include "node/config.hpp"

namespace warmspare::cli {
namespace {

std::string counted(std::size_t count, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::string peer_line(const node::Peer& peer) {
    const core::PeerConfig& table = peer.table;
    return fmt::format("  peer {} ({}): {}, {}, {}\n", table.name, table.dial ? "dialled" : "dials us",
                       counted(peer.circuits.size(), "circuit", "circuits"),
                       counted(table.links.size(), "link", "links"),
                       counted(table.processes.size(), "process", "processes"));
}

std::string summary(const node::Config& config, const std::string& file) {
    std::string text = fmt::format("{}: fine: node {}, {}, {}\n", file, config.node,
                                   counted(config.peers.size(), "peer", "peers"),
                                   counted(config.warnings.size(), "warning", "warnings"));
    for (const auto& peer : config.peers) text += peer_line(peer);
    return text;
}

/// The form that editors and compilers' users know.
std::string lines(const std::vector<node::Mistake>& mistakes, const std::string& file,
                  std::string_view prefix) {
    std::string text;
    for (const auto& [line, message] : mistakes) {
        text += node::to_string(node::Mistake{line, std::string{prefix} + message}, file) + '\n';
    }
    return text;
}

}  // namespace

int run_check(const std::filesystem::path& file, Console& console) {
    const auto config = node::load_config(file);
    if (!config) return console.report(lines(config.error(), file.string(), ""));
    console.report(lines(config->warnings, file.string(), "warning: "));
    console.print(summary(*config, file.string()));
    return console.exit_code();
}

}  // namespace warmspare::cli
