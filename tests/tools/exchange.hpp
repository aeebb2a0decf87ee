// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// One connection on which both ends send a Pattern at the same time and check each other's, byte for byte.
//
// The client says first what is to happen (Terms). Then both send; the client ends by a trailer with the
// number of bytes that it sent and a half-close, the server checks that, ends its own direction likewise, and
// adds how many bytes it found correct. So an end of stream that came too early is as visible as a wrong
// byte, and the client's verdict covers both directions.

#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace warmspare::tools {

using Clock = std::chrono::steady_clock;

enum class Role { client, server };

/// What the client asks for in the first bytes of the connection.
struct Terms {
    std::uint64_t client_seed = 0;
    std::uint64_t server_seed = 0;
    /// Bits per second in each direction; 0: as fast as it goes.
    std::uint64_t rate = 0;
    /// Bytes of each request and each reply; 0: both directions flow freely.
    std::uint64_t message = 0;
};

struct Limits {
    /// How long the client sends; zero: until its standard input ends.
    std::chrono::duration<double> duration{0};
    /// Nothing received for so long is an error.
    std::chrono::duration<double> stall{60};
    /// How often a line on the progress is printed; zero: never.
    std::chrono::milliseconds progress{0};
    /// Request-reply: rest between a reply and the next request.
    std::chrono::microseconds pause{0};
};

struct Report {
    /// Without the terms and the trailers.
    std::uint64_t sent = 0;
    std::uint64_t received = 0;
    std::optional<std::uint64_t> mismatch_at;
    /// What the application saw or missed; empty if all was exact and ended in order.
    std::string error;
    std::chrono::duration<double> elapsed{0};
    /// Longest time between two reads that brought bytes, and when it ended.
    std::chrono::duration<double> longest_gap{0};
    std::chrono::duration<double> longest_gap_at{0};
    /// The longest such time that ended since the last report on the progress, and its end on the steady
    /// clock, which all programs of a host share.
    std::chrono::duration<double> latest_gap{0};
    Clock::time_point latest_gap_end;
    /// Request-reply, client only; in order of time.
    std::vector<std::chrono::nanoseconds> latencies;

    [[nodiscard]] bool ok() const { return error.empty(); }
};

/// Runs one connection to its end. Neither owns nor closes the socket, which becomes non-blocking. For the
/// server `terms` is ignored: it follows what the client sends. `on_progress` is called every
/// `limits.progress`.
[[nodiscard]] Report exchange(int socket, Role role, Terms terms, const Limits& limits,
                              const std::function<void(const Report&)>& on_progress);

}  // namespace warmspare::tools
