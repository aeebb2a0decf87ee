// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// What lies between machines: TCP connections without delay, unless the program holds or cuts them, and one
// clock. Whatever happens, it must come to rest.

#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "machine.hpp"

namespace warmspare::fuzz {

/// A row of the table, as the network knows it. One fault befalls all of its connections.
struct Line {
    /// Nothing arrives, by the end that sends (0 dials); it waits, as TCP's repetitions would bring it later.
    std::array<bool, 2> cut{};
    /// What arrives does so only when the program says.
    bool held = false;
};

/// Whoever has the other end of connections to peers that are no machines here.
class Outsider {
  public:
    virtual ~Outsider() = default;
    /// The node dials.
    virtual void dial(const core::Dial& dial) = 0;
    /// The node has closed it.
    virtual void closed(core::ConnectionId connection) = 0;
    /// The node has something to send. Whether any of it was taken.
    virtual bool take_output(core::ConnectionId connection) = 0;
    /// Does what is left to do at this instant. Whether there was anything.
    virtual bool go_on() = 0;
};

class Network {
  public:
    /// Machines are told their peers by name. `now` is the beginning.
    explicit Network(core::Time now) : now_{now} {}

    Machine& add(const core::NodeConfig& config, std::uint64_t incarnation);
    [[nodiscard]] Machine& machine(std::size_t index) { return *machines_[index].machine; }
    [[nodiscard]] std::size_t size() const noexcept { return machines_.size(); }
    void set_outsider(std::size_t index, Outsider& outsider) { machines_[index].outsider = &outsider; }
    [[nodiscard]] Line& line(const std::string& link);
    [[nodiscard]] core::Time now() const noexcept { return now_; }

    /// The program at this machine does nothing until it goes on.
    void stall(std::size_t index, bool stalled) { machines_[index].stalled = stalled; }
    void restart(std::size_t index, std::uint64_t incarnation);
    /// A device on the way forgets the link's connections; who is told (0 dials).
    void break_line(const std::string& link, std::array<bool, 2> told);
    /// So many bytes arrive on a line that is held.
    void deliver(const std::string& link, std::size_t size);
    /// So many bytes may wait in a socket's queue.
    void set_queue(std::size_t size) { queue_ = size; }

    /// Until nothing more happens at this instant.
    void settle();
    /// Lets time pass, with all deadlines that fall into it.
    void advance(core::Duration time);
    /// To the next deadline, but no further than so.
    void advance_to_next(core::Duration most);
    /// All events so far, by machine.
    [[nodiscard]] std::vector<core::Event> take_events(std::size_t index);

  private:
    struct Place {
        std::unique_ptr<Machine> machine;
        Outsider* outsider = nullptr;
        bool stalled = false;
        std::vector<core::Event> events;
    };
    struct End {
        std::size_t machine = 0;
        core::ConnectionId id{};
        bool open = false;
        /// Written and not arrived, and whether an orderly end comes behind it.
        std::vector<std::byte> queue;
        bool closing = false;
        std::uint64_t delivered = 0;
        bool blocked = false;
        /// Why it is gone, once it is.
        std::optional<std::string> lost;
    };
    /// Ends: 0 dialled, 1 was dialled.
    struct Connection {
        std::string link;
        std::array<End, 2> ends;
        bool connecting = true;
        /// A device on the way has forgotten it: nothing arrives any more.
        bool broken = false;
    };

    [[nodiscard]] core::Node& node(const End& end) { return machines_[end.machine].machine->node(); }
    [[nodiscard]] bool stalled(const End& end) const { return machines_[end.machine].stalled; }
    /// Whether what this side sends gets to the other.
    [[nodiscard]] bool passes(const Connection& connection, std::size_t from) {
        return !connection.connecting && !connection.broken && !lines_[connection.link].cut[from];
    }
    bool run(std::size_t index);
    void carry_out(std::size_t index, const core::Action& action);
    void dial(std::size_t index, const core::Dial& dial);
    bool connect(Connection& connection);
    bool flush(std::size_t index, core::ConnectionId id);
    bool move(Connection& connection, std::size_t from, std::size_t most);
    bool lose(End& end, const std::string& cause);
    [[nodiscard]] std::pair<Connection*, std::size_t> find(std::size_t index, core::ConnectionId id);
    [[nodiscard]] core::Endpoints endpoints(const Connection& connection, std::size_t side) const;
    [[nodiscard]] core::Time next() const;
    void step(core::Time time);

    core::Time now_;
    std::vector<Place> machines_;
    std::map<std::string, Line> lines_;
    std::vector<std::unique_ptr<Connection>> connections_;
    std::size_t queue_ = std::size_t{256} << 10;
};

}  // namespace warmspare::fuzz
