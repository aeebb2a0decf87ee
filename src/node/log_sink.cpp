// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "node/log_sink.hpp"

#include <fmt/format.h>
#include <limits.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace warmspare::node {

namespace {

bool is_socket(int fd) noexcept {
    struct stat status{};
    return ::fstat(fd, &status) == 0 && S_ISSOCK(status.st_mode);
}

}  // namespace

LogSink::LogSink(int fd) : fd_(fd), is_socket_(is_socket(fd)) {
}

void LogSink::sink_it_(const spdlog::details::log_msg& message) {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    if (line.size() > PIPE_BUF) {
        line.resize(PIPE_BUF);
        line[PIPE_BUF - 1] = '\n';
    }
    if (dropped_ != 0) {
        if (!write(fmt::format("({} lines of this log were dropped: standard error did not take them)\n",
                               dropped_))) {
            ++dropped_;
            return;
        }
        dropped_ = 0;
    }
    if (!write({line.data(), line.size()})) ++dropped_;
}

/// The descriptor may be shared with other programs, so it is not made non-blocking. A pipe that is ready
/// takes PIPE_BUF bytes without waiting, and no line is longer.
bool LogSink::write(std::string_view line) noexcept {
    if (is_socket_) return ::send(fd_, line.data(), line.size(), MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
    pollfd ready{.fd = fd_, .events = POLLOUT, .revents = 0};
    if (::poll(&ready, 1, 0) != 1 || (ready.revents & POLLOUT) == 0) return false;
    return ::write(fd_, line.data(), line.size()) >= 0;
}

}  // namespace warmspare::node
