// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Tests are answered at once on the link that they came by, whatever else there is to do (S8).

#include "core/transceiver.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "../wire/transcript.hpp"
#include "stream_text.hpp"
#include "traffic_bench.hpp"

namespace warmspare::core {
namespace {

struct Transceiving : testing::Test {
    Transceiver link;
    std::string handed_on;
    /// To each frame that is handed on.
    std::expected<bool, std::string_view> answer{true};

    void SetUp() override { link.accept(); }

    std::expected<void, std::string_view> receive(std::initializer_list<wire::Frame> frames) {
        wire::Buffer bytes;
        for (const auto& frame : frames) wire::encode_any(bytes, frame);
        return link.receive(bytes, [&](const auto& frame) {
            handed_on += in_words(wire::encoded(frame));
            return answer;
        });
    }
    /// The next batch, as the socket takes it.
    std::string sent() {
        auto& outbox = link.outbox();
        if (!outbox.in_batch()) outbox.begin_batch();
        wire::Buffer bytes;
        for (const auto piece : outbox.pieces()) bytes.insert(bytes.end(), piece.begin(), piece.end());
        outbox.handle_written(bytes.size());
        return in_words(bytes);
    }
};

TEST_F(Transceiving, S8_a_test_is_answered_with_its_own_number_and_stamp_and_nobody_else_hears_of_it) {
    ASSERT_TRUE(receive({wire::Test{7, 4711}}));
    EXPECT_EQ(sent(), "reply 7 4711; ");
    EXPECT_EQ(handed_on, "");
    EXPECT_EQ(sent(), "");
}

TEST_F(Transceiving, S8_replies_go_before_everything_that_waits_to_be_sent) {
    encode(link.outbox().control(), wire::Closed{2});
    ASSERT_TRUE(receive({wire::Test{7, 1}, wire::Closed{4}, wire::Test{8, 2}}));
    EXPECT_EQ(sent(), "reply 7 1; reply 8 2; closed 2; ");
    EXPECT_EQ(handed_on, "closed 4; ");
}

// Data is on its way, and the socket takes no more of it for now.
TEST_F(Transceiving, S8_a_reply_is_the_first_frame_behind_the_batch_that_is_being_sent) {
    BlockPool pool;
    auto& outbox = link.outbox();
    outbox.begin_batch();
    outbox.add_data(wire::encode_data_header(2, 0, 5), {pool.take(), bytes_of("hello")});
    outbox.handle_written(3);
    encode(outbox.control(), wire::Closed{4});
    ASSERT_TRUE(receive({wire::Test{7, 1}}));
    static_cast<void>(sent());
    EXPECT_EQ(sent(), "reply 7 1; closed 4; ");
}

TEST_F(Transceiving, S8_nothing_is_answered_behind_a_frame_that_is_a_mistake) {
    answer = std::unexpected("is not welcome");
    const auto received = receive({wire::Test{7, 1}, wire::Closed{4}, wire::Test{8, 2}});
    ASSERT_FALSE(received);
    EXPECT_EQ(received.error(), "is not welcome");
    EXPECT_EQ(sent(), "reply 7 1; ");
}

// The frame may have ended the connection, and with it the link.
TEST_F(Transceiving, stops_where_it_is_told_to) {
    answer = false;
    ASSERT_TRUE(receive({wire::Closed{4}, wire::Test{8, 2}}));
    EXPECT_EQ(sent(), "");
}

TEST_F(Transceiving, a_test_before_the_handshake_is_over_is_not_answered) {
    link = {};
    const auto received = receive({wire::Test{7, 1}});
    ASSERT_FALSE(received);
    EXPECT_EQ(received.error(), wire::to_string(wire::DecodeError::out_of_order));
    EXPECT_EQ(sent(), "");
}

}  // namespace
}  // namespace warmspare::core
