// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "node/config_address.hpp"

#include <gtest/gtest.h>

#include <string>

namespace warmspare::node {
namespace {

constexpr std::string_view example = "127.0.0.1:80";

std::string endpoint_of(std::string_view text) {
    const auto endpoint = parse_endpoint(text, example);
    return endpoint ? to_string(*endpoint) : endpoint.error();
}

TEST(ConfigAddress, NumericAddressesAreCanonical) {
    EXPECT_EQ(parse_numeric("10.0.1.2")->text, "10.0.1.2");
    EXPECT_EQ(parse_numeric("FD00:0:0::1")->text, "fd00::1");
    EXPECT_EQ(parse_numeric("[::1]")->text, "::1");
    EXPECT_EQ(parse_numeric("fe80::1%eth0")->text, "fe80::1%eth0");
    EXPECT_EQ(parse_numeric("::1")->family, Family::ipv6);
    EXPECT_TRUE(parse_numeric("::")->unspecified);
    EXPECT_TRUE(parse_numeric("0.0.0.0")->unspecified);
    EXPECT_FALSE(parse_numeric("127.0.0.1")->unspecified);
}

TEST(ConfigAddress, WhatIsNoNumericAddress) {
    for (const char* text :
         {"", "localhost", "10.0.1", "10.0.0.256", "[10.0.0.1]", "::1%", "fe80::1%a/b", ":::"}) {
        EXPECT_FALSE(parse_numeric(text)) << text;
    }
    EXPECT_FALSE(parse_numeric(std::string_view{"10.0.0.1\0x", 10}));
}

TEST(ConfigAddress, HostNames) {
    const std::string long_label(64, 'x');
    for (const char* text : {"localhost", "db.internal", "a-b.example.org.", "osaka_2", "3com.example"}) {
        EXPECT_EQ(parse_host(text), text);
    }
    for (const std::string& text :
         {std::string{}, std::string{"."}, std::string{"a..b"}, std::string{"-a"}, std::string{"a b"},
          std::string{"10.0.0.256"}, std::string{"10.0.1"}, long_label}) {
        EXPECT_FALSE(parse_host(text)) << text;
    }
}

TEST(ConfigAddress, EndpointsReadBack) {
    for (const char* text : {"127.0.0.1:6380", "[::1]:80", "db.internal:65535", "unix:/run/redis.sock"}) {
        EXPECT_EQ(endpoint_of(text), text);
    }
}

TEST(ConfigAddress, WhatIsNoEndpointSaysWhatWouldBe) {
    EXPECT_EQ(endpoint_of("6380"), "is no ADDRESS:PORT; write for example \"127.0.0.1:80\"");
    EXPECT_EQ(endpoint_of("[::1]"), "is no ADDRESS:PORT; write for example \"127.0.0.1:80\"");
    EXPECT_EQ(endpoint_of(":80"), "has no address; write for example \"127.0.0.1:80\"");
    EXPECT_EQ(endpoint_of("::1:80"), "has an IPv6 address without brackets; write for example \"[::1]:80\"");
    EXPECT_EQ(endpoint_of("a b:80"), "is neither an address nor a host name; write for example \"10.0.1.2\"");
    for (const char* port : {"", "0", "65536", "-1", "80x", "http"}) {
        EXPECT_EQ(
            endpoint_of(std::string{"10.0.0.1:"} + port),
            "has the port \"" + std::string{port} + "\"; write 1 to 65535, for example \"127.0.0.1:80\"");
    }
    EXPECT_EQ(endpoint_of("unix:run/a.sock"),
              "is not an absolute path; write for example \"unix:/run/app.sock\"");
    EXPECT_EQ(endpoint_of("unix:/" + std::string(107, 'x')),
              "is too long for a socket; write a path of at most 107 bytes");
    EXPECT_EQ(endpoint_of("unix:/" + std::string(106, 'x')), "unix:/" + std::string(106, 'x'));
}

}  // namespace
}  // namespace warmspare::node
