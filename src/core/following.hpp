// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// How the node that is dialled keeps its assignments: as the other one tells it. It owns none, so it decides
// nothing but that nobody can tell it anything while no link is up.

#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "core/assignments.hpp"
#include "wire/frames.hpp"

namespace warmspare::core {

class Following {
  public:
    using RowOf = std::function<std::optional<LinkIndex>(std::uint32_t link_id)>;

    /// Borrows it.
    explicit Following(Assignments& assignments) : assignments_{assignments} {}

    /// Takes up the other node's list, unless it is older than one heard before. Link ids are the other
    /// node's: `row_of` gives the row that one means here, if it is known.
    void handle_assign(const wire::Assign& assign, const RowOf& row_of, Time now);

    /// No link is up: whoever wants one waits until the other node can be heard again.
    void wait_without_links(ProcessIndex process, Time now);
    void clear();

  private:
    struct Entry {
        ProcessIndex process;
        const wire::Assignment* told;
        std::optional<LinkIndex> link;
    };

    [[nodiscard]] std::vector<Entry> read(const wire::Assign& assign, const RowOf& row_of) const;
    [[nodiscard]] bool leaves(const Entry& entry) const;
    [[nodiscard]] bool allowed(const Entry& entry) const;
    void follow(const Entry& entry, Time now);

    Assignments& assignments_;
    std::uint64_t epoch_ = 0;
    bool heard_ = false;
};

}  // namespace warmspare::core
