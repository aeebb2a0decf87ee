// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// The invariants that can be judged at one stream, each a type of its own.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "sim/journal.hpp"
#include "sim/ledger.hpp"

namespace warmspare::sim {

/// Invariant 1: what an application wrote is what the other end reads.
class ContentChecker {
  public:
    explicit ContentChecker(Journal& journal) : journal_{journal} {}
    void handle_delivered(Stream& stream, Party sender, std::span<const std::byte> bytes);
    void handle_end(Stream& stream, Party sender);

  private:
    Journal& journal_;
};

/// Invariant 2: a sender gives a stream up only when all of it has been written at the other end; and what
/// ends by a reset had a reason.
class EndChecker {
  public:
    explicit EndChecker(Journal& journal) : journal_{journal} {}
    void handle_opened(const Stream* stream, std::string_view host, core::StreamId id);
    void handle_closed(const Stream& stream, Party party);
    void handle_reset(const Stream& stream, Party party);
    /// So many bytes that `sender` wrote are kept by its node no longer.
    void handle_forgotten(const Stream& stream, Party sender, std::uint64_t forgotten);

  private:
    Journal& journal_;
};

/// Invariant 3, as seen from outside: no more bytes are on their way than the memory of both ends may hold.
class StreamMemoryChecker {
  public:
    explicit StreamMemoryChecker(Journal& journal) : journal_{journal} {}
    void handle_committed(const Stream& stream, Party sender, std::uint64_t sender_limit,
                          std::uint64_t receiver_limit);

  private:
    Journal& journal_;
};

struct StreamCheckers {
    ContentChecker content;
    EndChecker end;
    StreamMemoryChecker memory;

    explicit StreamCheckers(Journal& journal) : content{journal}, end{journal}, memory{journal} {}
};

}  // namespace warmspare::sim
