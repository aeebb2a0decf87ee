// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Fields are initialised in the order in which they stand on the wire: braces evaluate from left to right.

#include "wire/bodies.hpp"

#include <bit>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/check.hpp"
#include "wire/reader.hpp"
#include "wire/shapes.hpp"

namespace warmspare::wire {

namespace {

Hello read_hello(Reader& in) {
    if (in.number<std::uint32_t>() != magic) in.fail(DecodeError::bad_magic);
    Hello hello{.version_min = in.number<std::uint16_t>(),
                .version_max = in.number<std::uint16_t>(),
                .node = in.name(),
                .peer = in.name(),
                .incarnation = in.number<std::uint64_t>(),
                .nonce = in.number<std::uint64_t>(),
                .link = in.link_name(),
                .circuit = in.name(),
                .priority = in.number<std::uint32_t>(),
                .process = in.name_or_none(),
                .link_id = in.number<std::uint32_t>(),
                .connection = in.number<std::uint64_t>()};
    in.require(hello.version_min <= hello.version_max && hello.link_id != no_link_id);
    // Later versions may have more to say here, and are to be refused by their number,
    // not by their length.
    if (hello.version_max > protocol_version) in.ignore_rest();
    return hello;
}

Welcome read_welcome(Reader& in) {
    return {.version = in.number<std::uint16_t>(),
            .node = in.name(),
            .incarnation = in.number<std::uint64_t>(),
            .nonce_echo = in.number<std::uint64_t>(),
            .nonce = in.number<std::uint64_t>()};
}

Confirm read_confirm(Reader& in) {
    return {.nonce_echo = in.number<std::uint64_t>()};
}

/// Reasons that are not listed are let through: whoever reads them has a general word for them.
template <class Reason>
Reason read_reason(Reader& in) {
    const auto reason = in.number<std::uint16_t>();
    in.require(reason != 0);
    return std::bit_cast<Reason>(reason);
}

Refuse read_refuse(Reader& in) {
    return {.reason = read_reason<RefuseReason>(in), .text = in.text()};
}

template <class TestOrReply>
TestOrReply read_test(Reader& in) {
    return {.number = in.number<std::uint64_t>(), .stamp = in.number<std::uint64_t>()};
}

TableRow read_row(Reader& in) {
    return {.link = in.link_name(),
            .circuit = in.name(),
            .priority = in.number<std::uint32_t>(),
            .process = in.name_or_none(),
            .dial_port = in.number<std::uint16_t>(),
            .accept_port = in.number<std::uint16_t>()};
}

TableProcess read_process(Reader& in) {
    return {.name = in.name(), .revertive = in.flag(), .wait_to_restore_ns = in.number<std::uint64_t>()};
}

LinkView read_link_view(Reader& in) {
    return {
        .link_id = in.number<std::uint32_t>(), .connection = in.number<std::uint64_t>(), .act = in.flag()};
}

Holding read_holding(Reader& in) {
    switch (in.number<std::uint8_t>()) {
        case std::to_underlying(Holding::assigned):
            return Holding::assigned;
        case std::to_underlying(Holding::restored):
            return Holding::restored;
        case std::to_underlying(Holding::waiting):
            return Holding::waiting;
        default:
            in.fail(DecodeError::malformed);
            return {};
    }
}

Assignment read_assignment(Reader& in) {
    return {.process = in.name(),
            .link_id = in.number<std::uint32_t>(),
            .connection = in.number<std::uint64_t>(),
            .moved = in.number<std::uint64_t>(),
            .holding = read_holding(in),
            .cause = in.text()};
}

/// `entry_size`: of the shortest entry.
template <class Entry>
std::vector<Entry> read_list(Reader& in, std::size_t entry_size, Entry (*read)(Reader&)) {
    const auto count = in.count(entry_size);
    std::vector<Entry> entries;
    entries.reserve(count);
    for (std::size_t i = 0; i < count && !in.failed(); ++i) entries.push_back(read(in));
    return entries;
}

std::string read_name(Reader& in) {
    return in.name();
}

Table read_table(Reader& in) {
    return {.misses = in.number<std::uint32_t>(),
            .rows = read_list(in, shortest_row, read_row),
            .processes = read_list(in, shortest_process, read_process)};
}

View read_view(Reader& in) {
    return {.version = in.number<std::uint64_t>(),
            .links = read_list(in, link_view_size, read_link_view),
            .wants = read_list(in, shortest_want, read_name)};
}

Assign read_assign(Reader& in) {
    return {.epoch = in.number<std::uint64_t>(),
            .assignments = read_list(in, shortest_assignment, read_assignment)};
}

template <class MovedOrSuspect>
MovedOrSuspect read_moved(Reader& in) {
    return {.epoch = in.number<std::uint64_t>(), .process = in.name()};
}

/// Whatever the bytes are.
Padding read_padding(Reader& in, std::size_t size) {
    in.ignore_rest();
    return {.size = static_cast<std::uint16_t>(size)};
}

Open read_open(Reader& in) {
    return {.stream = in.stream_id(), .process = in.name()};
}

Ack read_ack(Reader& in) {
    return {.stream = in.stream_id(),
            .received = in.number<std::uint64_t>(),
            .written = in.number<std::uint64_t>(),
            .limit = in.number<std::uint64_t>()};
}

Finish read_finish(Reader& in) {
    Finish finish{.stream = in.stream_id(), .final_offset = in.number<std::uint64_t>(), .digest = {}};
    in.require(finish.final_offset <= max_stream_size);
    if (in.flag()) finish.digest = in.number<std::uint64_t>();
    return finish;
}

Reset read_reset(Reader& in) {
    return {.stream = in.stream_id(), .reason = read_reason<ResetReason>(in), .text = in.text()};
}

Closed read_closed(Reader& in) {
    return {.stream = in.stream_id()};
}

Frame read(FrameType type, Reader& in, std::size_t size) {
    switch (type) {
        using enum FrameType;
        case hello:
            return read_hello(in);
        case welcome:
            return read_welcome(in);
        case confirm:
            return read_confirm(in);
        case refuse:
            return read_refuse(in);
        case test:
            return read_test<Test>(in);
        case reply:
            return read_test<Reply>(in);
        case table:
            return read_table(in);
        case view:
            return read_view(in);
        case assign:
            return read_assign(in);
        case moved:
            return read_moved<Moved>(in);
        case suspect:
            return read_moved<Suspect>(in);
        case padding:
            return read_padding(in, size);
        case open:
            return read_open(in);
        case ack:
            return read_ack(in);
        case finish:
            return read_finish(in);
        case reset:
            return read_reset(in);
        case closed:
            return read_closed(in);
        case goodbye:
            return Goodbye{};
        case data:
            break;
    }
    core::require(false, "bodies that are read are of a known type and not Data");
    std::unreachable();
}

}  // namespace

std::expected<Frame, DecodeError> decode_body(FrameType type, std::span<const std::byte> body) {
    Reader in{body};
    auto frame = read(type, in, body.size());
    if (const auto error = in.error()) return std::unexpected(*error);
    return frame;
}

std::expected<Data, DecodeError> decode_data_prefix(std::span<const std::byte> prefix,
                                                    std::size_t body_size) {
    Reader in{prefix};
    const Data data{.stream = in.stream_id(), .offset = in.number<std::uint64_t>(), .payload = {}};
    const auto payload_size = body_size - data_prefix_size;
    in.require(data.offset <= max_stream_size - payload_size);
    if (const auto error = in.error()) return std::unexpected(*error);
    return data;
}

}  // namespace warmspare::wire
