// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "node/memory_limit.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

namespace warmspare::node {

namespace {

/// For tables, events, clients of the control socket and buffers of the loop.
constexpr std::uint64_t needed_besides = std::uint64_t{16} << 20;
constexpr std::uint64_t unit = std::uint64_t{64} << 10;

struct Usage {
    std::uint64_t address_space = 0;
    std::uint64_t data = 0;
};

Usage usage() {
    Usage pages;
    std::uint64_t ignored = 0;
    std::ifstream file("/proc/self/statm");
    file >> pages.address_space >> ignored >> ignored >> ignored >> ignored >> pages.data;
    const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    return {.address_space = pages.address_space * page, .data = pages.data * page};
}

std::optional<std::uint64_t> left_of(__rlimit_resource resource, std::uint64_t used) {
    rlimit limit{};
    if (::getrlimit(resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return std::nullopt;
    return limit.rlim_cur - std::min<std::uint64_t>(used, limit.rlim_cur);
}

}  // namespace

std::optional<std::uint64_t> memory_left() {
    const Usage used = usage();
    const auto address_space = left_of(RLIMIT_AS, used.address_space);
    const auto data = left_of(RLIMIT_DATA, used.data);
    if (address_space && data) return std::min(*address_space, *data);
    return address_space ? address_space : data;
}

std::uint64_t memory_for_streams(std::uint64_t left) noexcept {
    // A direction that may hold one block may have its bytes in parts of two.
    const std::uint64_t half = (left - std::min(left, needed_besides)) / 2;
    return half / unit * unit;
}

}  // namespace warmspare::node
