// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// What the program does once its arguments are understood. Each returns an exit code.

#pragma once

#include <filesystem>

#include "cli/console.hpp"

namespace warmspare::cli {

struct StatusOptions {
    /// Empty: the default path.
    std::filesystem::path control;
    bool json = false;
};

struct EventsOptions {
    std::filesystem::path control;
    bool json = false;
    bool follow = false;
};

[[nodiscard]] int run_status(const StatusOptions& options, Console& console);
[[nodiscard]] int run_events(const EventsOptions& options, Console& console);
[[nodiscard]] int run_check(const std::filesystem::path& file, Console& console);

/// The whole program: understands the arguments and runs a command.
[[nodiscard]] int run(int argc, const char* const* argv, Console& console);

}  // namespace warmspare::cli
