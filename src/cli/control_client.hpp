// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// The command line's side of the control socket: blocking, one connection, one request.

#pragma once

#include <chrono>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "node/control_protocol.hpp"
#include "node/json.hpp"

namespace warmspare::cli {

/// How long a daemon may leave a question without an answer.
inline constexpr std::chrono::seconds answer_limit{10};

/// What a line of a daemon says; `path` is for the texts of errors. What the daemon calls an error is one
/// here.
[[nodiscard]] std::expected<node::Json, std::string> read_reply(std::string_view line,
                                                                const std::filesystem::path& path);

/// Errors are sentences for the user that name the path and say what to do.
class ControlClient {
  public:
    /// Connects and sends the request. An empty `path` is the default one.
    [[nodiscard]] static std::expected<ControlClient, std::string> ask(const std::filesystem::path& path,
                                                                       const node::control::Request& request);

    ControlClient(ControlClient&& other) noexcept;
    ControlClient& operator=(ControlClient&&) = delete;
    ~ControlClient();

    /// One reply. The end of the connection and silence for longer than `limit` (empty: as long as it takes)
    /// are errors too.
    [[nodiscard]] std::expected<node::Json, std::string> reply(
        std::optional<std::chrono::milliseconds> limit);

    /// Waits until the daemon sent something (true), or until nobody reads `output` any more (false).
    [[nodiscard]] bool wait_for_reply(int output);

  private:
    ControlClient(std::filesystem::path path, int fd) : path_{std::move(path)}, fd_{fd} {}

    [[nodiscard]] std::expected<std::string, std::string> line(
        std::optional<std::chrono::milliseconds> limit);

    std::filesystem::path path_;
    int fd_;
    /// Received and not yet given out.
    std::string input_;
};

}  // namespace warmspare::cli
