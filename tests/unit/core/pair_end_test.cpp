// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// A node that ends while the other one is about to connect.

#include <gtest/gtest.h>

#include "../support/pair_fixture.hpp"
#include "rules_bench.hpp"

namespace warmspare::core {
namespace {

using namespace std::chrono_literals;
using sim::Side;

class PairEnd : public test::PairFixture {
  protected:
    PairEnd() : PairFixture{sim::make_pair_setup({dedicated("20", "redis", "fiber")}, {{.name = "redis"}})} {
        net_.run_for(2s);
    }
};

// The last frame of the handshake comes when the goodbyes have been said.
TEST_F(PairEnd, a_node_that_ends_does_not_take_up_a_connection_that_is_being_greeted) {
    net_.reset("20");
    net_.run_for(4ms);
    net_.world().host(1).shut_down();
    net_.run_for(10ms);
    EXPECT_EQ(net_.status(Side::acceptor).links[0].condition, Condition::sby);
    EXPECT_EQ(net_.events(Side::acceptor, EventKind::link_up).size(), 1U);
    EXPECT_EQ(net_.events(Side::dialer, EventKind::link_up).size(), 1U);
}

}  // namespace
}  // namespace warmspare::core
