// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "core/digest.hpp"

#define XXH_INLINE_ALL
#include <gtest/gtest.h>
#include <xxhash.h>

#include <string>
#include <utility>

namespace warmspare::core {
namespace {

std::span<const std::byte> bytes(const std::string& text) {
    return std::as_bytes(std::span{text});
}

TEST(Digest, of_nothing_is_the_published_value) {
    EXPECT_EQ(Digest{}.value(), 0x2D06800538D394C2U);
}

TEST(Digest, does_not_depend_on_how_the_bytes_were_cut) {
    std::string text(100'000, 'a');
    for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(i * 31 >> 3);
    Digest digest;
    std::size_t from = 0;
    for (std::size_t size = 1; from < text.size(); size = size * 2 + 1) {
        const auto piece = text.substr(from, size);
        digest.update(bytes(piece));
        from += piece.size();
    }
    EXPECT_EQ(digest.value(), XXH3_64bits(text.data(), text.size()));
}

TEST(Digest, may_be_asked_on_the_way_and_moved) {
    Digest digest;
    digest.update(bytes("abc"));
    EXPECT_EQ(digest.value(), XXH3_64bits("abc", 3));
    auto moved = std::move(digest);
    moved.update(bytes("def"));
    EXPECT_EQ(moved.value(), XXH3_64bits("abcdef", 6));
}

}  // namespace
}  // namespace warmspare::core
