// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#pragma once

#include <cstdint>

namespace warmspare::core {

/// What this host's kernel has counted of a connection since it was made.
struct Evidence {
    /// Bytes that the other host's kernel has acknowledged: all before them are there (tcpi_bytes_acked).
    std::uint64_t bytes_acked = 0;
    /// Segments that it has reported to have, in order or behind a hole (tcpi_delivered; RFC 2018).
    std::uint64_t segments_delivered = 0;
    /// Some of what was written has not been sent once: the window is full, or has just opened.
    bool some_unsent = false;
    /// Bytes wait in this host's kernel and none are on their way: the other program does not read, and there
    /// is no room for more over there. Nothing can be said of the path.
    bool waits_for_reader = false;
    /// Segments with data, those that were sent again included.
    std::uint64_t segments = 0;
    /// Segments that were sent again because they were lost, and not for nothing.
    std::uint64_t segments_lost = 0;
};

}  // namespace warmspare::core
