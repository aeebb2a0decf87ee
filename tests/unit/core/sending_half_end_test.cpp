// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include <gtest/gtest.h>

#include "core/sending_half.hpp"

namespace warmspare::core {
namespace {

class SendingHalfEnd : public testing::Test {
  protected:
    SendingHalfEnd() {
        half_.finish();
        EXPECT_TRUE(half_.next_finish(1));
    }

    void acknowledge(std::uint64_t received, std::uint64_t written) {
        EXPECT_TRUE(half_.handle_ack({.stream = 1, .received = received, .written = written, .limit = 0}));
    }

    BlockPool pool_;
    PeerBudget budget_{1 << 20};
    SendingHalf half_{pool_, *Allowance::reserve(budget_), 1 << 20, false};
};

TEST_F(SendingHalfEnd, IsSaidAgainOnAnotherLinkWhileItMayNotHaveBeenWritten) {
    acknowledge(1, 0);
    EXPECT_FALSE(half_.finish_due());
    half_.rewind();
    EXPECT_TRUE(half_.finish_due());
}

TEST_F(SendingHalfEnd, IsNotSaidAgainOnceItWasWritten) {
    acknowledge(1, 1);
    half_.rewind();
    EXPECT_FALSE(half_.finish_due());
}

}  // namespace
}  // namespace warmspare::core
