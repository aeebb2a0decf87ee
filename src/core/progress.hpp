// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <cstdint>
#include <optional>

#include "core/time.hpp"

namespace warmspare::core {

/// A count in this host's kernel that grows only when the other host has heard this one. To see it grow
/// proves that this was so at some time after it was looked at before, no more: so the proof is as old as
/// that look.
class Progress {
  public:
    /// A new connection. Nothing is known of its count before the first look.
    void restart() noexcept { *this = {}; }

    void observe(std::uint64_t count, Time now) noexcept {
        if (count_ && count > *count_) {
            proof_ = seen_at_;
            advanced_at_ = now;
        }
        count_ = count;
        seen_at_ = now;
    }

    /// After this the other host has heard this one; Time{} if that is not known.
    [[nodiscard]] Time proof() const noexcept { return proof_; }
    /// When the count was last seen to have grown; Time{} if never.
    [[nodiscard]] Time advanced_at() const noexcept { return advanced_at_; }
    /// What was sent then, or something later, has been heard.
    [[nodiscard]] bool proves(Time sent) const noexcept { return advanced_at_ > sent && proof_ >= sent; }

  private:
    std::optional<std::uint64_t> count_;
    Time seen_at_{};
    Time proof_{};
    Time advanced_at_{};
};

}  // namespace warmspare::core
