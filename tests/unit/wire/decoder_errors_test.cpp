// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "raw_frame.hpp"
#include "transcript.hpp"
#include "wire/decoder.hpp"
#include "wire/shapes.hpp"

namespace warmspare::wire {
namespace {

using namespace std::string_view_literals;

/// A decoder that has greeted already.
Decoder accepted_decoder() {
    Decoder decoder;
    Transcript greeting;
    feed(decoder, encoded(Confirm{1}), greeting);
    decoder.accept();
    return decoder;
}

/// The error, which must be the same for all bytes at once and for one after the other.
std::optional<DecodeError> error_of(const Decoder& decoder, Bytes bytes) {
    auto at_once = decoder;
    auto one_by_one = decoder;
    Transcript whole;
    Transcript pieces;
    feed(at_once, bytes, whole);
    feed_portions(one_by_one, bytes, pieces, [] { return 1; });
    EXPECT_EQ(whole.error, pieces.error);
    return whole.error;
}

std::optional<DecodeError> error_before(const Buffer& bytes) {
    return error_of(Decoder{}, bytes);
}
std::optional<DecodeError> error_after(const Buffer& bytes) {
    return error_of(accepted_decoder(), bytes);
}

Hello example_hello() {
    return {.node = "tokyo",
            .peer = "osaka",
            .link = "fiber/redis",
            .circuit = "fiber",
            .priority = 1,
            .process = "r"};
}

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
            Goodbye{}};
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
    EXPECT_EQ(error_after(raw_header(18, flag_mandatory, 0)), DecodeError::unknown_mandatory);
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
    if (std::holds_alternative<Data>(frame)) return;
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

TEST(DecoderErrors, DataHasAPayload) {
    EXPECT_EQ(error_after(raw_header(12, flag_mandatory, data_prefix_size)), DecodeError::malformed);
}

TEST(DecoderErrors, NoStreamIsZero) {
    const Buffer payload(1);
    for (const auto& frame :
         {Frame{Open{2, "p"}}, Frame{Data{2, 0, payload}}, Frame{Ack{2, 0, 0, 0}}, Frame{Finish{2, 0, {}}},
          Frame{Reset{2, ResetReason::no_link, ""}}, Frame{Closed{2}}})
        EXPECT_EQ(error_after(with_byte(encoded(frame), header_size + 7, 0)), DecodeError::malformed)
            << frame.index();
}

TEST(DecoderErrors, NoStreamIsLongerThanOffsetsReach) {
    const Buffer payload(2);
    const auto data = encoded(Data{2, max_stream_size - 2, payload});
    EXPECT_EQ(error_after(data), std::nullopt);
    EXPECT_EQ(error_after(with_byte(data, header_size + 15, 0xFE)), DecodeError::malformed);
    EXPECT_EQ(error_after(with_byte(data, header_size + 8, 0xFF)), DecodeError::malformed);
    const auto finish = encoded(Finish{2, max_stream_size, {}});
    EXPECT_EQ(error_after(finish), std::nullopt);
    EXPECT_EQ(error_after(with_byte(finish, header_size + 8, 0x80)), DecodeError::malformed);
}

TEST(DecoderErrors, FieldsHoldOnlyWhatTheyCan) {
    const auto finish = encoded(Finish{2, 9, 1});
    EXPECT_EQ(error_after(with_byte(finish, header_size + 16, 2)), DecodeError::malformed);
    EXPECT_EQ(error_after(with_byte(finish, header_size + 16, 0)), DecodeError::malformed);
    const auto reset = encoded(Reset{2, ResetReason::no_link, ""});
    EXPECT_EQ(error_after(with_byte(reset, header_size + 9, 0)), DecodeError::malformed);
    const auto refuse = encoded(Refuse{RefuseReason::version, ""});
    EXPECT_EQ(error_before(with_byte(refuse, header_size + 1, 0)), DecodeError::malformed);
    const auto view = encoded(View{1, {{2, 3, true}}, {}});
    EXPECT_EQ(error_after(with_byte(view, header_size + 22, 2)), DecodeError::malformed);
    const auto assign = encoded(Assign{1, {{"p", 1, 1, 1, Holding::waiting, ""}}});
    EXPECT_EQ(error_after(with_byte(assign, header_size + 32, 3)), DecodeError::malformed);
    const auto table = encoded(Table{1, {}, {{"p", true, 0}}});
    EXPECT_EQ(error_after(with_byte(table, header_size + 10, 2)), DecodeError::malformed);
}

TEST(DecoderErrors, HellosNameARangeAndALink) {
    EXPECT_EQ(error_before(with_byte(encoded(example_hello()), header_size + 5, 2)), DecodeError::malformed);
    auto hello = encoded(example_hello());
    std::fill(hello.end() - 12, hello.end() - 8, std::byte{0xFF});
    EXPECT_EQ(error_before(hello), DecodeError::malformed);
}

TEST(DecoderErrors, AHelloOfThisVersionHasNoMoreFields) {
    EXPECT_EQ(error_before(with_bytes_added(encoded(example_hello()), 1)), DecodeError::malformed);
}

/// An Open with this name of a process, whatever is in it.
Buffer open_with_name(std::string_view name) {
    Buffer body(9);
    body[7] = std::byte{2};
    body[8] = static_cast<std::byte>(name.size());
    for (const char c : name) body.push_back(static_cast<std::byte>(c));
    return raw_frame(11, flag_mandatory, body);
}

TEST(DecoderErrors, NamesHaveALengthAndAnAlphabet) {
    EXPECT_EQ(error_after(open_with_name("Az09._-")), std::nullopt);
    EXPECT_EQ(error_after(open_with_name(std::string(max_name, 'x'))), std::nullopt);
    EXPECT_EQ(error_after(open_with_name(std::string(max_name + 1, 'x'))), DecodeError::too_long);
    EXPECT_EQ(error_after(open_with_name("")), DecodeError::malformed);
    for (const std::string_view name : {"a b", "a/b", "a:b", "a\n", "\xC3\xA4", "@", "[", "`", "{", "a\x7F"})
        EXPECT_EQ(error_after(open_with_name(name)), DecodeError::malformed) << name;
    EXPECT_EQ(error_after(open_with_name(std::string_view{"a\0b", 3})), DecodeError::malformed);
}

/// A Table with one row of this link.
Buffer table_with_link(std::string_view link) {
    Buffer body(7);
    body[5] = std::byte{1};
    body[6] = static_cast<std::byte>(link.size());
    for (const char c : link) body.push_back(static_cast<std::byte>(c));
    append(body, {std::byte{1}, std::byte{'c'}});
    body.resize(body.size() + 4 + 1 + 4 + 2);
    return raw_frame(7, flag_mandatory, body);
}

TEST(DecoderErrors, LinkNamesMayBeLongerAndDerived) {
    EXPECT_EQ(error_after(table_with_link("fiber/redis")), std::nullopt);
    EXPECT_EQ(error_after(table_with_link("fiber:23-23")), std::nullopt);
    EXPECT_EQ(error_after(table_with_link(std::string(max_link_name, 'x'))), std::nullopt);
    EXPECT_EQ(error_after(table_with_link(std::string(max_link_name + 1, 'x'))), DecodeError::too_long);
    EXPECT_EQ(error_after(table_with_link("")), DecodeError::malformed);
    EXPECT_EQ(error_after(table_with_link("a b")), DecodeError::malformed);
}

TEST(DecoderErrors, TextsArePrintable) {
    const auto reset = encoded(Reset{2, ResetReason::no_link, "x"});
    const auto error_with_last = [&](int value) {
        return error_after(with_byte(reset, reset.size() - 1, static_cast<std::uint8_t>(value)));
    };
    for (const int value : {0x00, 0x0A, 0x1B, 0x1F, 0x7F, 0x80, 0xFF})
        EXPECT_EQ(error_with_last(value), DecodeError::malformed) << value;
    for (const int value : {0x20, 0x7E}) EXPECT_EQ(error_with_last(value), std::nullopt) << value;
}

TEST(DecoderErrors, TextsHaveALimit) {
    const auto assign = encoded(Assign{1, {{"p", 1, 1, 1, Holding::waiting, std::string(max_text, 'x')}}});
    EXPECT_EQ(error_after(assign), std::nullopt);
    auto longer = with_bytes_added(assign, 1);
    store_big_endian(&longer[header_size + 33], static_cast<std::uint16_t>(max_text + 1));
    longer.back() = std::byte{'x'};
    EXPECT_EQ(error_after(longer), DecodeError::too_long);
}

TEST(DecoderErrors, ListsClaimNoMoreThanIsThere) {
    const auto count = [](Buffer frame, std::size_t at, int entries) {
        store_big_endian(&frame[header_size + at], static_cast<std::uint16_t>(entries));
        return frame;
    };
    const auto view = encoded(View{1, {{2, 3, true}, {3, 3, true}}, {"p"}});
    const auto table = encoded(Table{1, {{"l", "c", 2, "", 0, 0}}, {{"p", true, 0}}});
    const auto assign = encoded(Assign{1, {{"p", 1, 1, 1, Holding::waiting, ""}}});
    for (const int entries : {3, 4, 0xFFFF}) {
        EXPECT_EQ(error_after(count(view, 8, entries)), DecodeError::malformed) << entries;
        EXPECT_EQ(error_after(count(table, 4, entries)), DecodeError::malformed) << entries;
        EXPECT_EQ(error_after(count(assign, 8, entries)), DecodeError::malformed) << entries;
    }
    EXPECT_EQ(error_after(count(assign, 8, 0)), DecodeError::malformed);
}

}  // namespace
}  // namespace warmspare::wire
