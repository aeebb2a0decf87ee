// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// The invariants that are judged over whole nodes, each a type of its own.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "sim/faults.hpp"
#include "sim/options.hpp"
#include "sim/world.hpp"

namespace warmspare::sim {

/// Two nodes that are peers: who dials, and who is dialled.
struct Pairing {
    std::uint32_t dialer = 0;
    std::uint32_t acceptor = 0;
};
[[nodiscard]] std::vector<Pairing> pairings(const Setup& setup);
/// What this node says of that peer. Both must be running.
[[nodiscard]] core::PeerStatus status_of(World& world, std::uint32_t host, std::uint32_t peer);
[[nodiscard]] std::string print_status(World& world);

/// Invariant 4, at any time: in one node's table no row serves two processes, none serves another's, and
/// flags say what processes say.
class TableChecker {
  public:
    explicit TableChecker(World& world) : world_{world} {}
    void check(std::uint32_t host);

  private:
    void check_process(const core::PeerStatus& peer, const core::ProcessStatus& process);
    void check_link(const core::PeerConfig& config, const core::PeerStatus& peer,
                    const core::LinkStatus& link);
    void fail(const core::PeerStatus& peer, const std::string& text);

    World& world_;
    std::string host_name_;
};

/// Invariant 4, at rest: both nodes agree. Says what they differ in, if anything.
[[nodiscard]] std::optional<std::string> disagreement(const core::PeerStatus& one,
                                                      const core::PeerStatus& other);

/// Invariant 3: what a node holds for its streams stays within its configuration.
class MemoryChecker {
  public:
    explicit MemoryChecker(World& world) : world_{world} {}
    void check(std::uint32_t host);

  private:
    World& world_;
};

/// Invariant 5: while a link that fits is ACT at both ends, a process whose bytes stand still moves again
/// within the bound. Looked at from time to time; faults start the clock again.
class ProgressChecker {
  public:
    ProgressChecker(World& world, const Options& options);
    void check(core::Time last_fault);
    /// The longest that bytes stood still although they could have moved.
    [[nodiscard]] core::Duration longest() const noexcept { return longest_; }

  private:
    struct Watch {
        std::uint64_t delivered = 0;
        core::Time since{};
    };
    void check_process(const Pairing& pair, const std::string& process, const core::PeerStatus& one,
                       const core::PeerStatus& other, core::Time last_fault);

    World& world_;
    core::Duration bound_{};
    core::Duration longest_{};
    std::map<std::tuple<std::uint32_t, std::uint32_t, std::string>, Watch> watches_;
};

/// Exactly one `resumed` for each `switch` and each `restore` of a process.
class NoticeChecker {
  public:
    explicit NoticeChecker(World& world) : world_{world} {}
    void handle_event(std::uint32_t host, const core::Event& event);
    /// The node is gone, with what it owed.
    void handle_restart(std::uint32_t host);
    /// Some process still owes a `resumed`.
    [[nodiscard]] std::optional<std::string> owed() const;

  private:
    World& world_;
    std::map<std::tuple<std::uint32_t, std::string, std::string>, std::int64_t> owed_;
};

/// Invariant 6: after the last fault every link is ACT and every process is where it should be. Says what is
/// missing, if anything.
[[nodiscard]] std::optional<std::string> unsettled(World& world);

/// S7: a node without streams has released everything. Says what it still holds, if anything.
[[nodiscard]] std::optional<std::string> unreleased(World& world);

}  // namespace warmspare::sim
