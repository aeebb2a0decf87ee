// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "net/kernel_pipe.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace warmspare::net {

namespace {

/// Slots, one page each as the kernel counts: as many as it gives to anybody (fs.pipe-max-size). More would
/// push what passes through out of the cache.
constexpr int slots = 256;
constexpr int page_size = 4096;

ssize_t splice_some(int from, int to, std::size_t size) noexcept {
    return uninterrupted(
        [&] { return ::splice(from, nullptr, to, nullptr, size, SPLICE_F_NONBLOCK | SPLICE_F_MOVE); });
}

/// Descriptors are given out from the lowest number on.
bool most_are_in_use(const FileDescriptor& last) noexcept {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    return static_cast<rlim_t>(last.get()) > limit.rlim_cur / 2;
}

}  // namespace

std::unique_ptr<KernelPipe> KernelPipe::open() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) < 0) return nullptr;
    FileDescriptor out{ends[0]};
    FileDescriptor in{ends[1]};
    if (most_are_in_use(in) || ::fcntl(in.get(), F_SETPIPE_SZ, slots * page_size) < 0) return nullptr;
    return std::unique_ptr<KernelPipe>{new KernelPipe{std::move(out), std::move(in)}};
}

Moved KernelPipe::fill(int socket, std::size_t max) noexcept {
    const Moved filled = moved(splice_some(socket, in_.get(), max));
    size_ += filled.value_or(0);
    return filled;
}

Moved KernelPipe::drain(int sink, std::size_t max) noexcept {
    const Moved drained = moved(splice_some(out_.get(), sink, max));
    size_ -= drained.value_or(0);
    return drained;
}

std::size_t KernelPipe::copy(const KernelPipe& from, std::size_t max) noexcept {
    const ssize_t copied =
        uninterrupted([&] { return ::tee(from.out_.get(), in_.get(), max, SPLICE_F_NONBLOCK); });
    const auto size = copied > 0 ? static_cast<std::size_t>(copied) : 0;
    size_ += size;
    return size;
}

void KernelPipe::read(std::span<std::byte> out) noexcept {
    while (!out.empty()) {
        const ssize_t got = uninterrupted([&] { return ::read(out_.get(), out.data(), out.size()); });
        if (got <= 0) return;
        out = out.subspan(static_cast<std::size_t>(got));
        size_ -= static_cast<std::size_t>(got);
    }
}

}  // namespace warmspare::net
