// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "net/peer_filter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../support/loopback.hpp"

namespace warmspare::net {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Address address(const char* text) {
    return numeric_address(text).value();
}

ListenCircuit circuit(std::uint32_t peer, const char* local, const char* remote) {
    return {.candidate = {.peer = core::PeerIndex{peer}, .circuit = "c" + std::to_string(peer)},
            .peer_name = "p" + std::to_string(peer),
            .local = local ? numeric_address(local) : std::nullopt,
            .remote = remote ? std::optional<std::string>(remote) : std::nullopt};
}

class PeerFilterTest : public testing::Test {
  protected:
    std::vector<std::uint32_t> peers(const PeerFilter& filter, const char* own, const char* source) {
        std::vector<std::uint32_t> found;
        for (const auto& each : filter.candidates(address(own), address(source)))
            found.push_back(each.peer.value);
        return found;
    }

    asio::io_context context_;
    Worker worker_{context_, [](const core::Event&) {}};
};

TEST_F(PeerFilterTest, KnowsPeersByTheirAddress) {
    const PeerFilter filter(worker_, {circuit(0, nullptr, "10.0.0.2"), circuit(1, nullptr, "10.0.0.3")});
    EXPECT_THAT(peers(filter, "10.0.0.1", "10.0.0.2"), ElementsAre(0));
    EXPECT_THAT(peers(filter, "10.0.0.1", "10.0.0.3"), ElementsAre(1));
    EXPECT_THAT(peers(filter, "10.0.0.1", "10.0.0.4"), IsEmpty());
}

TEST_F(PeerFilterTest, SeveralPeersMayComeFromOneAddress) {
    const PeerFilter filter(worker_, {circuit(0, nullptr, "10.0.0.2"), circuit(1, nullptr, "10.0.0.2")});
    EXPECT_THAT(peers(filter, "10.0.0.1", "10.0.0.2"), ElementsAre(0, 1));
}

TEST_F(PeerFilterTest, AnyMeansAnybody) {
    const PeerFilter filter(worker_, {circuit(0, nullptr, nullptr)});
    EXPECT_THAT(peers(filter, "10.0.0.1", "203.0.113.9"), ElementsAre(0));
}

TEST_F(PeerFilterTest, ACircuitIsReachedAtItsOwnAddressOnly) {
    const PeerFilter filter(worker_, {circuit(0, "10.0.0.1", "10.0.0.2")});
    EXPECT_THAT(peers(filter, "10.0.0.1", "10.0.0.2"), ElementsAre(0));
    EXPECT_THAT(peers(filter, "10.0.9.1", "10.0.0.2"), IsEmpty());
}

TEST_F(PeerFilterTest, AHostNameIsNobodyUntilItIsLookedUp) {
    const auto filter = std::make_shared<PeerFilter>(worker_, std::vector{circuit(0, nullptr, "localhost")});
    EXPECT_THAT(peers(*filter, "127.0.0.1", "127.0.0.1"), IsEmpty());
    filter->refresh();
    EXPECT_TRUE(test::run_until(context_, [&] { return !peers(*filter, "127.0.0.1", "127.0.0.1").empty(); }));
    EXPECT_THAT(peers(*filter, "127.0.0.1", "127.0.0.2"), IsEmpty());
}

}  // namespace
}  // namespace warmspare::net
