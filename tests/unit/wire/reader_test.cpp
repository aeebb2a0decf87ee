// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "wire/reader.hpp"

#include <gtest/gtest.h>

#include "transcript.hpp"

namespace warmspare::wire {
namespace {

Buffer list_of_one(std::size_t bytes_behind) {
    Buffer body(2 + bytes_behind);
    body[1] = std::byte{1};
    return body;
}

TEST(Reader, CountsOnlyEntriesThatThereAreBytesFor) {
    const auto enough = list_of_one(13);
    Reader in{enough};
    EXPECT_EQ(in.count(13), 1U);
    EXPECT_FALSE(in.failed());

    const auto too_few = list_of_one(12);
    Reader short_of_one{too_few};
    EXPECT_EQ(short_of_one.count(13), 0U);
    EXPECT_EQ(short_of_one.error(), DecodeError::malformed);
}

TEST(Reader, ReadsZeroAfterTheFirstMistakeAndKeepsIt) {
    const Buffer body{std::byte{64}, std::byte{1}, std::byte{1}};
    Reader in{body};
    EXPECT_EQ(in.name(), "");
    EXPECT_EQ(in.number<std::uint8_t>(), 0);
    EXPECT_EQ(in.error(), DecodeError::too_long);
}

TEST(Reader, NumbersAreBigEndian) {
    const Buffer body{std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}, std::byte{5}, std::byte{6}};
    Reader in{body};
    EXPECT_EQ(in.number<std::uint16_t>(), 0x0102);
    EXPECT_EQ(in.number<std::uint32_t>(), 0x03040506U);
    EXPECT_EQ(in.error(), std::nullopt);
}

}  // namespace
}  // namespace warmspare::wire
