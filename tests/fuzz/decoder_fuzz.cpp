// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Whatever a peer sends: the decoder ends with an error or gives frames, the same ones however the bytes are
// cut, and each frame that it gives is encoded to the very bytes that it came from.
//
// Input: one byte of options, one that seeds the sizes of the portions, then the bytes of the connection.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <variant>

#include "../unit/wire/transcript.hpp"
#include "wire/decoder.hpp"
#include "wire/encoder.hpp"
#include "wire/shapes.hpp"

namespace warmspare::wire {
namespace {

enum class Handshake : std::uint8_t { never_over, over_after_one_frame, over_from_the_start };

void check(bool holds) {
    if (!holds) std::abort();
}

/// Whether to call accept() now that so many frames have been decoded.
bool over(Handshake handshake, std::size_t frames) {
    return handshake == Handshake::over_from_the_start ||
           (handshake == Handshake::over_after_one_frame && frames > 0);
}

/// Hellos of later versions may say more than this version can repeat, and nobody keeps what padding was.
bool repeatable(const Frame& frame) {
    if (std::holds_alternative<Padding>(frame)) return false;
    const auto* hello = std::get_if<Hello>(&frame);
    return !hello || hello->version_max <= protocol_version;
}

/// The frame ends where `past` begins.
void check_repeated(const Frame& frame, Bytes past, Bytes all) {
    auto repeated = encoded(frame);
    const auto end = static_cast<std::size_t>(past.data() - all.data());
    if (const auto* data = std::get_if<Data>(&frame)) {
        // Of Data, only the payload has to stand there: the prefix may have come long before.
        check(data->payload.data() + data->payload.size() == all.data() + end);
        return;
    }
    if (!repeatable(frame)) return;
    check(repeated.size() <= end);
    const auto original = all.subspan(end - repeated.size(), repeated.size());
    // The flag of a known type may be missing.
    repeated[1] = original[1];
    check(std::ranges::equal(repeated, original));
}

template <class NextSize>
Transcript decode(Bytes all, Handshake handshake, NextSize next_size) {
    Decoder decoder;
    Transcript transcript;
    std::size_t frames = 0;
    for (Bytes rest = all; !transcript.error;) {
        auto portion = rest.first(std::min<std::size_t>(next_size(), rest.size()));
        rest = rest.subspan(portion.size());
        while (!transcript.error) {
            if (over(handshake, frames)) decoder.accept();
            const auto frame = decoder.next(portion);
            if (!frame) transcript.error = frame.error();
            if (!frame || !*frame) break;
            ++frames;
            check_repeated(**frame, portion, all);
            transcript.add(**frame);
        }
        check(transcript.error || portion.empty());
        if (rest.empty()) break;
    }
    return transcript;
}

/// A frame that was decoded is decoded again from what it is encoded to.
void check_again(const Transcript& transcript) {
    for (const auto& item : transcript.items) {
        const auto* frame = std::get_if<Frame>(&item.what);
        if (!frame) continue;
        Decoder decoder;
        const auto type = static_cast<FrameType>(frame->index() + 1);
        if (shape(type)->phase == Phase::accepted) decoder.accept();
        Transcript again;
        feed(decoder, encoded(*frame), again);
        check(!again.error && again.items.size() == 1 && again.items.front() == item);
    }
}

}  // namespace
}  // namespace warmspare::wire

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace warmspare::wire;
    if (size < 2) return 0;
    const auto handshake = static_cast<Handshake>(data[0] % 3);
    std::uint32_t seed = data[1];
    const Bytes bytes = std::as_bytes(std::span{data + 2, size - 2});
    const auto whole = decode(bytes, handshake, [&] { return bytes.size(); });
    const auto pieces = decode(bytes, handshake, [&] {
        seed = seed * 1664525 + 1013904223;
        return 1 + (seed >> 24) % 40;
    });
    check(whole == pieces);
    check_again(whole);
    return 0;
}
