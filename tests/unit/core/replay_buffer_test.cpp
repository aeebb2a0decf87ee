// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "core/replay_buffer.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace warmspare::core {
namespace {

constexpr std::size_t large_cap = 64 * block_size;

std::string_view view(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Writes as the core does; returns how much there was room for.
std::size_t write(ReplayBuffer& buffer, std::string_view text, std::size_t cap = large_cap) {
    std::size_t written = 0;
    while (written < text.size()) {
        const auto room = buffer.room(cap);
        if (room.empty()) break;
        const auto size = std::min(room.size(), text.size() - written);
        std::memcpy(room.data(), text.data() + written, size);
        buffer.commit(size);
        written += size;
    }
    return written;
}

std::string numbered(std::size_t size, std::size_t from = 0) {
    std::string text(size, '\0');
    for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>((from + i) * 2654435761U >> 13);
    return text;
}

std::string read(const ReplayBuffer& buffer, std::uint64_t from, std::size_t step) {
    std::string text;
    while (from < buffer.end()) {
        const auto slice = buffer.slice(from, step);
        text += view(slice.bytes);
        from += slice.bytes.size();
    }
    return text;
}

TEST(ReplayBuffer, holds_no_block_before_and_after_use) {
    BlockPool pool;
    ReplayBuffer buffer{pool};
    EXPECT_EQ(buffer.bytes_held(), 0U);
    write(buffer, "hello");
    EXPECT_EQ(buffer.bytes_held(), block_size);
    buffer.forget(5);
    EXPECT_TRUE(buffer.empty());
    EXPECT_EQ(pool.in_use(), 0U);
    EXPECT_EQ(buffer.begin(), 5U);
}

TEST(ReplayBuffer, gives_back_a_room_that_was_not_used) {
    BlockPool pool;
    ReplayBuffer buffer{pool};
    EXPECT_FALSE(buffer.room(large_cap).empty());
    buffer.commit(0);
    EXPECT_EQ(pool.in_use(), 0U);
    write(buffer, numbered(block_size));
    EXPECT_FALSE(buffer.room(large_cap).empty());
    EXPECT_EQ(pool.in_use(), 2U);
    buffer.commit(0);
    EXPECT_EQ(pool.in_use(), 1U);
    EXPECT_EQ(read(buffer, 0, 1000), numbered(block_size));
}

TEST(ReplayBuffer, room_outlives_the_bytes_before_it) {
    BlockPool pool;
    ReplayBuffer buffer{pool};
    write(buffer, "abc");
    const auto room = buffer.room(large_cap);
    buffer.forget(3);
    std::memcpy(room.data(), "def", 3);
    buffer.commit(3);
    EXPECT_EQ(read(buffer, 3, 10), "def");
}

TEST(ReplayBuffer, slices_stay_as_they_are_after_their_bytes_are_forgotten) {
    BlockPool pool;
    ReplayBuffer buffer{pool};
    write(buffer, "abc");
    const auto slice = buffer.slice(0, 3);
    buffer.forget(3);
    EXPECT_EQ(buffer.bytes_held(), 0U);
    write(buffer, "xyz");
    EXPECT_EQ(view(slice.bytes), "abc");
    EXPECT_EQ(read(buffer, 3, 10), "xyz");
}

TEST(ReplayBuffer, does_not_start_a_block_again_that_a_slice_still_shows) {
    BlockPool pool;
    ReplayBuffer buffer{pool};
    write(buffer, "abc");
    const auto slice = buffer.slice(0, 3);
    static_cast<void>(buffer.room(large_cap));
    buffer.forget(3);
    write(buffer, "xyz");
    EXPECT_EQ(view(slice.bytes), "abc");
    EXPECT_EQ(read(buffer, 3, 10), "xyz");
}

TEST(ReplayBuffer, starts_an_empty_block_again_from_its_beginning) {
    BlockPool pool;
    ReplayBuffer buffer{pool};
    write(buffer, numbered(block_size - 10));
    static_cast<void>(buffer.room(block_size));
    buffer.forget(buffer.end());
    EXPECT_EQ(buffer.room(block_size).size(), block_size);
    EXPECT_EQ(pool.in_use(), 1U);
}

TEST(ReplayBuffer, takes_no_more_blocks_than_the_cap_allows) {
    BlockPool pool;
    ReplayBuffer buffer{pool};
    EXPECT_EQ(write(buffer, numbered(5 * block_size), 0), block_size);
    EXPECT_EQ(write(buffer, numbered(5 * block_size), block_size), 0U);
    EXPECT_EQ(write(buffer, numbered(5 * block_size), block_size + 1), block_size);
    EXPECT_EQ(buffer.bytes_held(), 2 * block_size);
    buffer.forget(block_size - 1);
    EXPECT_TRUE(buffer.room(2 * block_size).empty());
    buffer.forget(block_size);
    EXPECT_EQ(buffer.room(2 * block_size).size(), block_size);
}

TEST(ReplayBuffer, leaves_a_small_rest_only_when_another_block_is_allowed) {
    BlockPool pool;
    ReplayBuffer buffer{pool};
    write(buffer, numbered(block_size - 4095));
    EXPECT_EQ(buffer.room(block_size).size(), 4095U);
    EXPECT_EQ(buffer.room(2 * block_size).size(), block_size);
    buffer.commit(1);
    EXPECT_EQ(buffer.end(), block_size - 4094);
    EXPECT_EQ(buffer.slice(0, large_cap).bytes.size(), block_size - 4095);
}

TEST(ReplayBuffer, forgets_nothing_for_an_old_acknowledgement) {
    BlockPool pool;
    ReplayBuffer buffer{pool};
    write(buffer, "abcdef");
    buffer.forget(4);
    buffer.forget(2);
    EXPECT_EQ(buffer.begin(), 4U);
    EXPECT_EQ(read(buffer, 4, 1), "ef");
    EXPECT_TRUE(buffer.slice(6, 10).bytes.empty());
}

TEST(ReplayBufferDeathTest, refuses_offsets_that_it_does_not_have) {
    BlockPool pool;
    ReplayBuffer buffer{pool};
    write(buffer, "abcdef");
    buffer.forget(2);
    EXPECT_DEATH(static_cast<void>(buffer.slice(1, 1)), "only bytes that are kept");
    EXPECT_DEATH(static_cast<void>(buffer.slice(7, 1)), "only bytes that are kept");
    EXPECT_DEATH(buffer.forget(7), "forgotten before");
    EXPECT_DEATH(buffer.commit(block_size), "than there was room for");
}

/// The buffer beside what it should hold: everything ever written, and how much of that is forgotten.
class ModelRun {
  public:
    void step() {
        switch (*rc::gen::inRange(0, 6)) {
            case 0:
            case 1:
                return write_some();
            case 2:
                return forget_some();
            case 3:
                return ask_for_room_and_forget_all();
            case 4:
                sent_ = buffer_.begin();
                return;
            default:
                return send_some();
        }
    }

    void check() const {
        RC_ASSERT(buffer_.begin() == forgotten_);
        RC_ASSERT(buffer_.end() == written_.size());
        RC_ASSERT(buffer_.bytes_held() == blocks_of_kept_bytes() * block_size);
        for (const auto& [offset, slice] : in_flight_)
            RC_ASSERT(view(slice.bytes) == view_of(offset, slice.bytes.size()));
        RC_ASSERT(read(buffer_, forgotten_, block_size) == std::string_view{written_}.substr(forgotten_));
    }

    void end() {
        buffer_.forget(written_.size());
        buffer_.commit(0);
        in_flight_.clear();
        RC_ASSERT(pool_.in_use() == 0U);
    }

  private:
    [[nodiscard]] std::string_view view_of(std::uint64_t offset, std::size_t size) const {
        return std::string_view{written_}.substr(offset, size);
    }

    /// A slice ends where a block does. No room is lent between the steps, so no other block is held.
    [[nodiscard]] std::size_t blocks_of_kept_bytes() const {
        std::size_t blocks = 0;
        for (auto from = buffer_.begin(); from < buffer_.end(); ++blocks)
            from += buffer_.slice(from, large_cap).bytes.size();
        return blocks;
    }

    void write_some() {
        const auto size = *rc::gen::element<std::size_t>(0, 1, 1000, 5000, block_size - 3, 2 * block_size);
        const auto text = numbered(size, written_.size());
        const auto cap = *rc::gen::inRange<std::size_t>(0, 6) * block_size;
        const auto held = buffer_.bytes_held();
        written_ += text.substr(0, write(buffer_, text, cap));
        RC_ASSERT(buffer_.bytes_held() <= std::max({held, cap, block_size}));
    }

    void forget_some() {
        const auto kept = written_.size() - forgotten_;
        forgotten_ += *rc::gen::element<std::size_t>(0, 1, kept / 3, kept / 2, kept) % (kept + 1);
        buffer_.forget(forgotten_);
    }

    void ask_for_room_and_forget_all() {
        const auto room = buffer_.room(large_cap);
        forgotten_ = written_.size();
        buffer_.forget(forgotten_);
        const auto size = std::min<std::size_t>(room.size(), *rc::gen::element<std::size_t>(0, 1, 70, 4000));
        const auto text = numbered(size, written_.size());
        std::ranges::copy(std::as_bytes(std::span{text}), room.begin());
        buffer_.commit(size);
        written_ += text;
    }

    void send_some() {
        sent_ = std::max<std::uint64_t>(sent_, forgotten_);
        const auto max = *rc::gen::element<std::size_t>(1, 100, 16384, block_size, large_cap);
        auto slice = buffer_.slice(sent_, max);
        RC_ASSERT(slice.bytes.size() <= max);
        RC_ASSERT(slice.bytes.empty() == (sent_ == written_.size()));
        const auto offset = std::exchange(sent_, sent_ + slice.bytes.size());
        in_flight_.emplace_back(offset, std::move(slice));
        if (in_flight_.size() > 3) in_flight_.erase(in_flight_.begin());
    }

    BlockPool pool_{2};
    ReplayBuffer buffer_{pool_};
    std::string written_;
    std::uint64_t forgotten_ = 0;
    std::uint64_t sent_ = 0;
    std::vector<std::pair<std::uint64_t, Slice>> in_flight_;
};

RC_GTEST_PROP(ReplayBufferProperty, agrees_with_a_plain_string, ()) {
    ModelRun run;
    const auto steps = *rc::gen::inRange(0, 60);
    for (int i = 0; i < steps; ++i) {
        run.step();
        run.check();
    }
    run.end();
}

}  // namespace
}  // namespace warmspare::core
