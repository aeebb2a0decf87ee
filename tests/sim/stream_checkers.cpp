// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "sim/stream_checkers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "sim/content.hpp"

namespace warmspare::sim {

namespace {

std::string name(const Stream& stream, Party party) {
    return fmt::format("stream {} (id {}, process {}), {}", stream.number, stream.id.value, stream.process,
                       party == Party::client ? "client" : "target");
}

}  // namespace

void ContentChecker::handle_delivered(Stream& stream, Party sender, std::span<const std::byte> bytes) {
    auto& progress = stream.progress[index(sender)];
    if (progress.end_delivered)
        return journal_.fail("content", name(stream, sender) + ": bytes behind the end of what it sent");
    if (progress.delivered + bytes.size() > progress.committed)
        return journal_.fail("content", name(stream, sender) + ": more arrives than it sent");
    for (auto left = bytes; !left.empty();) {
        const auto expected = content(stream.content_seed(sender), progress.delivered, left.size());
        if (std::memcmp(expected.data(), left.data(), expected.size()) != 0) {
            const auto wrong = std::ranges::mismatch(expected, left).in1 - expected.begin();
            return journal_.fail("content",
                                 fmt::format("{}: wrong byte at {}, in a write of {}", name(stream, sender),
                                             progress.delivered + wrong, bytes.size()));
        }
        progress.delivered += expected.size();
        left = left.subspan(expected.size());
    }
}

void ContentChecker::handle_end(Stream& stream, Party sender) {
    auto& progress = stream.progress[index(sender)];
    if (progress.end_delivered) journal_.fail("content", name(stream, sender) + ": its end arrives twice");
    if (!progress.ended)
        journal_.fail("content", name(stream, sender) + ": an end arrives that it never sent");
    if (progress.delivered != progress.committed)
        journal_.fail("content", fmt::format("{}: its end arrives after {} of {} bytes", name(stream, sender),
                                             progress.delivered, progress.committed));
    progress.end_delivered = true;
}

void EndChecker::handle_opened(const Stream* stream, std::string_view host, core::StreamId id) {
    if (stream == nullptr)
        return journal_.fail("end",
                             fmt::format("{} opens stream {}, which nobody asked for", host, id.value));
    if (stream->target_opened) journal_.fail("end", name(*stream, Party::target) + ": opened twice");
}

void EndChecker::handle_closed(const Stream& stream, Party party) {
    const auto& outgoing = stream.progress[index(party)];
    const auto& incoming = stream.progress[index(other(party))];
    if (!outgoing.ended || !incoming.end_delivered)
        journal_.fail("end", name(stream, party) + ": closed in good order before both directions ended");
    if (!outgoing.end_delivered)
        journal_.fail("end",
                      fmt::format("{}: forgotten when {} of {} bytes had been written at the other end",
                                  name(stream, party), outgoing.delivered, outgoing.committed));
}

void EndChecker::handle_reset(const Stream& stream, Party party) {
    if (stream.excuse.empty()) journal_.fail("end", name(stream, party) + ": reset without a reason");
}

void EndChecker::handle_forgotten(const Stream& stream, Party sender, std::uint64_t forgotten) {
    const auto& progress = stream.progress[index(sender)];
    if (forgotten > progress.delivered)
        journal_.fail("end", fmt::format("{}: {} bytes are forgotten and {} written at the other end",
                                         name(stream, sender), forgotten, progress.delivered));
}

void StreamMemoryChecker::handle_committed(const Stream& stream, Party sender, std::uint64_t sender_limit,
                                           std::uint64_t receiver_limit) {
    const auto& progress = stream.progress[index(sender)];
    const auto under_way = progress.committed - progress.delivered;
    if (under_way > sender_limit + receiver_limit)
        journal_.fail("memory", fmt::format("{}: {} bytes are under way", name(stream, sender), under_way));
}

}  // namespace warmspare::sim
