// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/pipe.hpp"
#include "sim/fifo.hpp"

namespace warmspare::sim {

/// The virtual counterpart of the kernel's pipes between an application and its links.
class SplicePipe final : public core::Pipe {
  public:
    /// It holds so many bytes that wait to be sent, and copies of as many that were.
    explicit SplicePipe(std::uint64_t capacity) : capacity_{capacity} {}

    [[nodiscard]] std::uint64_t room() const { return spent_ ? 0 : capacity_ - ahead_.size(); }
    void put(std::span<const std::byte> bytes) { ahead_.append(bytes); }
    [[nodiscard]] bool spent() const noexcept { return spent_; }

    /// What is staged and was not written yet; a link took so much of it.
    [[nodiscard]] std::span<const std::byte> staged() const;
    void handle_written(std::size_t size);

    [[nodiscard]] std::size_t stage(std::size_t max) override;
    void forget(std::size_t size) override;
    void take_back(std::span<std::byte> out) override;

  private:
    std::uint64_t capacity_;
    /// The first `staged_` of them are in `copies_` too.
    Fifo<std::byte> ahead_;
    Fifo<std::byte> copies_;
    std::size_t staged_ = 0;
    /// What was staged when bytes were taken back.
    std::vector<std::byte> rest_;
    bool spent_ = false;
};

}  // namespace warmspare::sim
