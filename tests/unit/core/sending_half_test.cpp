// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// One direction of a stream where it is written (S10, S14).

#include "core/sending_half.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "stream_text.hpp"

namespace warmspare::core {
namespace {

constexpr std::uint64_t plenty = std::uint64_t{1} << 30;
constexpr std::uint64_t max_memory = std::uint64_t{1} << 20;

struct Sending : testing::Test {
    BlockPool pool;
    PeerBudget budget{plenty};
    SendingHalf out{pool, *Allowance::reserve(budget), max_memory, true};

    std::string send(std::size_t max = plenty) {
        std::string text;
        while (out.data_due()) text += text_of(out.next_data(max).bytes.slice.bytes);
        return text;
    }

    bool ack(std::uint64_t received, std::uint64_t written, std::uint64_t limit = plenty) {
        return out.handle_ack({.stream = 1, .received = received, .written = written, .limit = limit})
            .has_value();
    }
};

TEST_F(Sending, what_was_written_is_sent_once_and_in_order) {
    write(out, "hello ");
    write(out, "world");
    EXPECT_EQ(send(4), "hello world");
    EXPECT_FALSE(out.data_due());
    write(out, "!");
    EXPECT_EQ(out.next_data(10).offset, 11U);
}

TEST_F(Sending, no_more_is_sent_than_is_welcome) {
    write(out, numbered(initial_limit + 10));
    EXPECT_EQ(send().size(), initial_limit);
    EXPECT_TRUE(ack(0, 0, initial_limit + 7));
    EXPECT_EQ(send(), numbered(7, initial_limit));
    EXPECT_TRUE(ack(0, 0, initial_limit));
    EXPECT_FALSE(out.data_due());
}

// The byte is in the other node's memory, and may be lost with it.
TEST_F(Sending, a_byte_is_forgotten_only_when_it_was_written_to_the_application) {
    write(out, numbered(2 * block_size));
    EXPECT_TRUE(ack(0, 0));
    static_cast<void>(send());
    EXPECT_TRUE(ack(2 * block_size, 0));
    EXPECT_EQ(out.begin(), 0U);
    EXPECT_EQ(out.bytes_held(), 2 * block_size);
    EXPECT_TRUE(ack(2 * block_size, block_size));
    EXPECT_EQ(out.begin(), block_size);
    EXPECT_EQ(out.bytes_held(), block_size);
}

TEST_F(Sending, after_a_move_everything_not_known_to_be_received_is_sent_again) {
    write(out, "0123456789");
    EXPECT_EQ(send(), "0123456789");
    EXPECT_TRUE(ack(4, 2));
    EXPECT_EQ(out.rewind(), 6U);
    EXPECT_EQ(send(), "456789");
    EXPECT_TRUE(ack(10, 10));
    EXPECT_EQ(out.rewind(), 0U);
    EXPECT_FALSE(out.data_due());
}

TEST_F(Sending, an_acknowledgement_that_comes_after_the_move_spares_what_it_covers) {
    write(out, "0123456789");
    static_cast<void>(send());
    static_cast<void>(out.rewind());
    EXPECT_TRUE(ack(7, 7));
    EXPECT_EQ(send(), "789");
}

TEST_F(Sending, an_old_acknowledgement_changes_nothing) {
    write(out, "0123456789");
    static_cast<void>(send());
    EXPECT_TRUE(ack(8, 6));
    EXPECT_TRUE(ack(3, 1));
    EXPECT_EQ(out.begin(), 6U);
    EXPECT_EQ(out.rewind(), 2U);
}

TEST_F(Sending, the_end_goes_behind_the_last_byte_with_the_digest_of_all) {
    write(out, "hello");
    out.finish();
    EXPECT_FALSE(out.finish_due());
    EXPECT_EQ(send(), "hello");
    const auto finish = out.next_finish(7);
    Digest digest;
    digest.update(bytes_of("hello"));
    EXPECT_EQ(finish, (wire::Finish{.stream = 7, .final_offset = 5, .digest = digest.value()}));
    EXPECT_FALSE(out.next_finish(7));
}

TEST_F(Sending, a_process_may_do_without_the_digest) {
    SendingHalf plain{pool, *Allowance::reserve(budget), max_memory, false};
    plain.finish();
    EXPECT_EQ(plain.next_finish(7), (wire::Finish{.stream = 7, .final_offset = 0, .digest = {}}));
}

TEST_F(Sending, the_end_counts_as_one_byte) {
    write(out, "hello");
    out.finish();
    static_cast<void>(send());
    static_cast<void>(out.next_finish(7));
    EXPECT_TRUE(ack(5, 5));
    EXPECT_FALSE(out.done());
    EXPECT_TRUE(out.outstanding());
    EXPECT_TRUE(ack(6, 5));
    EXPECT_FALSE(out.done());
    EXPECT_FALSE(out.outstanding());
    EXPECT_TRUE(ack(6, 6));
    EXPECT_TRUE(out.done());
}

// Received is not enough: if the other node is done with the stream and its last word was lost, the repeated
// end is what makes it say so again.
TEST_F(Sending, after_a_move_the_end_is_repeated_until_it_is_known_to_be_passed_on) {
    out.finish();
    EXPECT_TRUE(out.next_finish(7));
    EXPECT_FALSE(out.next_finish(7));
    EXPECT_TRUE(ack(1, 0));
    static_cast<void>(out.rewind());
    EXPECT_TRUE(out.next_finish(7));
    EXPECT_TRUE(ack(1, 1));
    static_cast<void>(out.rewind());
    EXPECT_FALSE(out.next_finish(7));
}

TEST_F(Sending, no_room_is_lent_after_the_end) {
    out.finish();
    EXPECT_TRUE(out.room().empty());
    EXPECT_FALSE(out.take_resume());
}

TEST_F(Sending, something_is_outstanding_while_an_answer_is_to_come) {
    EXPECT_FALSE(out.outstanding());
    write(out, "abc");
    EXPECT_FALSE(out.outstanding());
    static_cast<void>(send());
    EXPECT_TRUE(out.outstanding());
    EXPECT_TRUE(ack(3, 0));
    EXPECT_FALSE(out.outstanding());
}

// Otherwise a link that dies while its sender waits for leave would not be found dead by it.
TEST_F(Sending, leave_to_send_more_is_outstanding_too) {
    write(out, numbered(initial_limit + 1));
    static_cast<void>(send());
    EXPECT_TRUE(ack(initial_limit, 0, initial_limit));
    EXPECT_TRUE(out.outstanding());
}

TEST_F(Sending, S14_at_the_bound_the_application_is_read_no_further_until_there_is_room_again) {
    EXPECT_EQ(write(out, numbered(2 * max_memory)), max_memory);
    EXPECT_TRUE(out.room().empty());
    EXPECT_FALSE(out.take_resume());
    EXPECT_TRUE(ack(0, 0));
    static_cast<void>(send());
    EXPECT_TRUE(ack(max_memory, 0));
    EXPECT_FALSE(out.take_resume());
    EXPECT_TRUE(ack(max_memory, block_size));
    EXPECT_TRUE(out.take_resume());
    EXPECT_FALSE(out.take_resume());
    EXPECT_EQ(write(out, numbered(2 * max_memory)), block_size);
}

TEST_F(Sending, what_others_have_more_need_of_is_given_back_as_it_drains) {
    PeerBudget small{16 * certain_bytes};
    SendingHalf half{pool, *Allowance::reserve(small), max_memory, true};
    EXPECT_EQ(write(half, numbered(max_memory)), 5 * block_size);
    auto other = Allowance::reserve(small);
    ASSERT_TRUE(other);
    ASSERT_TRUE(other->grow_by(2 * block_size, max_memory));
    EXPECT_TRUE(half.handle_ack({.stream = 1, .limit = plenty}).has_value());
    while (half.data_due()) static_cast<void>(half.next_data(plenty));
    EXPECT_TRUE(half.handle_ack({.stream = 1, .received = 5 * block_size, .written = 4 * block_size}));
    EXPECT_EQ(small.used() - other->held(), 3 * block_size);
}

TEST_F(Sending, an_acknowledgement_of_what_was_never_sent_is_an_error) {
    write(out, "0123456789");
    static_cast<void>(out.next_data(6));
    EXPECT_FALSE(ack(7, 0));
    EXPECT_TRUE(ack(6, 0));
    out.finish();
    static_cast<void>(send());
    EXPECT_FALSE(ack(11, 0));
    static_cast<void>(out.next_finish(7));
    EXPECT_FALSE(ack(12, 0));
    EXPECT_FALSE(ack(~std::uint64_t{0}, 0));
    EXPECT_TRUE(ack(11, 11));
}

TEST_F(Sending, an_acknowledgement_of_more_written_than_received_is_an_error) {
    write(out, "0123456789");
    static_cast<void>(send());
    EXPECT_FALSE(ack(4, 5));
    EXPECT_EQ(out.begin(), 0U);
}

TEST_F(Sending, what_was_sent_on_a_former_link_may_be_acknowledged_on_the_next) {
    write(out, "0123456789");
    static_cast<void>(send());
    static_cast<void>(out.rewind());
    EXPECT_TRUE(ack(10, 10));
    EXPECT_FALSE(out.data_due());
}

TEST_F(Sending, the_other_node_may_say_at_once_that_all_of_it_is_over) {
    write(out, "abc");
    EXPECT_FALSE(out.close());
    out.finish();
    EXPECT_FALSE(out.close());
    static_cast<void>(send());
    EXPECT_FALSE(out.close());
    static_cast<void>(out.next_finish(7));
    static_cast<void>(out.rewind());
    EXPECT_TRUE(out.close());
    EXPECT_TRUE(out.done());
    EXPECT_FALSE(out.data_due());
    EXPECT_EQ(out.bytes_held(), 0U);
}

/// A half beside a receiver that is nothing but a string, with links that lose what is on its way.
class Model {
  public:
    void step() {
        switch (*rc::gen::inRange(0, 8)) {
            case 0:
            case 1:
                return write_some();
            case 2:
            case 3:
            case 4:
                return send_some();
            case 5:
                return lose_link();
            case 6:
                return acknowledge();
            default:
                return lie();
        }
    }

    void check() const {
        RC_ASSERT(out_.begin() == forgotten_);
        RC_ASSERT(out_.bytes_held() <= max_memory);
        RC_ASSERT(text_.starts_with(received_));
    }

    void drain() {
        move();
        while (received_.size() < text_.size()) {
            acknowledge_all();
            RC_ASSERT(out_.data_due());
            send_some();
        }
        acknowledge_all();
        RC_ASSERT(received_ == text_);
        RC_ASSERT(!out_.outstanding());
        RC_ASSERT(out_.bytes_held() == 0U);
    }

  private:
    void write_some() {
        const auto text = numbered(*rc::gen::element<std::size_t>(1, 100, 5000, 70'000), text_.size());
        text_ += text.substr(0, write(out_, text));
    }

    void send_some() {
        if (!out_.data_due()) return;
        const auto piece = out_.next_data(*rc::gen::element<std::size_t>(1, 1000, 65536));
        RC_ASSERT(!piece.bytes.slice.bytes.empty());
        RC_ASSERT(piece.offset == sent_);
        sent_ += piece.bytes.slice.bytes.size();
        RC_ASSERT(sent_ <= limit_);
        RC_ASSERT(text_of(piece.bytes.slice.bytes) ==
                  std::string_view{text_}.substr(piece.offset, piece.bytes.slice.bytes.size()));
        if (lossy_) return;
        RC_ASSERT(piece.offset <= received_.size());
        if (sent_ > received_.size())
            received_ += text_of(piece.bytes.slice.bytes).substr(received_.size() - piece.offset);
    }

    /// From here on the link takes bytes and brings none, until the next one.
    void lose_link() {
        lossy_ = !lossy_ && *rc::gen::arbitrary<bool>();
        if (!lossy_) move();
    }

    void move() {
        lossy_ = false;
        RC_ASSERT(out_.rewind() == sent_ - acknowledged_);
        sent_ = acknowledged_;
    }

    void acknowledge() {
        const auto received = *rc::gen::inRange<std::uint64_t>(0, received_.size() + 1);
        tell(received, *rc::gen::inRange<std::uint64_t>(0, received + 1),
             limit_ + *rc::gen::element<std::uint64_t>(0, 1, 65536));
    }

    void acknowledge_all() { tell(received_.size(), received_.size(), received_.size() + 65536); }

    void tell(std::uint64_t received, std::uint64_t written, std::uint64_t limit) {
        RC_ASSERT(out_.handle_ack({1, received, written, limit}).has_value());
        acknowledged_ = std::max(acknowledged_, received);
        sent_ = std::max(sent_, acknowledged_);
        forgotten_ = std::max(forgotten_, written);
        limit_ = std::max(limit_, limit);
    }

    void lie() {
        const auto beyond = text_.size() + *rc::gen::element<std::uint64_t>(1, 2, 1'000'000, plenty * plenty);
        RC_ASSERT(!out_.handle_ack({1, beyond, 0, plenty}).has_value());
        RC_ASSERT(!out_.handle_ack({1, acknowledged_, acknowledged_ + 1, plenty}).has_value());
    }

    BlockPool pool_;
    PeerBudget budget_{plenty};
    SendingHalf out_{pool_, *Allowance::reserve(budget_), max_memory, true};
    std::string text_;
    std::string received_;
    std::uint64_t sent_ = 0;
    std::uint64_t acknowledged_ = 0;
    std::uint64_t forgotten_ = 0;
    std::uint64_t limit_ = initial_limit;
    bool lossy_ = false;
};

RC_GTEST_PROP(SendingHalfProperty, agrees_with_a_string_over_any_losses, ()) {
    Model model;
    const auto steps = *rc::gen::inRange(0, 80);
    for (int i = 0; i < steps; ++i) {
        model.step();
        model.check();
    }
    model.drain();
}

}  // namespace
}  // namespace warmspare::core
