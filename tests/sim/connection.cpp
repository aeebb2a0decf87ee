// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "sim/connection.hpp"

#include <algorithm>
#include <utility>

namespace warmspare::sim {

using namespace std::chrono_literals;

Connection::Connection(Kernel& kernel, LinkPath& path, std::array<SocketOwner*, 2> owners)
    : kernel_{kernel},
      path_{path},
      ends_{End{.owner = owners[0]}, End{.owner = owners[1]}},
      pipes_{Pipe{kernel, path, Side::dialer}, Pipe{kernel, path, Side::acceptor}} {
}

bool Connection::over() const noexcept {
    if (ends_[0].state != State::gone || ends_[1].state == State::open) return false;
    return ends_[1].state == State::gone || pipes_[0].empty();
}

void Connection::clear() {
    for (auto& each : ends_) each.state = State::gone;
    for (auto& each : pipes_) each.clear();
}

void Connection::connect() {
    end(Side::dialer).state = State::connecting;
    if (path_.circuit->down[index(Side::dialer)]) {
        kernel_.scheduler.after(0s, [this] { lose(Side::dialer, "network is unreachable"); });
        return;
    }
    send(Side::dialer, Kind::syn);
}

// --- sending -----------------------------------------------------------------------------------------------

void Connection::send(Side from, Kind kind, std::uint64_t size, bool of_box) {
    pipe(from).send(kind, size, incoming(from).arrived(), of_box);
    arm(from);
}

std::size_t Connection::write(Side side, std::span<const std::span<const std::byte>> bytes) {
    if (!open(side)) return 0;
    const auto room = pipe(side).space();
    std::uint64_t offered = 0;
    std::uint64_t taken = 0;
    for (const auto span : bytes) {
        offered += span.size();
        const auto size = std::min<std::uint64_t>(span.size(), room - taken);
        pipe(side).append(span.first(size));
        taken += size;
    }
    for (std::uint64_t left = taken; left > 0;) {
        const auto size = std::min(left, kernel_.tcp.segment);
        send(side, Kind::data, size);
        left -= size;
    }
    end(side).writer_waits = taken < offered;
    watch_writer(side);
    return taken;
}

/// Looks again when there may be room for a waiting writer.
void Connection::watch_writer(Side side) {
    if (!end(side).writer_waits || !open(side)) return;
    const auto when = pipe(side).more_space_at();
    auto& watched = watched_at_[index(side)];
    if (when >= watched) return;
    watched = when;
    kernel_.scheduler.at(when, [this, side, when] {
        if (std::exchange(watched_at_[index(side)], core::never) == when) wake_writer(side);
    });
}

void Connection::wake_writer(Side side) {
    if (!end(side).writer_waits || !open(side)) return;
    if (pipe(side).space() == 0) return watch_writer(side);
    end(side).writer_waits = false;
    owner(side)->handle_writable(*this, side);
}

// --- arriving ----------------------------------------------------------------------------------------------

void Connection::arm(Side from) {
    if (!owner(other(from))->powered() || pipe(from).receiver_full()) return;
    const auto when = pipe(from).next_arrival();
    auto& armed = armed_at_[index(from)];
    if (when >= armed) return;
    armed = when;
    kernel_.scheduler.at(when, [this, from, when] {
        if (std::exchange(armed_at_[index(from)], core::never) == when) deliver(from);
    });
}

/// Everything that is here goes to the receiver's kernel, and its program hears of it once.
void Connection::deliver(Side from) {
    const auto to = other(from);
    const auto before = pipe(from).arrived();
    const bool ended = pipe(from).ended();
    while (deliver_next(from)) {
    }
    arm(from);
    if (pipe(from).arrived() == before && pipe(from).ended() == ended) return;
    pipe(from).acknowledge();
    for (const auto side : both_sides) watch_writer(side);
    if (open(to)) owner(to)->handle_readable(*this, to);
}

bool Connection::deliver_next(Side from) {
    const auto to = other(from);
    if (!owner(to)->powered() || pipe(from).receiver_full()) return false;
    const auto* segment = pipe(from).arriving();
    if (segment == nullptr) {
        if (from == Side::dialer) answer_for_acceptor();
        return false;
    }
    const auto taken = *segment;
    pipe(from).take();
    arrive(from, taken);
    return true;
}

void Connection::arrive(Side from, const Segment& segment) {
    auto& receiver = end(other(from));
    switch (segment.kind) {
        case Kind::syn:
            return answer_syn();
        case Kind::syn_ack:
        case Kind::established:
            return make(from);
        case Kind::data:
        case Kind::end:
            if (receiver.state != State::open) {
                if (!receiver.silent) send(other(from), Kind::reset);
                return;
            }
            incoming(from).handle_ack(segment.ack);
            return;
        case Kind::reset:
            lose(other(from),
                 receiver.state == State::connecting ? "connection refused" : "connection reset");
    }
}

void Connection::answer_syn() {
    const bool refused = path_.refusing() || !owner(Side::acceptor)->listening();
    send(Side::acceptor, refused ? Kind::reset : Kind::syn_ack);
    if (refused) end(Side::acceptor).state = State::gone;
}

/// A box that relays nothing ends TCP all the same: it makes the connection with who dials.
void Connection::answer_for_acceptor() {
    const bool of_box = path_.circuit->setup().box && path_.held(Side::dialer) && !path_.cut(Side::dialer);
    if (!of_box || answered_by_box_ || end(Side::dialer).state != State::connecting) return;
    answered_by_box_ = true;
    send(Side::acceptor, Kind::syn_ack, 0, true);
}

/// The next step of the handshake, when a segment of it has come from that end.
void Connection::make(Side from) {
    auto& receiver = end(other(from));
    if (from == Side::acceptor) {
        if (receiver.state == State::open && answered_by_box_) return;
        if (receiver.state != State::connecting) return send(Side::dialer, Kind::reset);
        receiver.state = State::open;
        send(Side::dialer, Kind::established);
        return receiver.owner->handle_connected(*this);
    }
    if (receiver.state != State::none) return;
    if (!receiver.owner->listening()) return send(Side::acceptor, Kind::reset);
    receiver.state = State::open;
    receiver.owner->handle_accept(*this);
}

void Connection::handle_path_changed() {
    for (const auto from : both_sides) {
        pipe(from).handle_path_changed();
        arm(from);
        watch_writer(from);
    }
}

// --- reading -----------------------------------------------------------------------------------------------

std::size_t Connection::read(Side side, std::span<std::byte> into) {
    const bool was_full = incoming(side).receiver_full();
    const auto size = incoming(side).read(into);
    if (was_full) arm(other(side));
    return size;
}

// --- ending ------------------------------------------------------------------------------------------------

void Connection::leave(Side side) {
    end(side).state = State::gone;
    incoming(side).stop_reading();
    arm(other(side));
}

void Connection::close(Side side) {
    if (!open(side)) return abort(side);
    send(side, Kind::end);
    leave(side);
}

void Connection::abort(Side side) {
    if (end(side).state == State::gone) return;
    const bool told = open(side);
    leave(side);
    pipe(side).forget();
    if (told) send(side, Kind::reset);
}

void Connection::vanish(Side side, bool silent) {
    if (!open(side) && end(side).state != State::connecting) return;
    end(side).silent = silent;
    pipe(side).forget();
    lose(side, "connection timed out");
}

void Connection::reset_from_outside() {
    for (const auto side : both_sides) {
        pipe(side).forget();
        if (end(side).state != State::none) lose(side, "connection reset");
    }
}

void Connection::lose(Side side, std::string_view cause) {
    if (end(side).state == State::gone) return;
    // What has arrived can still be read, so only the state changes here.
    end(side).state = State::gone;
    owner(side)->handle_lost(*this, side, cause);
}

}  // namespace warmspare::sim
