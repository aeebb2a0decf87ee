// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "sim/connection.hpp"

#include <algorithm>
#include <utility>

namespace warmspare::sim {

using namespace std::chrono_literals;

namespace {

/// How long after a repair TCP's own back-off may keep silent.
constexpr core::Duration longest_backoff = 1s;
/// Two full segments are acknowledged at once, less with a delay.
constexpr std::size_t prompt_ack_size = 2896;

}  // namespace

Connection::Connection(Kernel& kernel, LinkPath& path, std::array<SocketOwner*, 2> owners)
    : kernel_{kernel}, path_{path} {
    for (const auto side : both_sides) ends_[index(side)].owner = owners[index(side)];
}

bool Connection::over() const noexcept {
    return std::ranges::all_of(ends_, [](const End& end) { return end.state == State::gone; });
}

void Connection::connect() {
    ends_[index(Side::dialer)].state = State::connecting;
    if (path_.circuit->down[index(Side::dialer)]) {
        kernel_.scheduler.after(0s, [this] { lose(Side::dialer, "network is unreachable"); });
        return;
    }
    send(Side::dialer, Kind::syn);
}

// --- sending -----------------------------------------------------------------------------------------------

std::uint64_t Connection::space(Side side) const {
    const auto& pipe = pipes_[index(side)];
    std::uint64_t unsent = 0;
    for (auto it = pipe.segments.rbegin();
         it != pipe.segments.rend() && it->departs > kernel_.scheduler.now(); ++it)
        unsent += it->bytes.size();
    const auto outstanding = pipe.written - pipe.acked;
    if (unsent >= kernel_.tcp.unsent_limit || outstanding >= kernel_.tcp.send_buffer) return 0;
    return kernel_.tcp.send_buffer - outstanding;
}

std::size_t Connection::write(Side side, std::span<const std::span<const std::byte>> bytes) {
    if (!open(side)) return 0;
    auto& pipe = pipes_[index(side)];
    const auto room = space(side);
    std::size_t taken = 0;
    bool all = true;
    std::vector<std::byte> segment;
    for (const auto span : bytes) {
        for (std::size_t from = 0; from < span.size();) {
            const auto size =
                std::min({span.size() - from, room - taken, kernel_.tcp.segment - segment.size()});
            segment.insert(segment.end(), span.begin() + from, span.begin() + from + size);
            from += size;
            taken += size;
            if (segment.size() == kernel_.tcp.segment) send(side, Kind::data, std::exchange(segment, {}));
            if (taken == room) break;
        }
        if (taken == room) break;
    }
    std::size_t offered = 0;
    for (const auto span : bytes) offered += span.size();
    all = taken == offered;
    if (!segment.empty()) send(side, Kind::data, std::move(segment));
    pipe.writer_waits = !all;
    if (!all) wake_writer(side);
    return taken;
}

/// Tells a waiting writer when there is room; if that will come by itself as bytes leave, looks again then.
void Connection::wake_writer(Side side) {
    auto& pipe = pipes_[index(side)];
    if (!pipe.writer_waits || !open(side)) return;
    const auto now = kernel_.scheduler.now();
    if (space(side) > 0) {
        kernel_.scheduler.after(0s, [this, side] {
            auto& waiting = pipes_[index(side)].writer_waits;
            if (open(side) && std::exchange(waiting, false)) owner(side)->handle_writable(*this, side);
        });
        return;
    }
    const auto unsent =
        std::ranges::find_if(pipe.segments, [&](const Segment& s) { return s.departs > now; });
    if (unsent != pipe.segments.end())
        kernel_.scheduler.at(unsent->departs, [this, side] { wake_writer(side); });
}

void Connection::send(Side from, Kind kind, std::vector<std::byte> bytes) {
    auto& pipe = pipes_[index(from)];
    const auto now = kernel_.scheduler.now();
    pipe.written += bytes.size();
    Segment segment{.kind = kind, .bytes = std::move(bytes), .ack = pipes_[index(other(from))].arrived};
    segment.departs = path_.circuit->serialize(from, segment.bytes.size() + 60, now);
    const auto transit = path_.circuit->transit(kernel_.random);
    pipe.sent += 1 + transit.losses;
    pipe.lost += transit.losses;
    segment.arrives = segment.departs + transit.time;
    if (!pipe.segments.empty()) segment.arrives = std::max(segment.arrives, pipe.segments.back().arrives);
    pipe.segments.push_back(std::move(segment));
    arm(from);
}

// --- arriving ----------------------------------------------------------------------------------------------

void Connection::arm(Side from) {
    auto& pipe = pipes_[index(from)];
    if (pipe.armed || pipe.segments.empty()) return;
    pipe.armed = true;
    kernel_.scheduler.at(pipe.segments.front().arrives, [this, from] { deliver(from); });
}

void Connection::deliver(Side from) {
    auto& pipe = pipes_[index(from)];
    pipe.armed = false;
    if (pipe.segments.empty()) return;
    if (pipe.segments.front().arrives > kernel_.scheduler.now()) return arm(from);
    if (path_.blocked(from)) {
        // A reset is sent once. Everything else is sent again until it comes through.
        if (pipe.segments.front().kind == Kind::reset) {
            pipe.segments.pop_front();
            arm(from);
        }
        return;
    }
    if (pipe.segments.front().kind == Kind::data && open(other(from)) &&
        pipe.unread.size() - pipe.read_to >= kernel_.tcp.receive_buffer)
        return;
    auto segment = std::move(pipe.segments.front());
    pipe.segments.pop_front();
    arm(from);
    arrive(from, std::move(segment));
}

void Connection::arrive(Side from, Segment segment) {
    auto& receiver = ends_[index(other(from))];
    switch (segment.kind) {
        case Kind::syn:
            return answer_syn();
        case Kind::syn_ack:
            if (receiver.state != State::connecting) return send(Side::dialer, Kind::reset);
            receiver.state = State::open;
            send(Side::dialer, Kind::established);
            return receiver.owner->handle_connected(*this);
        case Kind::established:
            if (receiver.state != State::none) return;
            if (!receiver.owner->listening()) return send(Side::acceptor, Kind::reset);
            receiver.state = State::open;
            return receiver.owner->handle_accept(*this);
        case Kind::data:
        case Kind::end:
            if (receiver.state == State::open) return arrive_data(from, std::move(segment));
            if (!receiver.silent) send(other(from), Kind::reset);
            return;
        case Kind::reset:
            if (receiver.state != State::gone)
                lose(other(from),
                     receiver.state == State::connecting ? "connection refused" : "connection reset");
    }
}

void Connection::answer_syn() {
    const auto& owner = *ends_[index(Side::acceptor)].owner;
    const bool refused = path_.refusing || path_.circuit->refusing || !owner.listening();
    send(Side::acceptor, refused ? Kind::reset : Kind::syn_ack);
    if (refused) ends_[index(Side::acceptor)].state = State::gone;
}

void Connection::arrive_data(Side from, Segment segment) {
    auto& pipe = pipes_[index(from)];
    pipe.unread.insert(pipe.unread.end(), segment.bytes.begin(), segment.bytes.end());
    pipe.arrived += segment.bytes.size();
    pipe.ended = segment.kind == Kind::end;
    take_ack(other(from), segment.ack);
    acknowledge(from);
    owner(other(from))->handle_readable(*this, other(from));
}

void Connection::acknowledge(Side from) {
    auto& pipe = pipes_[index(from)];
    if (pipe.arrived - pipe.acked >= prompt_ack_size || kernel_.tcp.delayed_ack == 0s) return send_ack(from);
    if (std::exchange(pipe.ack_delayed, true)) return;
    kernel_.scheduler.after(kernel_.tcp.delayed_ack, [this, from] {
        pipes_[index(from)].ack_delayed = false;
        send_ack(from);
    });
}

/// Acknowledges what has arrived of the direction `from`; the network may lose it.
void Connection::send_ack(Side from) {
    auto& pipe = pipes_[index(from)];
    if (pipe.acked == pipe.arrived) return;
    ++pipe.acks_under_way;
    const auto transit = path_.circuit->setup().delay;
    kernel_.scheduler.after(transit, [this, from, arrived = pipe.arrived] {
        --pipes_[index(from)].acks_under_way;
        if (!path_.blocked(other(from))) take_ack(from, arrived);
    });
}

void Connection::take_ack(Side sender, std::uint64_t acked) {
    auto& pipe = pipes_[index(sender)];
    if (acked <= pipe.acked) return;
    pipe.acked = acked;
    wake_writer(sender);
}

void Connection::handle_path_changed() {
    for (const auto from : both_sides) {
        auto& pipe = pipes_[index(from)];
        const auto now = kernel_.scheduler.now();
        if (!path_.blocked(from) && !pipe.armed && !pipe.segments.empty()) {
            auto& front = pipe.segments.front();
            front.arrives = now + path_.circuit->setup().delay + kernel_.random.duration(0s, longest_backoff);
            arm(from);
        }
        if (!path_.blocked(other(from)) && pipe.acked < pipe.arrived && pipe.acks_under_way == 0 &&
            open(from))
            kernel_.scheduler.after(kernel_.random.duration(0s, longest_backoff),
                                    [this, from] { send_ack(from); });
    }
}

// --- reading -----------------------------------------------------------------------------------------------

std::size_t Connection::readable(Side side) const noexcept {
    const auto& pipe = pipes_[index(other(side))];
    return pipe.unread.size() - pipe.read_to;
}

std::vector<std::byte> Connection::read(Side side, std::size_t most) {
    auto& pipe = pipes_[index(other(side))];
    const auto size = std::min(most, pipe.unread.size() - pipe.read_to);
    const auto begin = pipe.unread.begin() + static_cast<std::ptrdiff_t>(pipe.read_to);
    std::vector<std::byte> bytes(begin, begin + static_cast<std::ptrdiff_t>(size));
    pipe.read_to += size;
    if (pipe.read_to == pipe.unread.size()) {
        pipe.unread.clear();
        pipe.read_to = 0;
    }
    arm(other(side));
    return bytes;
}

bool Connection::at_end(Side side) const noexcept {
    return pipes_[index(other(side))].ended && readable(side) == 0;
}

// --- ending ------------------------------------------------------------------------------------------------

void Connection::leave(Side side) {
    ends_[index(side)].state = State::gone;
    auto& incoming = pipes_[index(other(side))];
    incoming.unread = {};
    incoming.read_to = 0;
    arm(other(side));
}

void Connection::close(Side side) {
    if (!open(side)) return abort(side);
    send(side, Kind::end);
    leave(side);
}

void Connection::abort(Side side) {
    if (ends_[index(side)].state == State::gone) return;
    const bool told = ends_[index(side)].state == State::open;
    leave(side);
    auto& segments = pipes_[index(side)].segments;
    const auto now = kernel_.scheduler.now();
    while (!segments.empty() && segments.back().departs > now) segments.pop_back();
    if (told) send(side, Kind::reset);
}

void Connection::vanish(Side side, bool silent) {
    if (!open(side)) return;
    ends_[index(side)].silent = silent;
    lose(side, "connection timed out");
}

void Connection::reset_from_outside() {
    for (const auto side : both_sides) {
        pipes_[index(side)].segments.clear();
        if (ends_[index(side)].state != State::none) lose(side, "connection reset");
    }
}

void Connection::lose(Side side, std::string_view cause) {
    if (ends_[index(side)].state == State::gone) return;
    // What has arrived can still be read, so only the state changes here.
    ends_[index(side)].state = State::gone;
    owner(side)->handle_lost(*this, side, cause);
}

}  // namespace warmspare::sim
