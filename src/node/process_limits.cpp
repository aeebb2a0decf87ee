// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "node/process_limits.hpp"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/resource.h>

#include <cerrno>
#include <csignal>
#include <system_error>

namespace warmspare::node {

void fill_standard_descriptors() noexcept {
    for (int fd = 0; fd <= 2; ++fd) {
        // The lowest free descriptor is the one that is missing.
        if (::fcntl(fd, F_GETFD) == -1 && errno == EBADF) static_cast<void>(::open("/dev/null", O_RDWR));
    }
}

void raise_open_files() noexcept {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    static_cast<void>(::setrlimit(RLIMIT_NOFILE, &limit));
}

void ignore_broken_pipes() noexcept {
    static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
}

std::uint64_t random_incarnation() {
    std::uint64_t value = 0;
    while (value == 0) {
        if (::getrandom(&value, sizeof value, 0) != sizeof value && errno != EINTR) {
            throw std::system_error(errno, std::generic_category(), "no random numbers");
        }
    }
    return value;
}

}  // namespace warmspare::node
