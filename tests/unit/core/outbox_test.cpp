// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "core/outbox.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace warmspare::core {
namespace {

constexpr std::size_t most_data = std::size_t{128} << 10;

void append(wire::Buffer& buffer, std::string_view text) {
    const auto bytes = std::as_bytes(std::span{text});
    buffer.insert(buffer.end(), bytes.begin(), bytes.end());
}

wire::DataHeader header(std::string_view text) {
    wire::DataHeader header{};
    std::ranges::copy(std::as_bytes(std::span{text}), header.begin());
    return header;
}

std::string padded(std::string text) {
    text.resize(wire::DataHeader{}.size(), '\0');
    return text;
}

Slice slice(BlockPool& pool, std::string_view text) {
    auto block = pool.take();
    std::ranges::copy(std::as_bytes(std::span{text}), block.bytes().begin());
    const auto bytes = block.bytes().first(text.size());
    return {std::move(block), bytes};
}

/// Writes at most `step` bytes at once, until the batch is written.
std::string written(Outbox& outbox, std::size_t step = most_data * 2) {
    std::string text;
    while (outbox.in_batch()) {
        std::size_t size = 0;
        for (const auto& piece : outbox.pieces()) {
            const auto taken = std::min(step - size, piece.size());
            text.append(reinterpret_cast<const char*>(piece.data()), taken);
            size += taken;
        }
        outbox.handle_written(size);
    }
    return text;
}

struct Out : testing::Test {
    BlockPool pool;
    Outbox outbox;
};

// S13: a test must not wait behind data.
TEST_F(Out, sends_tests_before_what_steers_and_that_before_data) {
    append(outbox.control(), "ack ");
    append(outbox.urgent(), "test ");
    EXPECT_TRUE(outbox.queued());
    outbox.begin_batch();
    EXPECT_FALSE(outbox.queued());
    outbox.add_data(header("head"), slice(pool, "payload"));
    EXPECT_EQ(written(outbox), "test ack " + padded("head") + "payload");
    EXPECT_FALSE(outbox.in_batch());
}

TEST_F(Out, what_comes_during_a_batch_goes_with_the_next) {
    append(outbox.control(), "first");
    outbox.begin_batch();
    outbox.handle_written(2);
    append(outbox.urgent(), "test");
    EXPECT_EQ(written(outbox), "rst");
    outbox.begin_batch();
    EXPECT_EQ(written(outbox), "test");
    EXPECT_EQ(outbox.bytes_written(), 9U);
}

TEST_F(Out, an_empty_batch_is_none) {
    outbox.begin_batch();
    EXPECT_FALSE(outbox.in_batch());
    outbox.begin_batch();
    EXPECT_FALSE(outbox.in_batch());
}

TEST_F(Out, keeps_payload_alive_until_it_is_written) {
    outbox.begin_batch();
    outbox.add_data(header("h"), slice(pool, "abc"));
    EXPECT_EQ(pool.in_use(), 1U);
    outbox.handle_written(wire::DataHeader{}.size() + 2);
    EXPECT_EQ(pool.in_use(), 1U);
    outbox.handle_written(1);
    EXPECT_EQ(pool.in_use(), 0U);
}

TEST_F(Out, has_room_for_so_many_frames_of_data) {
    outbox.begin_batch();
    for (int i = 0; i < 32; ++i) {
        EXPECT_TRUE(outbox.has_room());
        outbox.add_data(header("h"), slice(pool, "x"));
    }
    EXPECT_FALSE(outbox.has_room());
    static_cast<void>(written(outbox));
    EXPECT_TRUE(outbox.has_room());
}

TEST_F(Out, has_room_for_so_many_bytes_of_data) {
    outbox.begin_batch();
    EXPECT_EQ(outbox.room(), most_data);
    outbox.add_data(header("h"), slice(pool, std::string(block_size, 'x')));
    EXPECT_EQ(outbox.room(), most_data - block_size);
    outbox.add_data(header("h"), slice(pool, std::string(block_size, 'x')));
    EXPECT_FALSE(outbox.has_room());
}

TEST_F(Out, gives_the_memory_of_a_long_list_back) {
    append(outbox.control(), std::string(100'000, 'x'));
    outbox.begin_batch();
    static_cast<void>(written(outbox));
    EXPECT_LE(outbox.control().capacity(), 4096U);
    EXPECT_LE(outbox.urgent().capacity(), 4096U);
}

using OutDeathTest = Out;

TEST_F(OutDeathTest, ends_the_program_if_it_is_misused) {
    append(outbox.control(), "abc");
    outbox.begin_batch();
    EXPECT_DEATH(outbox.begin_batch(), "when the last one is written");
    EXPECT_DEATH(outbox.handle_written(4), "than was offered");
}

RC_GTEST_PROP(OutboxProperty, sends_everything_once_and_in_order_however_it_is_written, ()) {
    BlockPool pool;
    Outbox outbox;
    std::string expected;
    std::string sent;
    const auto batches = *rc::gen::inRange(1, 6);
    for (int batch = 0; batch < batches; ++batch) {
        const auto control = *rc::gen::container<std::string>(rc::gen::inRange('a', 'z'));
        append(outbox.control(), control);
        expected += control;
        outbox.begin_batch();
        const auto frames = *rc::gen::inRange(0, 5);
        for (int i = 0; i < frames; ++i) {
            const std::string payload(*rc::gen::inRange<std::size_t>(1, 2000), static_cast<char>('A' + i));
            outbox.add_data(header("h"), slice(pool, payload));
            expected += padded("h") + payload;
        }
        sent += written(outbox, *rc::gen::inRange<std::size_t>(1, 3000));
    }
    RC_ASSERT(sent == expected);
    RC_ASSERT(outbox.bytes_written() == expected.size());
    RC_ASSERT(pool.in_use() == 0U);
}

}  // namespace
}  // namespace warmspare::core
