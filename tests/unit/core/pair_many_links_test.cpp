// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Many links between two nodes: the few places that a node grants to connections it does not know yet are
// enough for all of them.

#include <gtest/gtest.h>

#include "../support/pair_fixture.hpp"
#include "rules_bench.hpp"

namespace warmspare::core {
namespace {

using namespace std::chrono_literals;
using sim::Side;

constexpr std::uint32_t count = 300;

std::vector<LinkConfig> many_links() {
    std::vector<LinkConfig> links{dedicated("0", "redis", "fiber")};
    for (std::uint32_t i = 1; i < count; ++i) links.push_back(spare(std::to_string(i), i + 1, "fiber"));
    return links;
}

class PairOfManyLinks : public test::PairFixture {
  protected:
    PairOfManyLinks() : PairFixture{sim::make_pair_setup(many_links(), {{.name = "redis"}})} {}
};

TEST_F(PairOfManyLinks, come_up_one_behind_the_other_and_none_has_to_come_back_an_interval_later) {
    for (const auto side : {Side::dialer, Side::acceptor}) {
        EXPECT_EQ(net_.events(side, EventKind::link_up).size(), count);
        EXPECT_TRUE(net_.events(side, EventKind::error).empty());
    }
}

}  // namespace
}  // namespace warmspare::core
