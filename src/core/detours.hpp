// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Where the traffic of a process goes while its link is suspect (S13): over the best free spare, at once and
// before anybody has decided anything. Bytes are accepted by offset, whatever link brings them, so a
// suspicion that was wrong has cost bandwidth and nothing else, and one that was right has cost no time.
//
// Rejected: to send on both links while in doubt. The kernel keeps what went to the suspect link and delivers
// it if that is alive after all; a second copy of what follows would only fill a queue that nobody may empty.

#pragma once

#include <optional>
#include <vector>

#include "core/assignments.hpp"
#include "core/health_monitor.hpp"
#include "core/ids.hpp"

namespace warmspare::core {

class Detours {
  public:
    /// Borrows both, which must outlive it.
    Detours(const Assignments& assignments, const HealthMonitor& health);

    /// The link that the process's traffic takes instead of its own; empty: none.
    [[nodiscard]] std::optional<LinkIndex> of(ProcessIndex process) const { return links_[process.value]; }
    /// Whose traffic this link carries besides that of its holder. One process at most.
    [[nodiscard]] std::optional<ProcessIndex> guest(LinkIndex link) const { return guests_[link.value]; }

    /// Begins, changes and ends detours as the links are now. Processes in table order, each to a spare of
    /// its own.
    void update();

  private:
    [[nodiscard]] bool needed(ProcessIndex process) const;
    [[nodiscard]] bool usable(LinkIndex link, ProcessIndex process) const;
    void set(ProcessIndex process, std::optional<LinkIndex> link);

    const Assignments& assignments_;
    const HealthMonitor& health_;
    std::vector<std::optional<LinkIndex>> links_;
    std::vector<std::optional<ProcessIndex>> guests_;
};

}  // namespace warmspare::core
