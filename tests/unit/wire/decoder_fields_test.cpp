// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Fields that hold what they cannot hold.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "decode_errors.hpp"
#include "raw_frame.hpp"
#include "transcript.hpp"

namespace warmspare::wire {
namespace {

TEST(DecoderFields, DataHasAPayload) {
    EXPECT_EQ(error_after(raw_header(12, flag_mandatory, data_prefix_size)), DecodeError::malformed);
}

TEST(DecoderFields, NoStreamIsZero) {
    const Buffer payload(1);
    for (const auto& frame :
         {Frame{Open{2, "p"}}, Frame{Data{2, 0, payload}}, Frame{Ack{2, 0, 0, 0}}, Frame{Finish{2, 0, {}}},
          Frame{Reset{2, ResetReason::no_link, ""}}, Frame{Closed{2}}})
        EXPECT_EQ(error_after(with_byte(encoded(frame), header_size + 7, 0)), DecodeError::malformed)
            << frame.index();
}

TEST(DecoderFields, NoStreamIsLongerThanOffsetsReach) {
    const Buffer payload(2);
    const auto data = encoded(Data{2, max_stream_size - 2, payload});
    EXPECT_EQ(error_after(data), std::nullopt);
    EXPECT_EQ(error_after(with_byte(data, header_size + 15, 0xFE)), DecodeError::malformed);
    EXPECT_EQ(error_after(with_byte(data, header_size + 8, 0xFF)), DecodeError::malformed);
    const auto finish = encoded(Finish{2, max_stream_size, {}});
    EXPECT_EQ(error_after(finish), std::nullopt);
    EXPECT_EQ(error_after(with_byte(finish, header_size + 8, 0x80)), DecodeError::malformed);
}

TEST(DecoderFields, FieldsHoldOnlyWhatTheyCan) {
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

TEST(DecoderFields, HellosNameARangeAndALink) {
    EXPECT_EQ(error_before(with_byte(encoded(example_hello()), header_size + 5, 2)), DecodeError::malformed);
    auto hello = encoded(example_hello());
    std::fill(hello.end() - 12, hello.end() - 8, std::byte{0xFF});
    EXPECT_EQ(error_before(hello), DecodeError::malformed);
}

TEST(DecoderFields, AHelloOfThisVersionHasNoMoreFields) {
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

TEST(DecoderFields, NamesHaveALengthAndAnAlphabet) {
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

TEST(DecoderFields, LinkNamesMayBeLongerAndDerived) {
    EXPECT_EQ(error_after(table_with_link("fiber/redis")), std::nullopt);
    EXPECT_EQ(error_after(table_with_link("fiber:23-23")), std::nullopt);
    EXPECT_EQ(error_after(table_with_link(std::string(max_link_name, 'x'))), std::nullopt);
    EXPECT_EQ(error_after(table_with_link(std::string(max_link_name + 1, 'x'))), DecodeError::too_long);
    EXPECT_EQ(error_after(table_with_link("")), DecodeError::malformed);
    EXPECT_EQ(error_after(table_with_link("a b")), DecodeError::malformed);
}

TEST(DecoderFields, TextsArePrintable) {
    const auto reset = encoded(Reset{2, ResetReason::no_link, "x"});
    const auto error_with_last = [&](int value) {
        return error_after(with_byte(reset, reset.size() - 1, static_cast<std::uint8_t>(value)));
    };
    for (const int value : {0x00, 0x0A, 0x1B, 0x1F, 0x7F, 0x80, 0xFF})
        EXPECT_EQ(error_with_last(value), DecodeError::malformed) << value;
    for (const int value : {0x20, 0x7E}) EXPECT_EQ(error_with_last(value), std::nullopt) << value;
}

TEST(DecoderFields, TextsHaveALimit) {
    const auto assign = encoded(Assign{1, {{"p", 1, 1, 1, Holding::waiting, std::string(max_text, 'x')}}});
    EXPECT_EQ(error_after(assign), std::nullopt);
    auto longer = with_bytes_added(assign, 1);
    store_big_endian(&longer[header_size + 33], static_cast<std::uint16_t>(max_text + 1));
    longer.back() = std::byte{'x'};
    EXPECT_EQ(error_after(longer), DecodeError::too_long);
}

TEST(DecoderFields, ListsClaimNoMoreThanIsThere) {
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
