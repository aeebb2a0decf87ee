// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Where the daemon's log goes: standard error, without ever waiting for it. Whoever holds the other end may
// have stopped reading, closed it, or run out of disk; the links are watched all the same.

#pragma once

#include <spdlog/details/null_mutex.h>
#include <spdlog/sinks/base_sink.h>

#include <cstdint>
#include <string_view>

namespace warmspare::node {

/// Writes lines to a descriptor that it does not own. A line that would have to wait is dropped, and how many
/// were is said with the next one that goes through. One thread.
class LogSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
  public:
    explicit LogSink(int fd);

    [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_; }

  protected:
    void sink_it_(const spdlog::details::log_msg& message) override;
    void flush_() override {}

  private:
    [[nodiscard]] bool write(std::string_view line) noexcept;

    int fd_;
    bool is_socket_;
    std::uint64_t dropped_ = 0;
};

}  // namespace warmspare::node
