// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// One direction of a stream where it is read (S10, S14), and both ends together.

#include "core/receiving_half.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "stream_text.hpp"

namespace warmspare::core {
namespace {

constexpr std::uint64_t plenty = std::uint64_t{1} << 30;
constexpr std::uint64_t max_memory = std::uint64_t{1} << 20;

std::uint64_t digest_of(std::string_view text) {
    Digest digest;
    digest.update(bytes_of(text));
    return digest.value();
}

struct Receiving : testing::Test {
    BlockPool pool;
    PeerBudget budget{plenty};
    ReceivingHalf in{pool, *Allowance::reserve(budget), max_memory, true};

    /// What is new of it, or nothing if it is an error.
    std::optional<std::string> accept(std::uint64_t offset, std::string_view text) {
        const auto fresh = in.accept({.stream = 1, .offset = offset, .payload = bytes_of(text)});
        if (!fresh) return std::nullopt;
        return std::string{text_of(*fresh)};
    }

    /// The same for bytes that the application takes.
    void pass(std::uint64_t offset, std::string_view text) {
        const auto fresh = accept(offset, text);
        ASSERT_TRUE(fresh);
        in.wrote_through(fresh->size());
    }

    bool finish(std::uint64_t offset, std::optional<std::uint64_t> digest = {}) {
        return in.handle_finish({.stream = 1, .final_offset = offset, .digest = digest}).has_value();
    }
};

TEST_F(Receiving, bytes_are_accepted_once_whatever_link_brings_them) {
    EXPECT_EQ(accept(0, "hello"), "hello");
    EXPECT_EQ(accept(0, "hello"), "");
    EXPECT_EQ(accept(2, "llo wor"), " wor");
    EXPECT_EQ(accept(9, "ld"), "ld");
    EXPECT_EQ(in.next_ack(1).received, 11U);
}

TEST_F(Receiving, a_gap_is_an_error) {
    EXPECT_FALSE(accept(1, "b"));
    EXPECT_EQ(accept(0, "a"), "a");
    EXPECT_FALSE(accept(2, "c"));
    EXPECT_EQ(accept(1, "b"), "b");
}

TEST_F(Receiving, bytes_beyond_the_limit_are_an_error) {
    EXPECT_EQ(accept(0, numbered(initial_limit)), numbered(initial_limit));
    EXPECT_FALSE(accept(initial_limit, "x"));
    EXPECT_FALSE(accept(~std::uint64_t{0}, "xy"));
}

TEST_F(Receiving, bytes_beyond_the_end_are_an_error) {
    EXPECT_EQ(accept(0, "abc"), "abc");
    EXPECT_TRUE(finish(3));
    EXPECT_FALSE(accept(3, "d"));
    EXPECT_EQ(accept(0, "abc"), "");
}

TEST_F(Receiving, an_end_that_moves_is_an_error) {
    EXPECT_EQ(accept(0, "abc"), "abc");
    EXPECT_FALSE(finish(2));
    EXPECT_TRUE(finish(3));
    EXPECT_TRUE(finish(3));
    EXPECT_FALSE(finish(4));
}

TEST_F(Receiving, the_acknowledgement_tells_received_from_written) {
    EXPECT_EQ(accept(0, "0123456789"), "0123456789");
    in.wrote_through(4);
    in.keep(bytes_of("456789"));
    EXPECT_EQ(in.next_ack(1), (wire::Ack{1, 10, 4, initial_limit + 4}));
    in.wrote_kept(5);
    EXPECT_EQ(in.next_ack(1).written, 9U);
    std::array<std::span<const std::byte>, 2> kept;
    ASSERT_EQ(in.kept(kept), 1U);
    EXPECT_EQ(text_of(kept[0]), "9");
}

TEST_F(Receiving, the_end_counts_as_one_byte_when_it_came_and_when_it_was_passed_on) {
    pass(0, "abc");
    EXPECT_TRUE(finish(3, digest_of("abc")));
    EXPECT_EQ(in.next_ack(1).received, 4U);
    EXPECT_EQ(in.next_ack(1).written, 3U);
    EXPECT_TRUE(in.end_due());
    in.passed_end();
    EXPECT_TRUE(in.done());
    EXPECT_FALSE(in.end_due());
    EXPECT_EQ(in.next_ack(1).written, 4U);
}

TEST_F(Receiving, the_end_is_not_passed_on_before_the_last_byte_is_written) {
    EXPECT_EQ(accept(0, "abc"), "abc");
    in.keep(bytes_of("abc"));
    EXPECT_TRUE(finish(3));
    EXPECT_FALSE(in.end_due());
    in.wrote_kept(3);
    EXPECT_TRUE(in.end_due());
}

TEST_F(Receiving, an_end_beyond_what_came_is_not_acknowledged_yet) {
    pass(0, "abc");
    EXPECT_TRUE(finish(5));
    EXPECT_EQ(in.next_ack(1).received, 3U);
    EXPECT_FALSE(in.end_due());
    pass(3, "de");
    EXPECT_EQ(in.next_ack(1).received, 6U);
}

TEST_F(Receiving, another_digest_than_the_sender_s_shows_when_all_is_there) {
    pass(0, "ab");
    EXPECT_TRUE(finish(3, digest_of("abd")));
    EXPECT_FALSE(in.corrupt());
    pass(2, "c");
    EXPECT_TRUE(in.corrupt());
}

TEST_F(Receiving, the_digest_is_of_each_byte_once) {
    pass(0, "ab");
    pass(0, "abc");
    pass(1, "bcd");
    EXPECT_TRUE(finish(4, digest_of("abcd")));
    EXPECT_FALSE(in.corrupt());
}

TEST_F(Receiving, without_a_digest_nothing_is_compared) {
    ReceivingHalf plain{pool, *Allowance::reserve(budget), max_memory, false};
    EXPECT_TRUE(plain.handle_finish({.stream = 1, .final_offset = 0, .digest = 12345}).has_value());
    EXPECT_FALSE(plain.corrupt());
}

TEST_F(Receiving, the_state_is_told_at_first_and_then_when_it_has_changed) {
    EXPECT_TRUE(in.ack_urgent());
    static_cast<void>(in.next_ack(1));
    EXPECT_FALSE(in.ack_due());
    pass(0, "abc");
    EXPECT_TRUE(in.ack_due());
    EXPECT_FALSE(in.ack_urgent());
    static_cast<void>(in.next_ack(1));
    EXPECT_FALSE(in.ack_due());
    in.repeat_ack();
    EXPECT_TRUE(in.ack_urgent());
}

TEST_F(Receiving, much_and_the_end_are_told_at_once) {
    static_cast<void>(in.next_ack(1));
    pass(0, numbered(32 * 1024 - 1));
    EXPECT_FALSE(in.ack_urgent());
    pass(32 * 1024 - 1, "x");
    EXPECT_TRUE(in.ack_urgent());
    static_cast<void>(in.next_ack(1));
    EXPECT_TRUE(finish(32 * 1024));
    EXPECT_TRUE(in.ack_urgent());
}

// The acknowledgement of it was lost, or it would not be repeated.
TEST_F(Receiving, an_end_that_is_repeated_is_acknowledged_again) {
    pass(0, "abc");
    EXPECT_TRUE(finish(3));
    in.passed_end();
    static_cast<void>(in.next_ack(1));
    EXPECT_FALSE(in.ack_due());
    EXPECT_TRUE(finish(3));
    EXPECT_TRUE(in.ack_urgent());
}

TEST_F(Receiving, S14_an_application_that_does_not_read_is_granted_no_more_than_memory) {
    const auto text = numbered(initial_limit);
    EXPECT_EQ(accept(0, text), text);
    in.keep(bytes_of(text));
    EXPECT_EQ(in.next_ack(1).limit, initial_limit);
    EXPECT_FALSE(accept(initial_limit, "x"));
    in.wrote_kept(1000);
    EXPECT_EQ(in.next_ack(1).limit, initial_limit + 1000);
}

TEST_F(Receiving, the_window_grows_for_an_application_that_keeps_pace_and_not_beyond_its_bound) {
    std::uint64_t offset = 0;
    std::uint64_t limit = initial_limit;
    for (int i = 0; i < 100; ++i) {
        const auto size = limit - offset;
        pass(offset, numbered(size, offset));
        offset += size;
        const auto ack = in.next_ack(1);
        EXPECT_GT(ack.limit, limit);
        limit = ack.limit;
        EXPECT_LE(limit - offset, max_memory);
    }
    EXPECT_EQ(limit - offset, max_memory);
}

// Credit granted is memory reserved: what was promised stays promised.
TEST_F(Receiving, a_limit_once_told_never_shrinks_however_short_memory_becomes) {
    PeerBudget small{8 * certain_bytes};
    ReceivingHalf half{pool, *Allowance::reserve(small), max_memory, true};
    const auto text = numbered(initial_limit);
    ASSERT_TRUE(half.accept({.stream = 1, .offset = 0, .payload = bytes_of(text)}));
    half.wrote_through(text.size());
    const auto limit = half.next_ack(1).limit;
    EXPECT_EQ(limit, 3 * initial_limit);
    const auto others = Allowance::reserve(small, 6 * certain_bytes);
    ASSERT_TRUE(others);
    EXPECT_EQ(half.next_ack(1).limit, limit);
    const auto more = numbered(limit - initial_limit, initial_limit);
    EXPECT_TRUE(half.accept({.stream = 1, .offset = initial_limit, .payload = bytes_of(more)}));
}

/// The half beside a plain string, with pieces from anywhere in the stream, lies among them.
class Model {
  public:
    void step() {
        if (*rc::gen::inRange(0, 4) == 0) return read_some();
        const auto limit = told_;
        const auto offset = *rc::gen::inRange<std::uint64_t>(0, limit + 10);
        const auto size = *rc::gen::element<std::uint64_t>(1, 10, 1000, 40'000, 65'536);
        const auto text = numbered(size, offset);
        const auto fresh = in_.accept({.stream = 1, .offset = offset, .payload = bytes_of(text)});
        const bool allowed = offset <= received_.size() && offset + size <= limit;
        RC_ASSERT(fresh.has_value() == allowed);
        if (!allowed) return;
        const auto end = std::max<std::uint64_t>(received_.size(), offset + size);
        RC_ASSERT(text_of(*fresh) == numbered(end - received_.size(), received_.size()));
        received_ += text_of(*fresh);
        in_.keep(*fresh);
    }

    void check() {
        const auto ack = in_.next_ack(1);
        RC_ASSERT(ack.received == received_.size());
        RC_ASSERT(ack.written == written_);
        RC_ASSERT(ack.limit >= told_);
        RC_ASSERT(ack.limit <= written_ + max_memory);
        told_ = ack.limit;
        RC_ASSERT(in_.keeps_any() == (received_.size() > written_));
        RC_ASSERT(in_.bytes_held() <= budget_.used() + block_size);
    }

  private:
    void read_some() {
        std::array<std::span<const std::byte>, ReceiveBuffer::max_pieces> pieces;
        const auto count = in_.kept(pieces);
        std::string text;
        for (std::size_t i = 0; i < count; ++i) text += text_of(pieces[i]);
        text.resize(*rc::gen::inRange<std::size_t>(0, text.size() + 1));
        RC_ASSERT(std::string_view{received_}.substr(written_).starts_with(text));
        in_.wrote_kept(text.size());
        written_ += text.size();
    }

    BlockPool pool_;
    PeerBudget budget_{plenty};
    ReceivingHalf in_{pool_, *Allowance::reserve(budget_), max_memory, true};
    std::string received_;
    std::uint64_t written_ = 0;
    std::uint64_t told_ = initial_limit;
};

RC_GTEST_PROP(ReceivingHalfProperty, takes_what_is_new_and_allowed_and_refuses_the_rest, ()) {
    Model model;
    const auto steps = *rc::gen::inRange(0, 60);
    for (int i = 0; i < steps; ++i) {
        model.step();
        model.check();
    }
}

/// Both halves of one direction, with links that die at any moment and take along what is on them.
class Pair {
  public:
    void step() {
        switch (*rc::gen::inRange(0, 6)) {
            case 0: {
                const auto more = numbered(*rc::gen::element<std::size_t>(1, 300, 70'000), text_.size());
                text_ += more.substr(0, write(out_, more));
                return;
            }
            case 1:
                alive_ = !alive_;
                if (!alive_) return;
                static_cast<void>(out_.rewind());
                return in_.repeat_ack();
            case 2:
                return acknowledge();
            default:
                return send(*rc::gen::element<std::size_t>(1, 500, 65'536));
        }
    }

    void end() {
        alive_ = true;
        static_cast<void>(out_.rewind());
        in_.repeat_ack();
        out_.finish();
        for (int i = 0; i < 1000 && !out_.done(); ++i) {
            send(65'536);
            acknowledge();
        }
        RC_ASSERT(out_.done());
        RC_ASSERT(in_.done());
        RC_ASSERT(read_ == text_);
        RC_ASSERT(pool_.in_use() == 0U);
    }

  private:
    void send(std::size_t max) {
        if (out_.data_due()) {
            const auto piece = out_.next_data(max);
            if (alive_) receive({.stream = 1, .offset = piece.offset, .payload = piece.bytes.slice.bytes});
        }
        const auto finish = out_.next_finish(1);
        if (finish && alive_) RC_ASSERT(in_.handle_finish(*finish).has_value());
        RC_ASSERT(!in_.corrupt());
        if (in_.end_due()) in_.passed_end();
    }

    void receive(const wire::Data& data) {
        const auto fresh = in_.accept(data);
        RC_ASSERT(fresh.has_value());
        read_ += text_of(*fresh);
        in_.wrote_through(fresh->size());
    }

    void acknowledge() {
        if (!in_.ack_due()) return;
        const auto ack = in_.next_ack(1);
        if (alive_) RC_ASSERT(out_.handle_ack(ack).has_value());
    }

    BlockPool pool_;
    PeerBudget budget_{plenty};
    SendingHalf out_{pool_, *Allowance::reserve(budget_), max_memory, true};
    ReceivingHalf in_{pool_, *Allowance::reserve(budget_), max_memory, true};
    std::string text_;
    std::string read_;
    bool alive_ = true;
};

RC_GTEST_PROP(BothHalvesProperty, S10_what_is_read_is_what_was_written_over_any_failures, ()) {
    Pair pair;
    const auto steps = *rc::gen::inRange(0, 80);
    for (int i = 0; i < steps; ++i) pair.step();
    pair.end();
}

}  // namespace
}  // namespace warmspare::core
