// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "net/error_text.hpp"

#include <gtest/gtest.h>

#include <boost/asio/error.hpp>
#include <cerrno>

namespace warmspare::net {
namespace {

TEST(ErrorTextTest, SaysWhatHappenedAndNotWhichCallFailed) {
    EXPECT_EQ(cause_of(ECONNRESET), "connection reset");
    EXPECT_EQ(cause_of(EADDRNOTAVAIL), "address not available");
    EXPECT_EQ(cause_of(EMFILE), "too many open files");
}

TEST(ErrorTextTest, HasWordsForErrorsThatItDoesNotList) {
    EXPECT_FALSE(cause_of(EILSEQ).empty());
}

TEST(ErrorTextTest, TranslatesTheResolversErrorsToo) {
    EXPECT_EQ(cause_of(make_error_code(boost::asio::error::host_not_found)), "host name not found");
    EXPECT_EQ(cause_of(boost::system::error_code(ECONNREFUSED, boost::system::system_category())),
              "connection refused");
}

TEST(ErrorTextTest, KnowsWhichShortagesPass) {
    for (const int error : {EMFILE, ENFILE, ENOBUFS, ENOMEM}) EXPECT_TRUE(is_exhaustion(error));
    for (const int error : {ECONNABORTED, EAGAIN, EBADF}) EXPECT_FALSE(is_exhaustion(error));
}

}  // namespace
}  // namespace warmspare::net
