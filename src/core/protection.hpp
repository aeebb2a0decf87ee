// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Who gets which link: the rules of S3 and S5-S7, at the node that dials and so owns the assignments. They
// read the table and the requests, and write the assignments; nothing here knows of frames or bytes.

#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/assignments.hpp"
#include "core/health_monitor.hpp"
#include "core/ids.hpp"
#include "core/time.hpp"
#include "core/wait_to_restore.hpp"
#include "wire/frames.hpp"

namespace warmspare::core {

class Protection {
  public:
    /// Borrows both, which must outlive it.
    Protection(Assignments& assignments, HealthMonitor& health);

    /// The process has streams, here or at the other node: its request, unless it has one already.
    void request(ProcessIndex process, Time now);
    /// The process has no stream at either node any more.
    void end(ProcessIndex process, Time now);
    /// Applies the rules to the table as it is now. To be called after anything changed, and at
    /// next_deadline().
    void evaluate(Time now);
    /// The other node is a new one: nobody holds or wants anything.
    void clear();

    /// Whether a request waits for tests.
    [[nodiscard]] bool undecided() const noexcept;
    /// Counts the changes of the assignments.
    [[nodiscard]] std::uint64_t epoch() const noexcept { return epoch_; }
    /// The whole list, as the other node is told it.
    [[nodiscard]] wire::Assign list() const;
    [[nodiscard]] Time next_deadline() const noexcept { return next_deadline_; }

  private:
    struct Request {
        bool wanted = false;
        Time requested_at{};
        Time ended_at = never;
        /// Tests for the request are out and nothing is certain yet.
        bool undecided = false;
    };

    bool serve_waiting(Time now);
    bool switch_failed(Time now);
    bool decide_requests(Time now);
    bool restore_repaired(Time now);
    bool release_ended(Time now);
    bool serve(ProcessIndex process, const std::string& cause);
    [[nodiscard]] bool failed(ProcessIndex process) const;
    void observe_links(Time now);
    void forget_failures();
    [[nodiscard]] bool awaited(LinkIndex link) const;
    void test_awaited(Time now);
    [[nodiscard]] std::optional<LinkIndex> repaired(ProcessIndex process) const;
    [[nodiscard]] Time find_deadline(Time now) const;

    Assignments& assignments_;
    HealthMonitor& health_;
    std::vector<Request> requests_;
    /// By row; of use on dedicated ones.
    std::vector<WaitToRestore> waits_;
    std::uint64_t epoch_ = 0;
    Time next_deadline_ = never;
};

}  // namespace warmspare::core
