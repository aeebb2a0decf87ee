// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Which streams of one opener are over, in whatever order they ended. Their frames may still arrive on
// another link, and an open may be overtaken by a later one, so the highest id seen says nothing about those
// below.
//
// Finished ids are kept as ranges: one stream that lives for months among millions of short ones costs one
// range and not a million entries. There are never more ranges than streams still open, and one.

#pragma once

#include <cstddef>
#include <cstdint>
#include <map>

#include "core/ids.hpp"

namespace warmspare::core {

class FinishedIds {
  public:
    /// `first` is the lowest id of this opener; the others follow in steps of 2.
    explicit FinishedIds(StreamId first) noexcept : first_{first.value} {}

    /// `id` must be one of this opener's. Once more does nothing.
    void finish(StreamId id);
    /// False for ids that are not this opener's.
    [[nodiscard]] bool finished(StreamId id) const;

    /// The lowest id that is not finished: all of this opener's before it are.
    [[nodiscard]] StreamId low_water_mark() const noexcept { return StreamId{first_ + 2 * mark_}; }
    /// How many separate ranges of finished ids there are above the mark.
    [[nodiscard]] std::size_t ranges() const noexcept { return above_.size(); }

  private:
    [[nodiscard]] bool own(StreamId id) const noexcept;
    /// The how-manieth id of this opener it is, from 0.
    [[nodiscard]] std::uint64_t index(StreamId id) const noexcept { return (id.value - first_) / 2; }

    std::uint64_t first_;
    /// Indices below are finished, this one is not.
    std::uint64_t mark_ = 0;
    /// Finished indices above the mark: first of a range to past its last. Ranges neither overlap nor touch.
    std::map<std::uint64_t, std::uint64_t> above_;
};

}  // namespace warmspare::core
