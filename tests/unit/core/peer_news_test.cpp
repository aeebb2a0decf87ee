// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// What the other node is told of links, and how often (S9).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "../support/stranger.hpp"

namespace warmspare::core {
namespace {

using testing::ElementsAre;
using testing::Pair;

/// Link id and connection number of what the views say that are among these bytes, view by view.
std::vector<std::vector<std::pair<std::uint32_t, std::uint64_t>>> views(std::span<const std::byte> bytes) {
    std::vector<std::vector<std::pair<std::uint32_t, std::uint64_t>>> found;
    wire::Decoder decoder;
    decoder.accept();
    while (true) {
        const auto frame = decoder.next(bytes);
        if (!frame || !*frame) return found;
        const auto* view = std::get_if<wire::View>(&**frame);
        if (!view) continue;
        found.emplace_back();
        for (const auto& link : view->links) found.back().emplace_back(link.link_id, link.connection);
    }
}

// Where thousands of links come up one after the other, each with a list of them all, it is gigabytes.
TEST(PeerNews, S9_wait_for_room_and_are_the_latest_then) {
    test::Stranger mallory{false};
    const auto first = mallory.connect_and_greet(0);
    static_cast<void>(mallory.read(first));
    for (std::uint64_t number = 1; number <= 10; ++number) {
        auto hello = mallory.hello(1);
        hello.connection = number;
        const auto second = mallory.connect();
        mallory.say(second, wire::Confirm{mallory.greet(second, hello)});
        if (number < 10) mallory.lose(second);
    }
    EXPECT_THAT(views(mallory.read(first)), ElementsAre(ElementsAre(Pair(0, 1), Pair(1, 10))));
}

}  // namespace
}  // namespace warmspare::core
