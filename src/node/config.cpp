// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "node/config.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <fstream>
#include <utility>

#include "node/config_document.hpp"
#include "node/config_health.hpp"
#include "node/config_peer.hpp"
#include "node/config_process.hpp"
#include "node/config_reader.hpp"
#include "node/config_tables.hpp"

namespace warmspare::node {
namespace {

using namespace std::chrono_literals;

constexpr DurationRange drain_range{.min = 0s, .max = 1h, .example = "5s"};
/// More than that is no waiting for the next message but a processor that never rests.
constexpr DurationRange busy_poll_range{.min = 1us, .max = 1ms, .example = "50us"};
/// Far beyond every table that is allowed; keeps a wrong path from filling the memory.
constexpr std::size_t longest_file = std::size_t{16} << 20;

std::string read_node_name(TableReader& root) {
    if (root.require("node", "node = \"NAME\"") == nullptr) return "";
    return root.name("node").value_or("");
}

core::Duration read_busy_poll(TableReader& root) {
    const Value* value = root.find("busy_poll");
    const auto* text = value == nullptr ? nullptr : std::get_if<std::string>(&value->data);
    if (text != nullptr && *text == "off") return {};
    return root.duration("busy_poll", busy_poll_range).value_or(core::Duration::zero());
}

std::vector<Mistake> collect_warnings(const std::vector<PeerDraft>& peers) {
    Mistakes warnings;
    if (peers.empty()) warnings.add(0, "there is no peer, so nothing to do; write [peer.NAME]");
    for (const PeerDraft& peer : peers) warn(peer, warnings);
    return warnings.take();
}

Config read_config(TableReader& root) {
    Config config;
    config.node = read_node_name(root);
    config.drain = root.duration("drain", drain_range).value_or(config.drain);
    config.realtime = root.boolean("realtime").value_or(config.realtime);
    config.busy_poll = read_busy_poll(root);
    const Health health = read_health(root);
    config.health = health.links;
    auto peers = read_peers(root, config.node);
    config.memory = read_memory(root, peers.size());
    auto processes = read_processes(root, health.process_defaults, peers);
    root.finish();
    config.peers = build_peers(peers, processes, root.mistakes());
    for (ProcessDraft& draft : processes) config.processes.push_back(std::move(draft.process));
    config.warnings = collect_warnings(peers);
    return config;
}

std::expected<std::string, std::string> read_file(const std::filesystem::path& path) {
    errno = 0;
    std::ifstream file{path, std::ios::binary};
    std::string text;
    if (file) {
        text.resize(longest_file + 1);
        file.read(text.data(), static_cast<std::streamsize>(text.size()));
        text.resize(static_cast<std::size_t>(file.gcount()));
    }
    // Reading to the end fails too, but only with end-of-file set.
    if (!file && !file.eof()) {
        return std::unexpected{fmt::format("cannot be read: {}", std::strerror(errno))};
    }
    if (text.size() > longest_file) {
        return std::unexpected{fmt::format("is no configuration: longer than {}", size_text(longest_file))};
    }
    return text;
}

}  // namespace

std::string to_string(const Mistake& mistake, std::string_view file) {
    if (mistake.line == 0) return fmt::format("{}: {}", file, mistake.message);
    return fmt::format("{}:{}: {}", file, mistake.line, mistake.message);
}

core::NodeConfig core_config(const Config& config) {
    core::NodeConfig result{
        .name = config.node, .health = config.health, .memory = config.memory, .peers = {}};
    for (const Peer& peer : config.peers) result.peers.push_back(peer.table);
    return result;
}

std::expected<Config, std::vector<Mistake>> parse_config(std::string_view text) {
    const auto document = read_document(text);
    if (!document) return std::unexpected{std::vector{document.error()}};
    Mistakes mistakes;
    TableReader root{*document, 1, "", mistakes};
    Config config = read_config(root);
    if (mistakes.size() != 0) return std::unexpected{mistakes.take()};
    return config;
}

std::expected<Config, std::vector<Mistake>> load_config(const std::filesystem::path& path) {
    const auto text = read_file(path);
    if (!text) return std::unexpected{std::vector{Mistake{.line = 0, .message = text.error()}}};
    return parse_config(*text);
}

}  // namespace warmspare::node
