// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// What the applications of a world do and what came of it: the truth that the nodes are measured against.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "core/ids.hpp"
#include "core/time.hpp"
#include "sim/journal.hpp"

namespace warmspare::sim {

/// Ends of a stream, and the direction in which each sends.
enum class Party : std::uint8_t { client = 0, target = 1 };
[[nodiscard]] constexpr std::size_t index(Party party) noexcept {
    return static_cast<std::size_t>(party);
}
[[nodiscard]] constexpr Party other(Party party) noexcept {
    return party == Party::client ? Party::target : Party::client;
}

/// What an application does when it has written everything.
enum class Ending {
    /// Shuts its sending side down and reads on to the end.
    finish,
    /// Closes: whatever still comes meets a reset.
    close,
    /// Resets instead of ending.
    reset,
    /// Keeps the stream open until it is let go.
    hold,
};

/// What one application does with its end of a stream.
struct Plan {
    std::uint64_t size = 0;
    /// Most bytes written at once, and the pause after them.
    std::uint64_t portion = 64 * 1024;
    core::Duration pause{};
    Ending ending = Ending::finish;
    /// Bytes that its socket holds unread; how long it takes to empty that.
    std::uint64_t buffer = 64 * 1024;
    core::Duration reading{};
    /// After so many bytes it reads nothing for a while.
    std::uint64_t stop_at = ~std::uint64_t{0};
    core::Duration stop_for{};
};

/// How far one direction has come.
struct Progress {
    std::uint64_t committed = 0;
    bool ended = false;
    std::uint64_t delivered = 0;
    bool end_delivered = false;
};

enum class EndState { none, open, closed, reset };

struct Stream {
    std::uint32_t number = 0;
    std::uint64_t seed = 0;
    /// Indices of the nodes where the parties are.
    std::array<std::uint32_t, 2> hosts{};
    std::string process;
    core::StreamId id;
    /// The life of the client's node in which it was opened; ids count anew in each.
    std::uint64_t life = 0;
    std::array<Plan, 2> plans;
    bool target_fails = false;
    /// How long the target takes to be connected.
    core::Duration target_delay{};
    std::array<Progress, 2> progress;
    std::array<EndState, 2> ends{};
    /// The target was opened once; that is all it may be.
    bool target_opened = false;
    /// A stream that is held may end now.
    bool let_go = false;
    /// Why the stream may end by a reset; empty: it may not.
    std::string excuse;
    /// Perhaps no link will ever carry its process, so that its client gives it up when streams are let go.
    bool hopeless = false;

    /// What the bytes of one direction follow from.
    [[nodiscard]] std::uint64_t content_seed(Party sender) const noexcept { return seed * 2 + index(sender); }
    [[nodiscard]] std::uint64_t delivered() const noexcept {
        return progress[0].delivered + progress[1].delivered;
    }
    [[nodiscard]] bool over() const noexcept {
        return ends[0] != EndState::open && ends[1] != EndState::open &&
               (ends[0] != EndState::none || ends[1] != EndState::none);
    }
};

/// The streams of one process between two nodes.
struct Group {
    std::vector<Stream*> live;
    /// Bytes of those that are over.
    std::uint64_t delivered_before = 0;

    /// Takes out those that are over.
    void prune();
};

/// All streams of a run, by number and by what the two nodes call them.
class Ledger {
  public:
    Stream& add(Stream stream);
    /// The stream with this id between two nodes; null if there is none.
    [[nodiscard]] Stream* find(std::uint32_t client, std::uint32_t target, core::StreamId id,
                               std::uint64_t life);
    [[nodiscard]] std::deque<Stream>& streams() noexcept { return streams_; }
    [[nodiscard]] const std::deque<Stream>& streams() const noexcept { return streams_; }
    /// Stays where it is.
    Group& group(std::uint32_t one, std::uint32_t other, const std::string& process);
    /// Calls `each` with every stream that is not over.
    template <class F>
    void for_each_live(F each) {
        for (auto& [key, group] : groups_) {
            group.prune();
            for (auto* stream : group.live) each(*stream);
        }
    }

    /// Streams that wait for it may end now.
    bool let_go = false;
    /// Readers that have stopped read again.
    bool readers_resume = false;

  private:
    std::deque<Stream> streams_;
    std::map<std::tuple<std::uint32_t, std::uint32_t, std::string>, Group> groups_;
};

}  // namespace warmspare::sim
