// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Who uses which link, and the notices that go with a change: the record that protection keeps at the node
// that dials, and that the other node keeps as it is told. The rows of the link table follow it.

#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "core/config.hpp"
#include "core/ids.hpp"
#include "core/link_table.hpp"
#include "core/time.hpp"

namespace warmspare::core {

enum class Holding {
    /// No link is held: the process is idle, or its request is being decided.
    none,
    /// The link carries the process's traffic.
    in_use,
    /// No link fits. The one last held, if any, is kept for the process.
    waiting,
};

struct ProcessRow {
    ProcessConfig config;
    Holding holding = Holding::none;
    std::optional<LinkIndex> link;
    /// Of the connection of `link` that was assigned; traffic goes over no other.
    std::uint64_t connection_number = 0;
    /// Epoch of the last assignment, switch or return.
    std::uint64_t moved = 0;
    /// Whether that was a return to the process's own link.
    bool restored = false;
    std::string cause;
    Time waiting_since = never;
};

enum class DecisionKind { assign, switch_, restore, recovery, release, no_link };

/// A change that the process is told of, in the order in which the changes came.
struct Decision {
    DecisionKind kind;
    ProcessIndex process;
    std::optional<LinkIndex> from;
    std::optional<LinkIndex> to;
    std::string cause;
};

class Assignments {
  public:
    Assignments(const PeerConfig& config, LinkTable& table);

    [[nodiscard]] const std::vector<ProcessRow>& processes() const noexcept { return processes_; }
    [[nodiscard]] const ProcessRow& process(ProcessIndex index) const { return processes_[index.value]; }
    [[nodiscard]] std::optional<ProcessIndex> find(std::string_view name) const;
    [[nodiscard]] const LinkTable& table() const noexcept { return table_; }

    /// Whether the process is on a spare.
    [[nodiscard]] bool on_spare(ProcessIndex index) const;

    /// Gives the process its first link, or another (the kind follows from what it held), or brings it back.
    void assign(ProcessIndex index, LinkIndex link, std::uint64_t epoch, std::string cause);
    void restore(ProcessIndex index, LinkIndex link, std::uint64_t epoch, std::string cause);
    /// Keeps the link last held for the process.
    void wait(ProcessIndex index, std::string cause, Time now);
    /// Takes the flag off the link that the process holds, which it is about to leave.
    void let_go(ProcessIndex index);
    /// While waiting: the link to keep for it is this one, or none.
    void keep(ProcessIndex index, std::optional<LinkIndex> link);
    void release(ProcessIndex index);
    /// Forgets everybody's link without a notice: the other node is a new one.
    void clear();

    /// To be asked after links changed: tells each process on a spare of its repaired dedicated link, once
    /// (S6).
    void announce_recoveries();

    [[nodiscard]] std::optional<Decision> poll_decision();

  private:
    void move(ProcessIndex index, LinkIndex link, std::uint64_t epoch, std::string cause);

    LinkTable& table_;
    std::vector<ProcessRow> processes_;
    /// By row: whether its process was told of its recovery, or it has not failed since.
    std::vector<bool> announced_;
    std::deque<Decision> decisions_;
};

}  // namespace warmspare::core
