// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Frames of a peer's live connections, other than those of streams.

#include <algorithm>

#include "core/handshake.hpp"
#include "core/peer.hpp"

namespace warmspare::core {

FrameResult Peer::take(Connection& connection, const wire::Reply& frame, Time now) {
    health_.handle_reply(*connection.link, frame, now);
    // An answered test may be what a request waits for.
    rules_due_ = rules_due_ || (protection_ && protection_->undecided());
    return {};
}

FrameResult Peer::take(Connection&, const wire::Table& frame, Time now) {
    const auto own = describe_table(config_, env_.node.health.misses);
    for (const auto& difference : differences(own, frame, env_.node.name, config_.name)) {
        if (reported_differences_.size() >= most_reports || !reported_differences_.insert(difference).second)
            continue;
        auto error = event(EventKind::error, now);
        error.cause = difference;
        env_.events.emit(std::move(error));
    }
    return {};
}

FrameResult Peer::take(Connection&, const wire::View& frame, Time now) {
    if (!protection_) return std::unexpected("sends a view although it owns the assignments");
    if (frame.version < heard_view_) return {};
    heard_view_ = frame.version;
    std::vector<bool> listed(links_.size());
    for (const auto& link : frame.links) {
        if (link.link_id >= links_.size()) return std::unexpected("names a link that does not exist");
        const auto& row = table_.row({link.link_id});
        if (!row.connection || row.connection_number != link.connection) continue;
        listed[link.link_id] = true;
        // A connection that the other node has never called ACT is not SBY to it but not decided.
        const auto view = link.act                             ? PeerView::act
                          : row.peer_view == PeerView::unknown ? PeerView::unknown
                                                               : PeerView::sby;
        if (row.fit() && !link.act) table_.set_cause({link.link_id}, config_.name + " has no answer on it");
        table_.set_peer_view({link.link_id}, view, now);
    }
    drop_unlisted(listed, now);
    for (std::uint32_t i = 0; i < wanted_there_.size(); ++i) {
        const bool wanted = std::ranges::find(frame.wants, config_.processes[i].name) != frame.wants.end();
        if (wanted == wanted_there_[i]) continue;
        wanted_there_[i] = wanted;
        note_demand({i}, now);
    }
    rules_due_ = true;
    return {};
}

/// A connection that the other node once listed and now does not is gone there, and out of a black hole no
/// reset comes to tell.
void Peer::drop_unlisted(const std::vector<bool>& listed, Time now) {
    for (std::uint32_t i = 0; i < links_.size(); ++i) {
        const auto& row = table_.row({i});
        if (row.connection && row.peer_view != PeerView::unknown && !listed[i])
            link_down({i}, config_.name + " has no answer on it", now);
    }
}

FrameResult Peer::take(Connection&, const wire::Assign& frame, Time now) {
    if (!following_) return std::unexpected("sends assignments that it does not own");
    following_->handle_assign(frame, [&](std::uint32_t id) { return link_with_id(id); }, now);
    // What comes behind it on this link is already of the new state.
    take_decisions(now);
    rules_due_ = true;
    return {};
}

FrameResult Peer::take(Connection& connection, const wire::Moved& frame, Time now) {
    const auto process = assignments_.find(frame.process);
    if (!process) return {};
    const auto& row = assignments_.process(*process);
    if (row.holding == Holding::in_use && row.link == connection.link) resume(*process, frame.epoch, now);
    return {};
}

/// Doubts go for the assignment that they are about, and no longer than until the link answers.
FrameResult Peer::take(Connection&, const wire::Suspect& frame, Time now) {
    const auto process = assignments_.find(frame.process);
    if (!process) return {};
    const auto& row = assignments_.process(*process);
    if (row.holding == Holding::in_use && row.moved == frame.epoch) health_.suspect(*row.link, now);
    return {};
}

/// It crossed with our confirm.
FrameResult Peer::take(Connection& connection, const wire::Refuse& frame, Time now) {
    link_down(*connection.link, "refused by " + config_.name + ": " + frame.text, now);
    return {};
}

FrameResult Peer::take(Connection&, const wire::Goodbye&, Time now) {
    const auto cause = config_.name + " ended";
    for (std::uint32_t i = 0; i < links_.size(); ++i)
        if (table_.row({i}).connection) link_down({i}, cause, now);
    start_new_life(cause, now);
    return {};
}

}  // namespace warmspare::core
