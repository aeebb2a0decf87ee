// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Two nodes for unit tests: faults in one line, time driven by hand, and a transcript to compare with.

#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "sim/world.hpp"

namespace warmspare::sim {

/// Node 0 dials node 1. Nothing is drawn that a test could notice: delays are fixed, portions are whole.
class Pair {
  public:
    explicit Pair(Setup setup);

    [[nodiscard]] World& world() noexcept { return world_; }
    [[nodiscard]] core::PeerStatus status(Side side);
    /// A row for each link as the operator's table has it: "23 1 23 SBY Y C Y".
    [[nodiscard]] std::vector<std::string> table(Side side);

    /// A circuit or a link, by name.
    void cut(const std::string& name);
    void cut_one_way(const std::string& name, Side from);
    void heal(const std::string& name);
    void reset(const std::string& name);

    void run_for(core::Duration time) { world_.run_until(world_.scheduler().now() + time); }
    /// Step by step until it holds; false if it does not within the limit.
    bool run_until(const std::function<bool()>& condition, core::Duration limit = std::chrono::seconds{60});
    /// Until every link is ACT at both nodes.
    bool run_until_up();

    /// An application at that node opens a stream, writes `size` bytes each way and keeps it open.
    Stream& open(Side side, const std::string& process, std::uint64_t size = 0);
    /// All streams of the process end in good order.
    void end(const std::string& process);
    /// Everything written so far on streams of the process has been delivered.
    [[nodiscard]] bool delivered(const std::string& process);

    /// Events since the last call, without those of streams: "0.010 dialer switch C 23 -> 162 (...)", times
    /// in seconds since the last call of `mark`.
    [[nodiscard]] std::vector<std::string> take_transcript();
    void mark() { origin_ = world_.scheduler().now(); }
    /// Events of one kind at one node since the start.
    [[nodiscard]] std::vector<core::Event> events(Side side, core::EventKind kind) const;

  private:
    void set_cut(const std::string& name, Side from, bool cut);

    World world_;
    core::Time origin_ = Scheduler::start;
    std::vector<std::string> transcript_;
    std::vector<std::pair<Side, core::Event>> events_;
};

/// Two nodes named "dialer" and "acceptor" with these rows and processes, and a circuit of its own for every
/// circuit name.
[[nodiscard]] Setup make_pair_setup(const std::vector<core::LinkConfig>& rows,
                                    const std::vector<core::ProcessConfig>& processes,
                                    const core::HealthConfig& health = {});

}  // namespace warmspare::sim
