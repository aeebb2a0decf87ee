// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// What a decoder makes of some bytes, in a form that can be compared: shared by the unit tests and the
// fuzzer.

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>
#include <variant>
#include <vector>

#include "wire/decoder.hpp"
#include "wire/encoder.hpp"
#include "wire/frames.hpp"

namespace warmspare::wire {

using Bytes = std::span<const std::byte>;

/// Data is encoded with its payload behind the header.
inline void encode_any(Buffer& out, const Frame& frame) {
    std::visit(
        [&](const auto& each) {
            if constexpr (std::is_same_v<std::decay_t<decltype(each)>, Data>) {
                const auto header = encode_data_header(each.stream, each.offset, each.payload.size());
                out.insert(out.end(), header.begin(), header.end());
                out.insert(out.end(), each.payload.begin(), each.payload.end());
            } else {
                encode(out, each);
            }
        },
        frame);
}

[[nodiscard]] inline Buffer encoded(const Frame& frame) {
    Buffer out;
    encode_any(out, frame);
    return out;
}

/// Payload that came without a gap, in however many pieces and frames.
struct Run {
    std::uint64_t stream = 0;
    std::uint64_t offset = 0;
    Buffer payload;

    friend bool operator==(const Run&, const Run&) = default;
};

/// A frame that is not Data, or a run of payload.
struct Item {
    std::variant<Frame, Run> what;

    friend bool operator==(const Item& a, const Item& b) {
        if (a.what.index() != b.what.index()) return false;
        if (const auto* run = std::get_if<Run>(&a.what)) return *run == std::get<Run>(b.what);
        return std::visit(
            [&](const auto& frame) {
                using T = std::decay_t<decltype(frame)>;
                if constexpr (std::is_same_v<T, Data>)
                    return false;
                else {
                    const auto* other = std::get_if<T>(&std::get<Frame>(b.what));
                    return other && frame == *other;
                }
            },
            std::get<Frame>(a.what));
    }
};

struct Transcript {
    std::vector<Item> items;
    std::optional<DecodeError> error;

    friend bool operator==(const Transcript&, const Transcript&) = default;

    void add(const Frame& frame) {
        const auto* data = std::get_if<Data>(&frame);
        if (!data) return items.push_back({frame});
        auto* run = items.empty() ? nullptr : std::get_if<Run>(&items.back().what);
        const bool goes_on =
            run && run->stream == data->stream && run->offset + run->payload.size() == data->offset;
        if (!goes_on) run = &std::get<Run>(items.emplace_back(Run{data->stream, data->offset, {}}).what);
        run->payload.insert(run->payload.end(), data->payload.begin(), data->payload.end());
    }
};

/// Gives the decoder all bytes of one portion.
inline void feed(Decoder& decoder, Bytes portion, Transcript& transcript) {
    while (!transcript.error) {
        const auto frame = decoder.next(portion);
        if (!frame)
            transcript.error = frame.error();
        else if (*frame)
            transcript.add(**frame);
        else
            return;
    }
}

/// Gives the decoder portions of as many bytes as `next_size()` says each time, at least 1.
template <class NextSize>
void feed_portions(Decoder& decoder, Bytes bytes, Transcript& transcript, NextSize next_size) {
    while (!bytes.empty() && !transcript.error) {
        const auto size = std::clamp<std::size_t>(next_size(), 1, bytes.size());
        feed(decoder, bytes.first(size), transcript);
        bytes = bytes.subspan(size);
    }
}

}  // namespace warmspare::wire
