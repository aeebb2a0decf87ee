// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "wire/decoder.hpp"

namespace warmspare::sim {

/// Puts what arrives on one end of a connection into words, for the reader of a trace.
class FrameTrace {
  public:
    /// One line for each frame that is complete: "ack 5 0/0, limit 65536".
    [[nodiscard]] std::vector<std::string> read(std::span<const std::byte> bytes);

  private:
    wire::Decoder decoder_;
};

}  // namespace warmspare::sim
