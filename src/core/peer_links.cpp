// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// The connections of a peer's links: dialled, greeted, accepted, lost.

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/handshake.hpp"
#include "core/nonce.hpp"
#include "core/peer.hpp"

namespace warmspare::core {

void Peer::handle_dialer(LinkIndex index, Time now) {
    auto& link = links_[index.value];
    if (link.dialer.wanted(now) == Dialer::Action::give_up) {
        if (link.attempt) env_.connections.abort(*link.attempt);
        attempt_failed(index, "no answer", now);
    }
    if (link.dialer.wanted(now) != Dialer::Action::dial) return note_dialer(index);
    if (!dial_places_.take(index)) return dial_deadlines_.set(index.value, never);
    link.dialer.handle_dialled(now);
    note_dialer(index);
    dial(index);
}

void Peer::dial(LinkIndex index) {
    auto& link = links_[index.value];
    auto& connection = env_.connections.add(Stage::connecting);
    connection.peer = env_.index;
    connection.link = index;
    link.attempt = connection.id;
    ++link.dialled;
    env_.connections.dial(connection);
}

void Peer::handle_connected(Connection& connection, Time now) {
    const auto index = *connection.link;
    const auto& row = config_.links[index.value];
    connection.stage = Stage::greeting;
    connection.greeted_at = now;
    connection.nonce = make_nonce(env_.incarnation, connection.id);
    links_[index.value].dialer.handle_connected(now);
    note_dialer(index);
    encode(connection.transceiver.outbox().control(), wire::Hello{.node = env_.node.name,
                                                                  .peer = config_.name,
                                                                  .incarnation = env_.incarnation,
                                                                  .nonce = connection.nonce,
                                                                  .link = row.name,
                                                                  .circuit = row.circuit,
                                                                  .priority = row.priority,
                                                                  .process = row.process,
                                                                  .link_id = index.value,
                                                                  .connection = links_[index.value].dialled});
    env_.connections.mark_ready(connection);
}

void Peer::handle_welcome(Connection& connection, const wire::Welcome& welcome, Time now) {
    const auto index = *connection.link;
    const auto fail = [&](const std::string& cause) {
        env_.connections.abort(connection.id);
        attempt_failed(index, cause, now);
    };
    if (welcome.nonce_echo != connection.nonce) return fail("the answer to another hello came back");
    if (welcome.node != config_.name)
        return fail(fmt::format("the node there calls itself {} and not {}", welcome.node, config_.name));
    if (!admit(welcome.incarnation, connection, now)) {
        fail(fmt::format("{} has been started anew while its former links still answer", config_.name));
        links_[index.value].dialer.retry_soon(now);
        return note_dialer(index);
    }
    // Before the first test, which link_up() sends.
    encode(connection.transceiver.outbox().urgent(), wire::Confirm{welcome.nonce});
    link_up(connection, links_[index.value].dialled, now - connection.greeted_at, now);
}

void Peer::handle_refuse(Connection& connection, const wire::Refuse& refuse, Time now) {
    const auto index = *connection.link;
    env_.connections.abort(connection.id);
    attempt_failed(index, fmt::format("refused by {}: {}", config_.name, refuse.text), now);
    if (refuse.reason == wire::RefuseReason::already_connected) links_[index.value].dialer.retry_soon(now);
    note_dialer(index);
}

std::optional<wire::Refuse> Peer::judge_hello(const wire::Hello& hello, Time now) {
    if (ending_) return wire::Refuse{wire::RefuseReason::shutting_down, env_.node.name + " is shutting down"};
    auto refuse = judge(hello, env_.node.name, config_);
    if (refuse) {
        if (reported_differences_.size() < most_reports &&
            reported_differences_.insert(refuse->text).second) {
            auto error = event(EventKind::error, now);
            error.link = hello.link;
            error.cause = refuse->text;
            env_.events.emit(std::move(error));
        }
        return refuse;
    }
    const bool stale = life_ == hello.incarnation &&
                       hello.connection <= table_.row(*table_.find(hello.link)).connection_number;
    if (stale || (life_ && life_ != hello.incarnation && table_.any_connected())) {
        if (!stale) test_all({}, now);
        return wire::Refuse{wire::RefuseReason::already_connected,
                            fmt::format("another {} is still connected", hello.node)};
    }
    return std::nullopt;
}

bool Peer::handle_confirm(Connection& connection, Time now) {
    const auto hello = std::move(connection.hello);
    const auto index = table_.find(hello->link);
    if (!index || ending_ || !admit(hello->incarnation, connection, now)) return false;
    if (table_.row(*index).connection) {
        link_down(*index, "replaced by a new connection", now);
        // What is news of the old connection must not be taken for the new one's.
        settle(now);
    }
    connection.link = index;
    links_[index->value].id = hello->link_id;
    link_up(connection, hello->connection, now - connection.greeted_at, now);
    return true;
}

/// Whether connections of this life of the other node may be accepted: of another one only when all links of
/// the former are gone. Until then those are tested, so that this is soon known. What was greeted before this
/// life was accepted is of an earlier one: its last words were held up on the way.
bool Peer::admit(std::uint64_t incarnation, const Connection& connection, Time now) {
    if (life_ == incarnation) return true;
    if (table_.any_connected()) {
        test_all({}, now);
        return false;
    }
    if (connection.greeted_at < life_since_) return false;
    if (life_) start_new_life(config_.name + " was started anew", now);
    life_ = incarnation;
    life_since_ = now;
    return true;
}

void Peer::start_new_life(const std::string& cause, Time now) {
    traffic_.abandon(cause, now);
    for (std::uint32_t i = 0; i < assignments_.processes().size(); ++i) resume({i}, all_epochs, now);
    if (protection_) protection_->clear();
    if (following_) following_->clear();
    life_.reset();
    heard_view_ = 0;
    wanted_here_.assign(wanted_here_.size(), false);
    wanted_there_.assign(wanted_there_.size(), false);
    reported_differences_.clear();
    ways_.assign(ways_.size(), {});
    for (std::uint32_t i = 0; i < links_.size(); ++i) {
        table_.forget_number({i});
        links_[i].id = wire::no_link_id;
    }
    rules_due_ = lists_due_ = true;
}

void Peer::link_up(Connection& connection, std::uint64_t number, Duration round_trip, Time now) {
    const auto index = *connection.link;
    auto& link = links_[index.value];
    const bool first = !table_.any_connected();
    connection.stage = Stage::live;
    connection.transceiver.accept();
    end_attempt(index, now);
    link.dialer.handle_up();
    note_dialer(index);
    table_.connect(index, connection.id, number, connection.endpoints, now);
    if (following_) table_.set_peer_view(index, PeerView::act, now);
    health_.handle_up(index, round_trip, now);
    if (first)
        encode(connection.transceiver.outbox().control(), describe_table(config_, env_.node.health.misses));
    rules_due_ = lists_due_ = true;
    const auto id = connection.id;
    settle(now);
    if (auto* still = env_.connections.find(id)) tell_soon(*still);
}

void Peer::handle_closed(const Connection& connection, const std::string& cause, Time now) {
    if (!connection.link) return;
    const auto index = *connection.link;
    if (table_.row(index).connection == connection.id)
        link_down(index, cause, now);
    else if (links_[index.value].attempt == connection.id)
        attempt_failed(index, cause, now);
    settle(now);
}

/// A link that was SBY already goes down without a word, and nobody would hear of the mistake.
void Peer::handle_mistake(const Connection& connection, const std::string& cause, Time now) {
    const auto& row = table_.row(*connection.link);
    if (row.connection == connection.id && row.condition == Condition::sby)
        report(*connection.link, cause, now);
    handle_closed(connection, cause, now);
}

void Peer::link_down(LinkIndex index, const std::string& cause, Time now) {
    env_.connections.abort(*table_.row(index).connection);
    table_.set_cause(index, cause);
    health_.handle_down(index);
    table_.disconnect(index);
    auto& link = links_[index.value];
    if (config_.dial && !ending_) link.dialer.handle_down(now);
    note_dialer(index);
    // Lists that were told on it may have been lost with it.
    rules_due_ = lists_due_ = true;
}

/// Loss is failure too (S13), but a link that loses much is better than none, and than another of its kind.
void Peer::leave_if_lossy(LinkIndex index, Time now) {
    const auto& holder = table_.row(index).holder;
    if (!holder || !health_.loss(index).lossy()) return;
    const auto better = select_link(table_, *holder, [&](LinkIndex other) {
        const bool good = other != index && table_.row(other).fit() && !health_.lossy(other, now);
        return good ? Fitness::fit : Fitness::unfit;
    });
    if (better.fitness != Fitness::fit) return;
    link_down(index, fmt::format("loses {} % of what is sent", health_.loss(index).percent()), now);
    // Its end must not be taken for that of the connection that comes next.
    settle(now);
}

void Peer::end_attempt(LinkIndex index, Time now) {
    auto& link = links_[index.value];
    if (!std::exchange(link.attempt, std::nullopt)) return;
    if (const auto next = dial_places_.leave(index)) dial_deadlines_.set(next->value, now);
}

void Peer::attempt_failed(LinkIndex index, const std::string& cause, Time now) {
    auto& link = links_[index.value];
    end_attempt(index, now);
#ifdef WARMSPARE_MUTANT_DIAL_ONCE
    link.dialer.stop();
#else
    link.dialer.handle_down(now);
#endif
    note_dialer(index);
    report(index, cause, now);
}

void Peer::report(LinkIndex index, const std::string& trouble, Time now) {
    auto& link = links_[index.value];
    if (link.troubles.size() >= most_troubles || !link.troubles.insert(trouble).second) return;
    auto error = link_event(EventKind::error, index, now);
    error.cause = trouble;
    env_.events.emit(std::move(error));
}

void Peer::note_dialer(LinkIndex index) {
    dial_deadlines_.set(index.value, links_[index.value].dialer.next_deadline());
}

std::optional<LinkIndex> Peer::link_with_id(std::uint32_t id) const {
    if (config_.dial) return id < links_.size() ? std::optional{LinkIndex{id}} : std::nullopt;
    const auto found = std::ranges::find_if(links_, [&](const Link& link) { return link.id == id; });
    if (id == wire::no_link_id || found == links_.end()) return std::nullopt;
    return LinkIndex{static_cast<std::uint32_t>(found - links_.begin())};
}

}  // namespace warmspare::core
