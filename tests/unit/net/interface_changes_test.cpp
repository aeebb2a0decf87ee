// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "net/interface_changes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include <array>
#include <cstring>

namespace warmspare::net {
namespace {

using boost::asio::ip::make_address;
using testing::ElementsAre;
using testing::IsEmpty;

/// A datagram, as the kernel would write it.
class Datagram {
  public:
    Datagram& link(std::uint16_t type, int index, unsigned flags) {
        ifinfomsg body{};
        body.ifi_index = index;
        body.ifi_flags = flags;
        return message(type, &body, sizeof body);
    }
    Datagram& address(std::uint16_t type, std::uint8_t family) {
        ifaddrmsg body{};
        body.ifa_family = family;
        return message(type, &body, sizeof body);
    }
    Datagram& attribute(std::uint16_t type, const void* value, std::size_t size) {
        rtattr head{};
        head.rta_type = type;
        head.rta_len = static_cast<std::uint16_t>(RTA_LENGTH(size));
        append(&head, sizeof head);
        append(value, size);
        nlmsghdr last;
        std::memcpy(&last, bytes_.data() + last_, sizeof last);
        last.nlmsg_len = static_cast<std::uint32_t>(size_ - last_);
        std::memcpy(bytes_.data() + last_, &last, sizeof last);
        return *this;
    }
    [[nodiscard]] std::span<const std::byte> bytes() const { return std::span(bytes_).first(size_); }

  private:
    Datagram& message(std::uint16_t type, const void* body, std::size_t size) {
        last_ = size_;
        nlmsghdr head{};
        head.nlmsg_type = type;
        head.nlmsg_len = static_cast<std::uint32_t>(NLMSG_LENGTH(size));
        append(&head, sizeof head);
        append(body, size);
        return *this;
    }
    void append(const void* from, std::size_t size) {
        std::memcpy(std::span(bytes_).subspan(size_, size).data(), from, size);
        size_ += NLMSG_ALIGN(size);
    }

    std::array<std::byte, 512> bytes_{};
    std::size_t size_ = 0;
    std::size_t last_ = 0;
};

constexpr std::array<unsigned char, 4> ten_0_1_1{10, 0, 1, 1};
constexpr std::array<unsigned char, 4> ten_0_1_2{10, 0, 1, 2};

TEST(InterfaceChanges, AnInterfaceThatIsUpAndRunningIsAlive) {
    const auto datagram = Datagram().link(RTM_NEWLINK, 3, IFF_UP | IFF_RUNNING);
    EXPECT_THAT(read_interface_changes(datagram.bytes()), ElementsAre(InterfaceAlive{3}));
}

TEST(InterfaceChanges, TellsTakenDownFromNoCarrier) {
    const auto datagram = Datagram()
                              .link(RTM_NEWLINK, 3, IFF_UP)
                              .link(RTM_NEWLINK, 4, 0)
                              .link(RTM_DELLINK, 5, IFF_UP | IFF_RUNNING);
    EXPECT_THAT(read_interface_changes(datagram.bytes()),
                ElementsAre(InterfaceLost{3, false}, InterfaceLost{4, true}, InterfaceLost{5, true}));
}

TEST(InterfaceChanges, ReadsTheOwnAddressOfAPointToPointInterface) {
    const auto datagram = Datagram()
                              .address(RTM_DELADDR, AF_INET)
                              .attribute(IFA_ADDRESS, ten_0_1_2.data(), 4)
                              .attribute(IFA_LOCAL, ten_0_1_1.data(), 4);
    EXPECT_THAT(read_interface_changes(datagram.bytes()), ElementsAre(AddressLost{make_address("10.0.1.1")}));
}

TEST(InterfaceChanges, ReadsIpv6) {
    const auto address = make_address("fd00::1").to_v6().to_bytes();
    const auto datagram =
        Datagram().address(RTM_DELADDR, AF_INET6).attribute(IFA_ADDRESS, address.data(), 16);
    EXPECT_THAT(read_interface_changes(datagram.bytes()), ElementsAre(AddressLost{make_address("fd00::1")}));
}

TEST(InterfaceChanges, LeavesOutWhatTakesNothingAway) {
    const auto datagram = Datagram()
                              .address(RTM_NEWADDR, AF_INET)
                              .attribute(IFA_LOCAL, ten_0_1_1.data(), 4)
                              .link(RTM_NEWROUTE, 1, 0);
    EXPECT_THAT(read_interface_changes(datagram.bytes()), IsEmpty());
}

TEST(InterfaceChanges, StopsWhereAMessageIsCutOff) {
    const auto whole = Datagram()
                           .link(RTM_NEWLINK, 3, IFF_UP)
                           .address(RTM_DELADDR, AF_INET)
                           .attribute(IFA_LOCAL, ten_0_1_1.data(), 4);
    for (std::size_t size = 0; size < whole.bytes().size(); ++size)
        EXPECT_LE(read_interface_changes(whole.bytes().first(size)).size(), 1U) << size;
}

}  // namespace
}  // namespace warmspare::net
