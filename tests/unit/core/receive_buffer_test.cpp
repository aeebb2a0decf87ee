// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "core/receive_buffer.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <cstring>
#include <string>

namespace warmspare::core {
namespace {

std::string numbered(std::size_t size, std::size_t from) {
    std::string text(size, '\0');
    for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>((from + i) * 2654435761U >> 13);
    return text;
}

void append(ReceiveBuffer& buffer, const std::string& text) {
    buffer.append(std::as_bytes(std::span{text}));
}

std::string content(const ReceiveBuffer& buffer) {
    std::array<std::span<const std::byte>, ReceiveBuffer::max_pieces> pieces;
    const auto count = buffer.pieces(pieces);
    std::string text;
    for (std::size_t i = 0; i < count; ++i)
        text.append(reinterpret_cast<const char*>(pieces[i].data()), pieces[i].size());
    return text;
}

TEST(ReceiveBuffer, holds_no_block_while_empty) {
    BlockPool pool;
    ReceiveBuffer buffer{pool};
    EXPECT_TRUE(buffer.empty());
    EXPECT_EQ(content(buffer), "");
    append(buffer, "");
    EXPECT_EQ(pool.in_use(), 0U);
    append(buffer, "abc");
    EXPECT_EQ(pool.in_use(), 1U);
    buffer.consume(3);
    EXPECT_TRUE(buffer.empty());
    EXPECT_EQ(pool.in_use(), 0U);
}

TEST(ReceiveBuffer, gives_bytes_in_order_across_blocks) {
    BlockPool pool;
    ReceiveBuffer buffer{pool};
    const auto text = numbered(3 * block_size + 5, 0);
    append(buffer, text.substr(0, 100));
    append(buffer, text.substr(100));
    EXPECT_EQ(content(buffer), text);
    EXPECT_EQ(buffer.bytes_held(), 4 * block_size);
    buffer.consume(block_size + 1);
    EXPECT_EQ(content(buffer), text.substr(block_size + 1));
    EXPECT_EQ(buffer.bytes_held(), 3 * block_size);
}

TEST(ReceiveBuffer, fills_no_more_pieces_than_asked_for) {
    BlockPool pool;
    ReceiveBuffer buffer{pool};
    const auto text = numbered(20 * block_size, 0);
    append(buffer, text);
    EXPECT_EQ(content(buffer), text.substr(0, ReceiveBuffer::max_pieces * block_size));
    EXPECT_EQ(buffer.size(), text.size());
}

TEST(ReceiveBufferDeathTest, consumes_no_more_than_it_has) {
    BlockPool pool;
    ReceiveBuffer buffer{pool};
    append(buffer, "abc");
    EXPECT_DEATH(buffer.consume(4), "forgotten before");
}

RC_GTEST_PROP(ReceiveBufferProperty, agrees_with_a_plain_string, ()) {
    BlockPool pool{2};
    ReceiveBuffer buffer{pool};
    std::string model;
    std::size_t written = 0;
    const auto steps = *rc::gen::inRange(0, 40);
    for (int step = 0; step < steps; ++step) {
        if (*rc::gen::arbitrary<bool>() && model.size() < 8 * block_size) {
            const auto text = numbered(*rc::gen::inRange<std::size_t>(0, 2 * block_size), written);
            append(buffer, text);
            written += text.size();
            model += text;
        } else {
            const auto size =
                *rc::gen::element<std::size_t>(0, model.size(), model.size() / 2, model.size() / 3);
            buffer.consume(size);
            model.erase(0, size);
        }
        RC_ASSERT(buffer.size() == model.size());
        RC_ASSERT(content(buffer) == model);
        RC_ASSERT(pool.in_use() * block_size == buffer.bytes_held());
        RC_ASSERT(buffer.bytes_held() < (model.empty() ? 1 : model.size() + 2 * block_size));
    }
}

}  // namespace
}  // namespace warmspare::core
