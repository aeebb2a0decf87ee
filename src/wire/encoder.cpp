// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "wire/encoder.hpp"

#include <utility>

#include "core/check.hpp"
#include "wire/writer.hpp"

namespace warmspare::wire {

void encode(Buffer& out, const Hello& frame) {
    core::require(frame.version_min <= frame.version_max, "a range of versions is not empty");
    core::require(frame.link_id != no_link_id, "a link's id is not the one that means none");
    Writer to{out, FrameType::hello};
    to.number(magic);
    to.number(frame.version_min);
    to.number(frame.version_max);
    to.name(frame.node);
    to.name(frame.peer);
    to.number(frame.incarnation);
    to.number(frame.nonce);
    to.link_name(frame.link);
    to.name(frame.circuit);
    to.number(frame.priority);
    to.name_or_none(frame.process);
    to.number(frame.link_id);
    to.number(frame.connection);
    to.finish();
}

void encode(Buffer& out, const Welcome& frame) {
    Writer to{out, FrameType::welcome};
    to.number(frame.version);
    to.name(frame.node);
    to.number(frame.incarnation);
    to.number(frame.nonce_echo);
    to.number(frame.nonce);
    to.finish();
}

void encode(Buffer& out, const Confirm& frame) {
    Writer to{out, FrameType::confirm};
    to.number(frame.nonce_echo);
    to.finish();
}

void encode(Buffer& out, const Refuse& frame) {
    core::require(frame.reason != RefuseReason{}, "a refusal has a reason");
    Writer to{out, FrameType::refuse};
    to.number(std::to_underlying(frame.reason));
    to.text(frame.text);
    to.finish();
}

void encode(Buffer& out, const Test& frame) {
    Writer to{out, FrameType::test};
    to.number(frame.number);
    to.number(frame.stamp);
    to.finish();
}

void encode(Buffer& out, const Reply& frame) {
    Writer to{out, FrameType::reply};
    to.number(frame.number);
    to.number(frame.stamp);
    to.finish();
}

void encode(Buffer& out, const Table& frame) {
    Writer to{out, FrameType::table};
    to.number(frame.misses);
    to.count(frame.rows.size());
    for (const auto& row : frame.rows) {
        to.link_name(row.link);
        to.name(row.circuit);
        to.number(row.priority);
        to.name_or_none(row.process);
        to.number(row.dial_port);
        to.number(row.accept_port);
    }
    to.count(frame.processes.size());
    for (const auto& process : frame.processes) {
        to.name(process.name);
        to.flag(process.revertive);
        to.number(process.wait_to_restore_ns);
    }
    to.finish();
}

void encode(Buffer& out, const View& frame) {
    Writer to{out, FrameType::view};
    to.number(frame.version);
    to.count(frame.links.size());
    for (const auto& link : frame.links) {
        to.number(link.link_id);
        to.number(link.connection);
        to.flag(link.act);
    }
    to.count(frame.wants.size());
    for (const auto& process : frame.wants) to.name(process);
    to.finish();
}

void encode(Buffer& out, const Assign& frame) {
    Writer to{out, FrameType::assign};
    to.number(frame.epoch);
    to.count(frame.assignments.size());
    for (const auto& assignment : frame.assignments) {
        to.name(assignment.process);
        to.number(assignment.link_id);
        to.number(assignment.connection);
        to.number(assignment.moved);
        to.number(std::to_underlying(assignment.holding));
        to.text(assignment.cause);
    }
    to.finish();
}

void encode(Buffer& out, const Moved& frame) {
    Writer to{out, FrameType::moved};
    to.number(frame.epoch);
    to.name(frame.process);
    to.finish();
}

void encode(Buffer& out, const Open& frame) {
    Writer to{out, FrameType::open};
    to.stream_id(frame.stream);
    to.name(frame.process);
    to.finish();
}

void encode(Buffer& out, const Ack& frame) {
    Writer to{out, FrameType::ack};
    to.stream_id(frame.stream);
    to.number(frame.received);
    to.number(frame.written);
    to.number(frame.limit);
    to.finish();
}

void encode(Buffer& out, const Finish& frame) {
    core::require(frame.final_offset <= max_stream_size, "a stream ends within its limit");
    Writer to{out, FrameType::finish};
    to.stream_id(frame.stream);
    to.number(frame.final_offset);
    to.flag(frame.digest.has_value());
    if (frame.digest) to.number(*frame.digest);
    to.finish();
}

void encode(Buffer& out, const Reset& frame) {
    core::require(frame.reason != ResetReason{}, "a reset has a reason");
    Writer to{out, FrameType::reset};
    to.stream_id(frame.stream);
    to.number(std::to_underlying(frame.reason));
    to.text(frame.text);
    to.finish();
}

void encode(Buffer& out, const Closed& frame) {
    Writer to{out, FrameType::closed};
    to.stream_id(frame.stream);
    to.finish();
}

void encode(Buffer& out, const Goodbye&) {
    Writer{out, FrameType::goodbye}.finish();
}

void encode(Buffer& out, const Suspect& frame) {
    Writer to{out, FrameType::suspect};
    to.number(frame.epoch);
    to.name(frame.process);
    to.finish();
}

void encode(Buffer& out, const Padding& frame) {
    Writer to{out, FrameType::padding};
    out.resize(out.size() + frame.size);
    to.finish();
}

DataHeader encode_data_header(std::uint64_t stream, std::uint64_t offset, std::size_t payload_size) {
    core::require(stream != 0, "a stream's id is not 0");
    core::require(payload_size > 0 && payload_size <= max_payload, "a payload has 1 to 131072 bytes");
    core::require(offset <= max_stream_size - payload_size, "a stream ends within its limit");
    DataHeader header;
    store_header(header.data(), FrameType::data, data_prefix_size + payload_size);
    store_big_endian(header.data() + header_size, stream);
    store_big_endian(header.data() + header_size + 8, offset);
    return header;
}

}  // namespace warmspare::wire
