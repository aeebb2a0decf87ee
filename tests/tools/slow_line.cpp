// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// A line with delay, jitter and loss for kernels that cannot play one (tc netem is often not built): carries
// every frame between two network devices, each as long as it is told to. Frames do not overtake each other.
//
// Each line on standard input, "DELAY_MS JITTER_MS LOSS_PERCENT", holds from then on; the first prints what
// the laboratory waits for. It ends with its standard input.

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <deque>
#include <random>
#include <sstream>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

/// What waits beyond that is lost, as it would be in a router.
constexpr std::size_t most_waiting_bytes = 16 << 20;
/// The longest frame that offloading makes, with what the kernel says of it in front (struct virtio_net_hdr,
/// whose header is no C++).
constexpr std::size_t frame_size = (64 << 10) + 64;

[[noreturn]] void fail(const std::string& call) {
    throw std::runtime_error(call + ": " + std::generic_category().message(errno));
}

template <class Value>
void set(int socket, int option, const Value& value) {
    if (::setsockopt(socket, SOL_PACKET, option, &value, sizeof value) != 0) fail("setsockopt");
}

/// A socket that gets every frame that comes in on the device, and through which frames go out on it.
int open_device(const char* name) {
    const int socket = ::socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, 0);
    if (socket < 0) fail("socket");
    sockaddr_ll address{};
    address.sll_family = AF_PACKET;
    address.sll_protocol = htons(ETH_P_ALL);
    address.sll_ifindex = static_cast<int>(::if_nametoindex(name));
    if (address.sll_ifindex == 0) fail(name);
    // Checksums are left to the devices, so what the kernel knows of them has to go along.
    set(socket, PACKET_VNET_HDR, 1);
    set(socket, PACKET_IGNORE_OUTGOING, 1);
    set(socket, PACKET_ADD_MEMBERSHIP,
        packet_mreq{
            .mr_ifindex = address.sll_ifindex, .mr_type = PACKET_MR_PROMISC, .mr_alen = 0, .mr_address = {}});
    if (::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail("bind");
    return socket;
}

struct Weather {
    Milliseconds delay{0};
    Milliseconds jitter{0};
    double loss_percent = 0;
};

/// Frames on their way in one direction.
class Direction {
  public:
    Direction(int from, int to) : from_(from), to_(to) {}

    void take(const Weather& weather, std::mt19937& random) {
        std::array<std::byte, frame_size> frame;  // NOLINT(cppcoreguidelines-pro-type-member-init)
        ssize_t size = 0;
        while ((size = ::recv(from_, frame.data(), frame.size(), 0)) > 0) {
            if (std::uniform_real_distribution(0.0, 100.0)(random) < weather.loss_percent) continue;
            const auto length = static_cast<std::size_t>(size);
            if (waiting_bytes_ + length > most_waiting_bytes) continue;
            const auto late = weather.jitter * std::uniform_real_distribution(0.0, 1.0)(random);
            const auto due = Clock::now() + std::chrono::duration_cast<Clock::duration>(weather.delay + late);
            const auto last = waiting_.empty() ? due : std::max(due, waiting_.back().due);
            waiting_.push_back({last, {frame.begin(), frame.begin() + size}});
            waiting_bytes_ += length;
        }
    }

    void deliver(Clock::time_point now) {
        while (!waiting_.empty() && waiting_.front().due <= now) {
            const auto& bytes = waiting_.front().bytes;
            // A device that is down or full takes nothing: that frame is lost, like any other.
            static_cast<void>(::send(to_, bytes.data(), bytes.size(), 0));
            waiting_bytes_ -= bytes.size();
            waiting_.pop_front();
        }
    }

    [[nodiscard]] Clock::time_point next() const {
        return waiting_.empty() ? Clock::time_point::max() : waiting_.front().due;
    }

  private:
    struct Frame {
        Clock::time_point due;
        std::vector<std::byte> bytes;
    };

    int from_;
    int to_;
    std::deque<Frame> waiting_;
    std::size_t waiting_bytes_ = 0;
};

/// What standard input has said last; false once it has ended.
bool read_weather(Weather& weather, std::string& unread) {
    std::array<char, 256> text{};
    const auto size = ::read(STDIN_FILENO, text.data(), text.size());
    if (size <= 0) return false;
    unread.append(text.data(), static_cast<std::size_t>(size));
    for (auto end = unread.find('\n'); end != std::string::npos; end = unread.find('\n')) {
        std::istringstream line(unread.substr(0, end));
        unread.erase(0, end + 1);
        double delay = 0;
        double jitter = 0;
        if (!(line >> delay >> jitter >> weather.loss_percent))
            throw std::runtime_error("three numbers a line");
        weather.delay = Milliseconds(delay);
        weather.jitter = Milliseconds(jitter);
        std::puts("set");
        std::fflush(stdout);
    }
    return true;
}

void carry(int one, int other) {
    Direction there(one, other);
    Direction back(other, one);
    Weather weather;
    std::string unread;
    std::mt19937 random;  // NOLINT(cert-msc51-cpp): when frames come is chance enough.
    while (true) {
        const auto left = std::min(there.next(), back.next()) - Clock::now();
        const auto nanoseconds =
            std::clamp<Clock::duration>(left, Clock::duration::zero(), std::chrono::seconds{1});
        const timespec wait{.tv_sec = nanoseconds.count() / 1'000'000'000,
                            .tv_nsec = nanoseconds.count() % 1'000'000'000};
        std::array<pollfd, 3> ready{{{one, POLLIN, 0}, {other, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}}};
        if (::ppoll(ready.data(), ready.size(), &wait, nullptr) < 0 && errno != EINTR) fail("ppoll");
        if (ready[2].revents != 0 && !read_weather(weather, unread)) return;
        there.take(weather, random);
        back.take(weather, random);
        there.deliver(Clock::now());
        back.deliver(Clock::now());
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fputs("usage: slow_line DEVICE DEVICE\n", stderr);
        return 2;
    }
    try {
        carry(open_device(argv[1]), open_device(argv[2]));
    } catch (const std::exception& error) {
        std::fprintf(stderr, "slow_line: %s\n", error.what());
        return 1;
    }
}
