// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// What the encoder refuses, because only a mistake of this program can lead to it, and what it mends.

#include "wire/encoder.hpp"

#include <gtest/gtest.h>

#include <string>

#include "transcript.hpp"

namespace warmspare::wire {
namespace {

std::string text_that_arrives(const std::string& text) {
    Decoder decoder;
    decoder.accept();
    const auto bytes = encoded(Reset{2, ResetReason::application, text});
    Bytes input{bytes};
    const auto frame = decoder.next(input);
    return std::get<Reset>(frame.value().value()).text;
}

TEST(Encoder, AppendsToWhatIsThere) {
    auto bytes = encoded(wire::Test{1, 2});
    encode(bytes, Closed{3});
    auto expected = encoded(wire::Test{1, 2});
    const auto second = encoded(Closed{3});
    expected.insert(expected.end(), second.begin(), second.end());
    EXPECT_EQ(bytes, expected);
}

TEST(Encoder, CutsLongTexts) {
    EXPECT_EQ(text_that_arrives(std::string(max_text, 'x')), std::string(max_text, 'x'));
    EXPECT_EQ(text_that_arrives(std::string(max_text, 'x') + "y"), std::string(max_text, 'x'));
}

TEST(Encoder, MakesTextsPrintable) {
    EXPECT_EQ(text_that_arrives("a\x1B[31m\n\xC3\xA4~ \x7F"), "a?[31m???~ ?");
}

TEST(EncoderDeathTest, NamesAreWithinTheirLimits) {
    Buffer out;
    EXPECT_DEATH(encode(out, Open{2, ""}), "a name has");
    EXPECT_DEATH(encode(out, Open{2, std::string(max_name + 1, 'x')}), "a name has");
    EXPECT_DEATH(encode(out, Open{2, "a b"}), "a name has");
    Table table{.rows = {{.link = std::string(max_link_name + 1, 'x'), .circuit = "c"}}};
    EXPECT_DEATH(encode(out, table), "a link's name has");
}

TEST(EncoderDeathTest, ListsAreWithinTheirLimits) {
    Buffer out;
    View view;
    view.wants.resize(65536, "p");
    EXPECT_DEATH(encode(out, view), "65535 entries");
    view.wants.assign(10'000, std::string(max_name, 'p'));
    EXPECT_DEATH(encode(out, view), "within the limit of its type");
}

TEST(EncoderDeathTest, StreamsAreNumberedFromOneAndEndInTime) {
    Buffer out;
    EXPECT_DEATH(encode(out, Closed{0}), "not 0");
    EXPECT_DEATH(encode(out, Finish{2, max_stream_size + 1, {}}), "within its limit");
    EXPECT_DEATH((void)encode_data_header(0, 0, 1), "not 0");
    EXPECT_DEATH((void)encode_data_header(2, max_stream_size, 1), "within its limit");
    EXPECT_DEATH((void)encode_data_header(2, 0, 0), "1 to 131072");
    EXPECT_DEATH((void)encode_data_header(2, 0, max_payload + 1), "1 to 131072");
}

TEST(EncoderDeathTest, EveryReasonIsOne) {
    Buffer out;
    EXPECT_DEATH(encode(out, Refuse{}), "a refusal has a reason");
    EXPECT_DEATH(encode(out, Reset{2, ResetReason{}, ""}), "a reset has a reason");
}

}  // namespace
}  // namespace warmspare::wire
