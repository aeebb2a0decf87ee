// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// How the decoder hands frames out. What it refuses is in decoder_errors_test.cpp.

#include "wire/decoder.hpp"

#include <gtest/gtest.h>

#include <array>

#include "raw_frame.hpp"
#include "transcript.hpp"

namespace warmspare::wire {
namespace {

Transcript decode_whole(Bytes bytes) {
    Decoder decoder;
    decoder.accept();
    Transcript transcript;
    feed(decoder, bytes, transcript);
    return transcript;
}

Transcript decode_byte_by_byte(Bytes bytes) {
    Decoder decoder;
    decoder.accept();
    Transcript transcript;
    feed_portions(decoder, bytes, transcript, [] { return 1; });
    return transcript;
}

Transcript transcript_of(const std::vector<Frame>& frames) {
    Transcript transcript;
    for (const auto& frame : frames) transcript.add(frame);
    return transcript;
}

TEST(Decoder, IsSmall) {
    EXPECT_LE(sizeof(Decoder), 256U);
}

TEST(Decoder, ReturnsNothingForNothing) {
    Decoder decoder;
    Bytes none;
    const auto frame = decoder.next(none);
    ASSERT_TRUE(frame);
    EXPECT_FALSE(*frame);
}

TEST(Decoder, TakesOneFrameAtATime) {
    const auto first = encoded(wire::Test{1, 2});
    auto bytes = first;
    encode(bytes, Closed{4});
    Decoder decoder;
    decoder.accept();
    Bytes input{bytes};
    const auto frame = decoder.next(input);
    ASSERT_TRUE(frame && *frame);
    EXPECT_EQ(std::get<wire::Test>(**frame), (wire::Test{1, 2}));
    EXPECT_EQ(input.data(), bytes.data() + first.size());
}

TEST(Decoder, HandsPayloadOutAsItComesWithoutACopy) {
    const Buffer payload(10, std::byte{7});
    const auto bytes = encoded(Data{2, 100, payload});
    const auto begin = header_size + data_prefix_size;
    Decoder decoder;
    decoder.accept();

    Bytes head = Bytes{bytes}.first(begin + 3);
    const auto first = decoder.next(head);
    ASSERT_TRUE(first && *first);
    const auto& piece = std::get<Data>(**first);
    EXPECT_EQ(piece.stream, 2U);
    EXPECT_EQ(piece.offset, 100U);
    EXPECT_EQ(piece.payload.data(), bytes.data() + begin);
    EXPECT_EQ(piece.payload.size(), 3U);
    EXPECT_FALSE(*decoder.next(head));

    Bytes tail = Bytes{bytes}.subspan(begin + 3);
    const auto second = decoder.next(tail);
    ASSERT_TRUE(second && *second);
    const auto& rest = std::get<Data>(**second);
    EXPECT_EQ(rest.offset, 103U);
    EXPECT_EQ(rest.payload.data(), bytes.data() + begin + 3);
    EXPECT_EQ(rest.payload.size(), 7U);
    EXPECT_TRUE(tail.empty());
}

TEST(Decoder, TellsNothingOfDataBeforeItsPayload) {
    const Buffer payload(1, std::byte{7});
    const auto bytes = encoded(Data{2, 100, payload});
    Decoder decoder;
    decoder.accept();
    Bytes head = Bytes{bytes}.first(header_size + data_prefix_size);
    EXPECT_FALSE(*decoder.next(head));
    EXPECT_TRUE(head.empty());
}

TEST(Decoder, TakesTheLongestPayload) {
    const Buffer payload(max_payload, std::byte{7});
    const Data data{2, max_stream_size - max_payload, payload};
    EXPECT_EQ(decode_whole(encoded(data)), transcript_of({data}));
    EXPECT_EQ(decode_byte_by_byte(encoded(data)), transcript_of({data}));
}

TEST(Decoder, TakesALongListInPieces) {
    View view{.version = 1};
    for (std::uint32_t i = 0; i < 20'000; ++i) view.links.push_back({i, i * 7U, i % 3 == 0});
    auto bytes = encoded(view);
    encode(bytes, wire::Test{3, 4});
    EXPECT_EQ(decode_byte_by_byte(bytes), transcript_of({view, wire::Test{3, 4}}));
}

TEST(Decoder, SkipsUnknownOptionalFrames) {
    Buffer bytes = raw_frame(200, 0, Buffer(5, std::byte{1}));
    encode(bytes, wire::Test{1, 1});
    append(bytes, raw_frame(0, 0, {}));
    append(bytes, raw_frame(255, 0, Buffer(max_control_body, std::byte{1})));
    encode(bytes, wire::Test{2, 2});
    // The first frame of a connection is never unknown.
    const auto greeting = encoded(Confirm{1});
    for (const std::size_t portion : std::array<std::size_t, 3>{1, 1000, 10'000'000}) {
        Decoder decoder;
        Transcript decoded;
        feed(decoder, greeting, decoded);
        decoder.accept();
        feed_portions(decoder, bytes, decoded, [&] { return portion; });
        EXPECT_EQ(decoded, transcript_of({Confirm{1}, wire::Test{1, 1}, wire::Test{2, 2}})) << portion;
    }
}

TEST(Decoder, TakesKnownTypesWithoutTheFlag) {
    auto bytes = encoded(Closed{4});
    bytes[1] = std::byte{0};
    EXPECT_EQ(decode_whole(bytes), transcript_of({Closed{4}}));
}

TEST(Decoder, TakesReasonsOfLaterPrograms) {
    const Reset reset{.stream = 4, .reason = static_cast<ResetReason>(4711), .text = "later"};
    EXPECT_EQ(decode_whole(encoded(reset)), transcript_of({reset}));
}

TEST(Decoder, TakesTheHelloOfALaterVersionWithMoreFields) {
    const Hello hello{.version_min = 2,
                      .version_max = 3,
                      .node = "a",
                      .peer = "b",
                      .link = "l",
                      .circuit = "c",
                      .priority = 2};
    Decoder decoder;
    Transcript decoded;
    feed(decoder, with_bytes_added(encoded(hello), 100), decoded);
    EXPECT_EQ(decoded, transcript_of({hello}));
}

TEST(Decoder, TakesFramesInTheirPhase) {
    Decoder decoder;
    Transcript decoded;
    feed(decoder, encoded(Welcome{.node = "b"}), decoded);
    decoder.accept();
    feed(decoder, encoded(wire::Test{1, 1}), decoded);
    // The dialled node may still refuse when it has read the confirmation.
    const Refuse refuse{RefuseReason::already_connected, "b is connected"};
    feed(decoder, encoded(refuse), decoded);
    EXPECT_EQ(decoded, transcript_of({Welcome{.node = "b"}, wire::Test{1, 1}, refuse}));
}

}  // namespace
}  // namespace warmspare::wire
