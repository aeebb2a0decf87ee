// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Whatever a stranger says before it is accepted, and behind that: the node goes on, closes a connection that
// does not follow the rules or does not greet in time, comes to the same end however the bytes are cut, and
// has a place for an honest peer afterwards.
//
// Input: a byte that says who dials, one that seeds the sizes of portions, then the bytes of the connection.
// Nonces are always the same, so a whole handshake can stand in an input.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "core/node.hpp"
#include "machine.hpp"
#include "program.hpp"
#include "wire/decoder.hpp"
#include "wire/encoder.hpp"

namespace warmspare::fuzz {
namespace {

using namespace std::chrono_literals;
using Bytes = std::span<const std::byte>;

core::NodeConfig tokyo(bool dial) {
    core::PeerConfig osaka{.name = "osaka", .dial = dial};
    osaka.links = {{.name = "20", .circuit = "line", .priority = 1, .process = "A"},
                   {.name = "161", .circuit = "line", .priority = 2}};
    osaka.processes = {{.name = "A"}};
    return {.name = "tokyo", .peers = {osaka}};
}

class Door {
  public:
    explicit Door(bool dials) : dials_{dials}, machine_{tokyo(dials), 1, now_} {
        machine_.distrust({0});
        wait(0s);
    }

    /// A connection for this link, from whoever it is.
    core::ConnectionId connect(std::uint32_t link) {
        const core::Endpoints ends{"10.0.0.1", 1, "10.0.0.2", 2};
        if (!dials_) return machine_.node().handle_accepted({{{0}, "line"}}, ends, now_);
        const auto id = dialled_.at(link);
        machine_.node().handle_connected(id, ends, now_);
        return id;
    }
    void hear(core::ConnectionId id, Bytes bytes) {
        machine_.node().handle_bytes(id, bytes, now_);
        take_actions();
    }
    std::vector<std::byte> say(core::ConnectionId id) {
        std::vector<std::byte> said;
        for (auto pieces = machine_.node().output(id).pieces; !pieces.empty();
             pieces = machine_.node().output(id).pieces) {
            const auto before = said.size();
            for (const auto piece : pieces) said.insert(said.end(), piece.begin(), piece.end());
            machine_.node().handle_written(id, said.size() - before, now_);
        }
        take_actions();
        return said;
    }
    void wait(core::Duration time) {
        const auto until = now_ + time;
        while (machine_.node().next_deadline() <= until) {
            now_ = std::max(now_, machine_.node().next_deadline());
            machine_.node().handle_deadline(now_);
            take_actions();
        }
        now_ = until;
    }

    [[nodiscard]] bool gone(core::ConnectionId id) const {
        return std::ranges::find(gone_, id) != gone_.end();
    }
    /// The ports are those of a connection once there is one.
    [[nodiscard]] bool accepted() {
        const auto status = machine_.node().status();
        return std::ranges::any_of(status.peers[0].links, [](const auto& link) {
            return link.round_trip.has_value() || link.test_in_flight;
        });
    }

  private:
    void take_actions() {
        while (const auto action = machine_.node().poll_action()) {
            if (const auto* dial = std::get_if<core::Dial>(&*action))
                dialled_[dial->link.value] = dial->connection;
            if (const auto* abort = std::get_if<core::Abort>(&*action)) gone_.push_back(abort->connection);
            if (const auto* close = std::get_if<core::Close>(&*action)) gone_.push_back(close->connection);
        }
        while (machine_.node().poll_event()) {
        }
    }

    bool dials_;
    core::Time now_{1h};
    Machine machine_;
    std::map<std::uint32_t, core::ConnectionId> dialled_;
    std::vector<core::ConnectionId> gone_;
};

struct Outcome {
    bool gone = false;
    bool accepted = false;

    friend bool operator==(const Outcome&, const Outcome&) = default;
};

/// An honest peer, on the other link.
void check_open_to_others(Door& door) {
    const auto id = door.connect(1);
    wire::Buffer hello;
    encode(hello, wire::Hello{.node = "osaka",
                              .peer = "tokyo",
                              .incarnation = 99,
                              .nonce = 5,
                              .link = "161",
                              .circuit = "line",
                              .priority = 2,
                              .link_id = 1,
                              .connection = 1});
    door.hear(id, hello);
    const auto answer = door.say(id);
    Bytes rest{answer};
    wire::Decoder decoder;
    const auto frame = decoder.next(rest);
    check(frame && *frame && std::holds_alternative<wire::Welcome>(**frame));
}

template <class NextSize>
Outcome run(bool dials, Bytes bytes, NextSize next_size) {
    Door door{dials};
    const auto id = door.connect(0);
    static_cast<void>(door.say(id));
    while (!bytes.empty()) {
        const auto portion = bytes.first(std::min<std::size_t>(next_size(), bytes.size()));
        bytes = bytes.subspan(portion.size());
        door.hear(id, portion);
        static_cast<void>(door.say(id));
    }
    const Outcome outcome{door.gone(id), door.accepted()};
    if (!outcome.accepted) {
        door.wait(3s);
        check(door.gone(id));
        if (!dials) check_open_to_others(door);
    }
    return outcome;
}

}  // namespace
}  // namespace warmspare::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace warmspare::fuzz;
    Program program{{data, size}};
    const bool dials = program.coin();
    std::uint32_t seed = program.byte();
    const auto bytes = program.bytes(size);
    const auto whole = run(dials, bytes, [&] { return bytes.size(); });
    const auto pieces = run(dials, bytes, [&] {
        seed = seed * 1664525 + 1013904223;
        return 1 + (seed >> 24) % 40;
    });
    check(whole == pieces);
    return 0;
}
