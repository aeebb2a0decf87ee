// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Frames that the decoder refuses as a whole; fields are in decoder_fields_test.cpp.

#include <gtest/gtest.h>

#include <optional>
#include <string_view>
#include <vector>

#include "decode_errors.hpp"
#include "raw_frame.hpp"
#include "transcript.hpp"
#include "wire/decoder.hpp"
#include "wire/shapes.hpp"

namespace warmspare::wire {
namespace {

using namespace std::string_view_literals;

/// One frame of each type that a live connection may carry, with a body that is longer than the shortest
/// where there is a choice.
std::vector<Frame> accepted_frames() {
    static const Buffer payload(3, std::byte{9});
    return {Refuse{RefuseReason::mismatch, "m"},
            wire::Test{1, 2},
            Reply{1, 2},
            Table{3, {{"fiber/redis", "fiber", 1, "redis", 0, 7440}}, {{"redis", true, 5}}},
            View{9, {{2, 3, true}}, {"redis"}},
            Assign{12, {{"redis", 4, 1, 11, Holding::waiting, "cause"}}},
            Moved{11, "redis"},
            Open{2, "redis"},
            Data{2, 5, payload},
            Ack{2, 3, 4, 5},
            Finish{2, 9, 1},
            Reset{2, ResetReason::no_link, "text"},
            Closed{2},
            Goodbye{},
            Suspect{6, "redis"},
            Padding{100}};
}

std::vector<Frame> handshake_frames() {
    return {example_hello(), Welcome{.node = "osaka"}, Confirm{4}};
}

TEST(DecoderErrors, HaveNames) {
    EXPECT_EQ(to_string(DecodeError::bad_magic), "not a warmspare node");
    EXPECT_EQ(to_string(DecodeError::too_long), "frame too long");
    EXPECT_EQ(to_string(DecodeError::malformed), "malformed frame");
    EXPECT_EQ(to_string(DecodeError::unknown_mandatory), "unknown mandatory frame");
    EXPECT_EQ(to_string(DecodeError::out_of_order), "frame out of order");
}

TEST(DecoderErrors, OtherProtocolsAreNoNodes) {
    for (const std::string_view greeting :
         {"GET / HTTP/1.1\r\n"sv, "SSH-2.0-OpenSSH"sv, "\x16\x03\x01\x02\x00\x01\x00\x01"sv}) {
        Buffer bytes;
        for (const char c : greeting) bytes.push_back(static_cast<std::byte>(c));
        EXPECT_EQ(error_before(bytes), DecodeError::bad_magic) << greeting;
    }
}

TEST(DecoderErrors, AHelloBeginsWithTheMagic) {
    for (std::size_t i = 0; i < 4; ++i)
        EXPECT_EQ(error_before(with_byte(encoded(example_hello()), header_size + i, 'x')),
                  DecodeError::bad_magic);
}

TEST(DecoderErrors, RepeatThemselves) {
    Decoder decoder;
    Buffer bytes = raw_frame(77, 0, {});
    encode(bytes, example_hello());
    Bytes input{bytes};
    EXPECT_EQ(decoder.next(input).error(), DecodeError::bad_magic);
    EXPECT_EQ(decoder.next(input).error(), DecodeError::bad_magic);
}

TEST(DecoderErrors, NothingButTheHandshakeComesBeforeItsEnd) {
    for (const auto& frame : accepted_frames()) {
        if (std::holds_alternative<Refuse>(frame)) continue;
        EXPECT_EQ(error_before(encoded(frame)), DecodeError::out_of_order) << frame.index();
    }
    Buffer bytes = encoded(example_hello());
    append(bytes, raw_frame(200, 0, {}));
    EXPECT_EQ(error_before(bytes), DecodeError::out_of_order);
}

TEST(DecoderErrors, NoHandshakeFrameComesAfterIt) {
    for (const auto& frame : handshake_frames())
        EXPECT_EQ(error_after(encoded(frame)), DecodeError::out_of_order) << frame.index();
}

TEST(DecoderErrors, UnknownMandatoryFrames) {
    EXPECT_EQ(error_after(raw_header(20, flag_mandatory, 0)), DecodeError::unknown_mandatory);
    EXPECT_EQ(error_after(raw_header(0, flag_mandatory, 0xFFFFFFFF)), DecodeError::unknown_mandatory);
    Buffer bytes = encoded(example_hello());
    append(bytes, raw_header(255, flag_mandatory, 0));
    EXPECT_EQ(error_before(bytes), DecodeError::unknown_mandatory);
}

TEST(DecoderErrors, UnknownOptionalFramesHaveALimit) {
    EXPECT_EQ(error_after(raw_header(200, 0, max_control_body)), std::nullopt);
    EXPECT_EQ(error_after(raw_header(200, 0, max_control_body + 1)), DecodeError::too_long);
}

TEST(DecoderErrors, UnusedBitsAreZero) {
    for (const std::size_t at : {1, 2, 3}) {
        EXPECT_EQ(error_after(with_byte(encoded(wire::Test{1, 1}), at, 0x81)), DecodeError::malformed);
        EXPECT_EQ(error_before(with_byte(encoded(example_hello()), at, 0x81)), DecodeError::bad_magic);
    }
}

/// Only the header is there: a length is judged before the body.
void expect_limits(FrameType type, std::optional<DecodeError> (*error)(const Buffer&)) {
    const auto limits = shape(type);
    ASSERT_TRUE(limits);
    const auto header = [&](std::size_t length) {
        return raw_header(static_cast<std::uint8_t>(type), flag_mandatory,
                          static_cast<std::uint32_t>(length));
    };
    const int number = static_cast<int>(type);
    EXPECT_EQ(error(header(limits->longest + 1)), DecodeError::too_long) << "type " << number;
    EXPECT_EQ(error(header(0xFFFFFFFF)), DecodeError::too_long) << "type " << number;
    if (limits->shortest == 0) return;
    EXPECT_EQ(error(header(limits->longest)), std::nullopt) << "type " << number;
    EXPECT_EQ(error(header(limits->shortest)), std::nullopt) << "type " << number;
    EXPECT_EQ(error(header(limits->shortest - 1)), DecodeError::malformed) << "type " << number;
}

TEST(DecoderErrors, LengthsAreJudgedWithTheHeader) {
    for (std::uint8_t type = 1; type <= 4; ++type) expect_limits(static_cast<FrameType>(type), error_before);
    for (std::uint8_t type = 4; type <= 17; ++type) expect_limits(static_cast<FrameType>(type), error_after);
}

TEST(DecoderErrors, NoHandshakeBodyIsLongerThanItsLimit) {
    for (std::uint8_t type = 1; type <= 4; ++type)
        EXPECT_LE(shape(static_cast<FrameType>(type))->longest, max_handshake_body);
}

/// A body that is too short ends within a field, wherever it is cut, and one that is too long has bytes left
/// over.
void expect_exact_length(const Frame& frame, std::optional<DecodeError> (*error)(const Buffer&)) {
    const auto whole = encoded(frame);
    ASSERT_EQ(error(whole), std::nullopt) << frame.index();
    // Any length is right for what is only bytes.
    if (std::holds_alternative<Data>(frame) || std::holds_alternative<Padding>(frame)) return;
    for (std::size_t cut = 1; cut <= whole.size() - header_size; ++cut)
        EXPECT_EQ(error(with_bytes_removed(whole, cut)), DecodeError::malformed)
            << frame.index() << " cut " << cut;
    const auto longer = error(with_bytes_added(whole, 1));
    EXPECT_TRUE(longer == DecodeError::malformed || longer == DecodeError::too_long) << frame.index();
}

TEST(DecoderErrors, BodiesEndWithTheirFields) {
    for (const auto& frame : handshake_frames()) expect_exact_length(frame, error_before);
    for (const auto& frame : accepted_frames()) expect_exact_length(frame, error_after);
}

}  // namespace
}  // namespace warmspare::wire
