// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// One peer: its link table, tests, assignments and streams, built here and handed to each other. This type
// carries news between them and decides nothing itself:
//
//     connections, frames  ->  health, table  ->  protection (or following)  ->  assignments  ->  traffic
//
// Every handler ends in settle(), which takes all news to where they belong until there are none left.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/assignments.hpp"
#include "core/connections.hpp"
#include "core/detours.hpp"
#include "core/dial_places.hpp"
#include "core/dialer.hpp"
#include "core/event_queue.hpp"
#include "core/following.hpp"
#include "core/health_monitor.hpp"
#include "core/link_table.hpp"
#include "core/protection.hpp"
#include "core/traffic.hpp"

namespace warmspare::core {

class Peer {
  public:
    struct Surroundings {
        PeerIndex index;
        const NodeConfig& node;
        std::uint64_t incarnation;
        PeerBudget& budget;
        BlockPool& pool;
        Applications& applications;
        Connections& connections;
        EventQueue& events;
    };

    Peer(const Surroundings& surroundings, Time now);
    Peer(Peer&&) = delete;

    [[nodiscard]] const PeerConfig& config() const noexcept { return config_; }
    [[nodiscard]] Traffic& traffic() noexcept { return traffic_; }
    [[nodiscard]] const Traffic& traffic() const noexcept { return traffic_; }

    // --- connections of this peer ---

    void handle_connected(Connection& connection, Time now);
    void handle_welcome(Connection& connection, const wire::Welcome& welcome, Time now);
    void handle_refuse(Connection& connection, const wire::Refuse& refuse, Time now);
    /// Whether the link that this hello is for can be; otherwise why not.
    [[nodiscard]] std::optional<wire::Refuse> judge_hello(const wire::Hello& hello, Time now);
    /// The other node confirmed its hello. False: the connection must go.
    [[nodiscard]] bool handle_confirm(Connection& connection, Time now);
    void handle_closed(const Connection& connection, const std::string& cause, Time now);
    /// The same for a connection that is closed because its other end did against the rules.
    void handle_mistake(const Connection& connection, const std::string& cause, Time now);
    /// A frame on a live connection. Whether to go on with the connection's bytes, or why it must be closed.
    template <class Frame>
    [[nodiscard]] std::expected<bool, std::string_view> handle_frame(Connection& connection,
                                                                     const Frame& frame, Time now);
    void handle_heard(const Connection& connection, Time now) { health_.handle_heard(*connection.link, now); }
    /// So much of the payload that is under way on a live connection went to its application unread.
    void handle_passed(Connection& connection, std::size_t size, Time now);
    void handle_evidence(const Connection& connection, const Evidence& evidence, Time now);
    /// Puts a batch together for a live connection.
    void fill(Connection& connection, Time now);

    // --- time and applications ---

    /// Whether a new stream of this process is refused because there is no link for it.
    [[nodiscard]] bool refuses_streams(ProcessIndex process) const;
    /// Any link in use, or any process waiting: the start timer runs.
    [[nodiscard]] bool busy() const noexcept { return busy_; }
    void test_all(Duration interval, Time now);
    [[nodiscard]] Time next_deadline() const;
    void to_be_judged(Time now, std::vector<ConnectionId>& connections) const;
    void handle_deadline(Time now);
    /// Takes news to where they belong. To be called after anything was done to traffic() directly.
    void settle(Time now);
    void shut_down(Time now);

    [[nodiscard]] PeerStatus status() const;

  private:
    static constexpr std::uint64_t all_epochs = ~std::uint64_t{0};
    /// A peer whose mistakes are this many different ones is not worth more events.
    static constexpr std::size_t most_reports = 1000;
    static constexpr std::size_t most_troubles = 8;

    struct Link {
        Dialer dialer;
        /// The connection that is dialled or greeted, before it is the row's.
        std::optional<ConnectionId> attempt;
        /// Connections dialled so far.
        std::uint64_t dialled = 0;
        /// What the other node calls this link, once it has said so.
        std::uint32_t id = wire::no_link_id;
        /// The troubles reported since it was last ACT, so that each is reported once.
        std::set<std::string> troubles;
    };
    /// Where the traffic of a process goes, and what leads it there.
    struct Way {
        std::optional<ConnectionId> connection;
        /// Bytes that were sent again when it came there.
        std::uint64_t replayed = 0;
        /// When a stream was first heard there, if it began as a detour.
        std::optional<Time> answered;
        bool suspect_due = false;
        /// The epoch of the Moved to be sent; stays if the way changes before that.
        std::optional<std::uint64_t> moved_due;
    };
    /// A switch whose traffic has not been heard of on the new link.
    struct Resumption {
        ProcessIndex process;
        std::uint64_t epoch;
        Time since;
        std::uint64_t replayed;
        /// When the traffic moved again before the switch, on a detour.
        std::optional<Time> at;
    };

    // connections
    void handle_dialer(LinkIndex index, Time now);
    void dial(LinkIndex index);
    void end_attempt(LinkIndex index, Time now);
    [[nodiscard]] bool admit(std::uint64_t incarnation, const Connection& connection, Time now);
    void start_new_life(const std::string& cause, Time now);
    void link_up(Connection& connection, std::uint64_t number, Duration round_trip, Time now);
    void link_down(LinkIndex index, const std::string& cause, Time now);
    void leave_if_lossy(LinkIndex index, Time now);
    void drop_unlisted(const std::vector<bool>& listed, Time now);
    void attempt_failed(LinkIndex index, const std::string& cause, Time now);
    void note_dialer(LinkIndex index);
    [[nodiscard]] std::optional<LinkIndex> link_with_id(std::uint32_t id) const;

    // frames
    FrameResult take(Connection& connection, const wire::Reply& frame, Time now);
    FrameResult take(Connection& connection, const wire::Table& frame, Time now);
    FrameResult take(Connection& connection, const wire::View& frame, Time now);
    FrameResult take(Connection& connection, const wire::Assign& frame, Time now);
    FrameResult take(Connection& connection, const wire::Moved& frame, Time now);
    FrameResult take(Connection& connection, const wire::Suspect& frame, Time now);
    FrameResult take(Connection&, const wire::Padding&, Time) { return {}; }
    FrameResult take(Connection& connection, const wire::Refuse& frame, Time now);
    FrameResult take(Connection& connection, const wire::Goodbye& frame, Time now);
    template <class Frame>
    FrameResult take(Connection& connection, const Frame& frame, Time now);

    // traffic
    void take_traffic_news(Time now);
    void note_demand(ProcessIndex process, Time now);
    [[nodiscard]] Connection* carrier(ProcessIndex process) const;
    void update_ways(Time now);
    void update_way(ProcessIndex process, Time now);
    /// With the detours as they are.
    void take_way(ProcessIndex process, Time now);
    void note_stream_heard(const Connection& connection, Time now);
    void lead(ProcessIndex process, Connection& connection);
    void expect_resumption(ProcessIndex process, Time since, Time now);
    void resume(ProcessIndex process, std::uint64_t epoch, Time now);

    // news
    bool take_health_news(Time now);
    bool take_decisions(Time now);
    void give_up_waiting(Time now);
    void apply(const Decision& decision, Time now);
    void send_tests(Time now);
    void send_lists(Time now);
    [[nodiscard]] std::vector<Connection*> messengers() const;
    [[nodiscard]] wire::View view() const;
    void tell(Connection& connection);
    void tell_soon(Connection& connection);
    [[nodiscard]] Time find_give_up() const;
    [[nodiscard]] bool find_busy() const;
    void apply_rules(Time now);
    void complain_of_silence(Time now);

    [[nodiscard]] Event event(EventKind kind, Time now) const;
    [[nodiscard]] Event link_event(EventKind kind, LinkIndex link, Time now) const;
    [[nodiscard]] bool spared(LinkIndex link, Time now) const;
    void report_down(LinkIndex link, bool was_act, Time now);
    void report(LinkIndex link, const std::string& trouble, Time now);

    const PeerConfig& config_;
    Surroundings env_;
    /// The other node's incarnation, once one of its connections was accepted.
    std::optional<std::uint64_t> life_;
    /// When a life was last accepted.
    Time life_since_{};
    LinkTable table_;
    HealthMonitor health_;
    Assignments assignments_;
    /// One of the two, as this node dials or is dialled.
    std::optional<Protection> protection_;
    std::optional<Following> following_;
    Traffic traffic_;
    Detours detours_;

    std::vector<Link> links_;
    /// By process.
    std::vector<Way> ways_;
    Deadlines dial_deadlines_;
    DialPlaces dial_places_;
    /// By process: whether there are streams here, and whether the other node has said that it has some.
    std::vector<bool> wanted_here_;
    std::vector<bool> wanted_there_;
    std::uint64_t view_version_ = 0;
    std::uint64_t heard_view_ = 0;
    std::vector<Resumption> resumptions_;
    std::set<std::string> reported_differences_;
    Time give_up_at_ = never;
    /// When it is time to say that nobody has dialled.
    Time lonely_at_ = never;
    /// Something that the rules read has changed.
    bool rules_due_ = false;
    /// The other node has to be told the view or the assignments.
    bool lists_due_ = false;
    bool ending_ = false;
    bool busy_ = false;
    std::vector<ProcessIndex> changed_;
};

/// All others are frames of streams, or have no place here.
template <class Frame>
FrameResult Peer::take(Connection& connection, const Frame& frame, Time now) {
    if constexpr (requires { traffic_.handle(frame, now); }) {
        note_stream_heard(connection, now);
        return traffic_.handle(frame, now);
    } else if constexpr (requires(wire::Buffer& answers) { traffic_.handle(frame, answers, now); }) {
        note_stream_heard(connection, now);
        return traffic_.handle(frame, connection.transceiver.outbox().control(), now);
    } else {
        return std::unexpected("sends a frame that has no place here");
    }
}

template <class Frame>
std::expected<bool, std::string_view> Peer::handle_frame(Connection& connection, const Frame& frame,
                                                         Time now) {
    const auto id = connection.id;
    if (const auto result = take(connection, frame, now); !result) return std::unexpected(result.error());
    // Some frames end connections, this one among them.
    const auto* still = env_.connections.find(id);
    return still && still->stage == Stage::live;
}

}  // namespace warmspare::core
