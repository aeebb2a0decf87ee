// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// What a process without a link may choose: to wait, to wait for so long, or to have its streams reset (S3).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <expected>
#include <string>
#include <vector>

#include "../support/pair_fixture.hpp"
#include "rules_bench.hpp"

namespace warmspare::core {
namespace {

using namespace std::chrono_literals;
using sim::Side;
using testing::ElementsAre;
using testing::IsEmpty;

sim::Setup one_circuit(const ProcessConfig& process) {
    return sim::make_pair_setup({dedicated("20", "A", "line")}, {process});
}

class PairWithoutLink : public test::PairFixture {
  protected:
    explicit PairWithoutLink(const ProcessConfig& process) : PairFixture{one_circuit(process)} {
        net_.open(Side::dialer, "A", 1000);
        net_.run_for(100ms);
        EXPECT_TRUE(net_.delivered("A"));
        net_.cut("line");
        net_.run_for(2s);
    }

    /// Why streams were closed at this node.
    std::vector<std::string> closed(Side side) {
        std::vector<std::string> causes;
        for (const auto& event : net_.events(side, EventKind::stream_close)) causes.push_back(event.cause);
        return causes;
    }
    std::uint64_t streams(Side side) { return net_.status(side).processes[0].streams; }
    std::expected<StreamKey, OpenError> open() {
        auto& host = net_.world().host(0);
        return host.node().open_stream({0}, {0}, host.scheduler().now());
    }
};

struct PairThatWaits : PairWithoutLink {
    PairThatWaits() : PairWithoutLink{{.name = "A"}} {}
};

TEST_F(PairThatWaits, S3_S14_keeps_its_streams_for_an_hour_and_goes_on) {
    net_.run_for(1h);
    EXPECT_EQ(streams(Side::dialer), 1U);
    EXPECT_EQ(streams(Side::acceptor), 1U);
    net_.open(Side::dialer, "A", 1000);
    net_.heal("line");
    ASSERT_TRUE(net_.run_until([this] { return net_.delivered("A"); }));
    EXPECT_THAT(closed(Side::dialer), IsEmpty());
    EXPECT_EQ(notices(Side::dialer), R"(
    assign A 20 (requested)
    no_link A 20 (watchdog expired)
    switch A 20 -> 20 (a link answers again)
)");
}

struct PairThatGivesUp : PairWithoutLink {
    PairThatGivesUp() : PairWithoutLink{{.name = "A", .give_up = 5s}} {}
};

TEST_F(PairThatGivesUp, S3_S14_keeps_its_streams_for_so_long_and_then_resets_them) {
    EXPECT_EQ(streams(Side::dialer), 1U);
    net_.run_for(4s);
    EXPECT_THAT(closed(Side::dialer), ElementsAre("gave up waiting for a link"));
    EXPECT_THAT(closed(Side::acceptor), ElementsAre("gave up waiting for a link"));
    EXPECT_EQ(notices(Side::dialer), R"(
    assign A 20 (requested)
    no_link A 20 (watchdog expired)
)");
}

struct PairThatDoesNotWait : PairWithoutLink {
    PairThatDoesNotWait() : PairWithoutLink{{.name = "A", .on_no_link = OnNoLink::reset}} {}
};

TEST_F(PairThatDoesNotWait, S3_resets_its_streams_at_once_and_refuses_others_until_a_link_is_up) {
    EXPECT_THAT(closed(Side::dialer), ElementsAre("no link: watchdog expired"));
    EXPECT_THAT(closed(Side::acceptor), ElementsAre("no link: no link is up"));
    const auto refused = open();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error(), OpenError::no_link);
    net_.heal("line");
    ASSERT_TRUE(net_.run_until_up());
    net_.run_for(100ms);
    net_.open(Side::dialer, "A", 1000);
    net_.run_for(100ms);
    EXPECT_EQ(streams(Side::dialer), 1U);
    EXPECT_EQ(streams(Side::acceptor), 1U);
    EXPECT_EQ(notices(Side::dialer), R"(
    assign A 20 (requested)
    no_link A 20 (watchdog expired)
    switch A 20 -> 20 (a link answers again)
)");
}

}  // namespace
}  // namespace warmspare::core
