// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// A node's configuration file as a checked value. What the rules need is in core's types; what only sockets
// need (addresses, devices, endpoints) is beside it. The file's form is described in docs/configuration.md.

#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/config.hpp"
#include "core/ids.hpp"

namespace warmspare::node {

/// The port of a circuit for which the file names none.
inline constexpr std::uint16_t default_port = 7440;

/// How the links of a peer are protected. Must be written in the file.
enum class Security { plain };

/// One transmission path to a peer.
struct Circuit {
    std::string name;
    /// Numeric address that links of this circuit are bound to, in canonical form and without brackets;
    /// empty: any address of this host.
    std::optional<std::string> local;
    /// Host name or numeric address (canonical, no brackets) of the other node; empty: any, which only the
    /// side that is dialled can have.
    std::optional<std::string> remote;
    /// Network interface that the sockets are bound to; empty: the routes decide.
    std::optional<std::string> device;
    /// Where the dialled side listens for derived links.
    std::uint16_t port = default_port;

    friend bool operator==(const Circuit&, const Circuit&) = default;
};

/// `table.links[i].circuit` always names one of `circuits`.
///
/// Ports of a link as this node sees them: the side that dials binds own_port (0: any) and connects to
/// peer_port (never 0); the side that is dialled listens on own_port (never 0) and peer_port is where the
/// dialling side comes from (0: any).
struct Peer {
    core::PeerConfig table;
    Security security = Security::plain;
    std::vector<Circuit> circuits;

    friend bool operator==(const Peer&, const Peer&) = default;
};

/// Host name or numeric address (canonical, IPv6 without brackets).
struct TcpEndpoint {
    std::string host;
    std::uint16_t port = 0;

    friend bool operator==(const TcpEndpoint&, const TcpEndpoint&) = default;
};

/// An absolute path that fits into a socket address.
struct UnixEndpoint {
    std::string path;

    friend bool operator==(const UnixEndpoint&, const UnixEndpoint&) = default;
};

using Endpoint = std::variant<TcpEndpoint, UnixEndpoint>;

/// "127.0.0.1:6380", "[::1]:80", "unix:/run/redis.sock".
[[nodiscard]] std::string to_string(const Endpoint& endpoint);

/// A user process: its rules are `Config::peers[peer].table.processes[process]`.
struct Process {
    std::string name;
    core::PeerIndex peer;
    core::ProcessIndex process;
    /// Where applications of this host connect; at least one of `listen` and `target` is there.
    std::optional<Endpoint> listen;
    /// What streams opened by the other node are connected to.
    std::optional<Endpoint> target;

    friend bool operator==(const Process&, const Process&) = default;
};

/// Something wrong in a file, and what would be right.
struct Mistake {
    /// Counted from 1; 0: about the file as a whole.
    int line = 0;
    std::string message;

    friend bool operator==(const Mistake&, const Mistake&) = default;
};

/// "FILE:LINE: message", or "FILE: message" if the mistake has no line.
[[nodiscard]] std::string to_string(const Mistake& mistake, std::string_view file);

struct Config {
    std::string node;
    core::HealthConfig health;
    core::MemoryConfig memory;
    /// In the order of the file. The processes of each are in the order of their names, so that both nodes
    /// derive the same table.
    std::vector<Peer> peers;
    /// In the order of the file.
    std::vector<Process> processes;
    /// How long open streams may go on after SIGTERM.
    core::Duration drain = std::chrono::seconds{5};
    /// Whether to ask the system for real-time scheduling.
    bool realtime = true;
    /// How long to look for work before sleeping: what comes meanwhile is dealt with sooner, and a processor
    /// is busy for it. Zero: not at all.
    core::Duration busy_poll{};
    /// Right, but to be said at each start.
    std::vector<Mistake> warnings;

    friend bool operator==(const Config&, const Config&) = default;
};

/// The part that the rules need. Indices are the same in both.
[[nodiscard]] core::NodeConfig core_config(const Config& config);

/// Reads the text of a configuration file. All mistakes are found at once, in the order of their lines,
/// except that a TOML syntax error is the only one reported.
[[nodiscard]] std::expected<Config, std::vector<Mistake>> parse_config(std::string_view text);

/// The same from a file. One that cannot be read is a mistake without a line.
[[nodiscard]] std::expected<Config, std::vector<Mistake>> load_config(const std::filesystem::path& path);

}  // namespace warmspare::node
