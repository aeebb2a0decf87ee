// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "node/config_names.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>

namespace warmspare::node {
namespace {

TEST(ConfigNames, LettersAndLength) {
    EXPECT_TRUE(valid_name("Az09._-"));
    EXPECT_TRUE(valid_name(std::string(63, 'x')));
    EXPECT_FALSE(valid_name(std::string(64, 'x')));
    for (const char* name : {"", " ", "a b", "a/b", "a:b", "\xC3\xBC", "a\n"}) {
        EXPECT_FALSE(valid_name(name)) << name;
    }
}

TEST(ConfigNames, QuotedTextStaysOneShortLine) {
    EXPECT_EQ(in_quotes("plain"), "\"plain\"");
    EXPECT_EQ(in_quotes("a\"b\\c\nd\x7F"), "\"a\\\"b\\\\c\\u000Ad\\u007F\"");
    EXPECT_EQ(in_quotes(std::string(100'000, 'x')),
              '"' + std::string(60, 'x') + "..." + std::string(60, 'x') + '"');
}

TEST(ConfigNames, LongTextIsCutBetweenCharacters) {
    std::string text = "x";
    for (int i = 0; i < 200; ++i) text += "\xE2\x82\xAC";
    const std::string shown = in_quotes(text);
    const auto first_bytes = std::ranges::count(shown, '\xE2');
    EXPECT_EQ(std::ranges::count(shown, '\xAC'), first_bytes);
    EXPECT_EQ(std::ranges::count(shown, '\x82'), first_bytes);
}

TEST(ConfigNames, NearestForgivesTypingErrorsOnly) {
    constexpr std::array<std::string_view, 4> keys{"listen", "linger", "target", "peer"};
    EXPECT_EQ(nearest("listn", keys), "listen");
    EXPECT_EQ(nearest("lingre", keys), "linger");
    EXPECT_EQ(nearest("tagret", keys), "target");
    EXPECT_EQ(nearest("pere", keys), "peer");
    EXPECT_EQ(nearest("pear", keys), "peer");
    EXPECT_EQ(nearest("colour", keys), std::nullopt);
    EXPECT_EQ(nearest("", keys), std::nullopt);
    EXPECT_EQ(nearest(std::string(100'000, 'l'), keys), std::nullopt);
}

}  // namespace
}  // namespace warmspare::node
