// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Where the daemon and the command line meet unless told otherwise.

#pragma once

#include <expected>
#include <filesystem>
#include <string>

namespace warmspare::node {

/// /run/warmspare/control.sock for root, $XDG_RUNTIME_DIR/warmspare/control.sock otherwise. The error is a
/// sentence for the user.
[[nodiscard]] std::expected<std::filesystem::path, std::string> default_control_path();

/// The rule behind it. `runtime_directory` is the value of XDG_RUNTIME_DIR, null if there is none.
[[nodiscard]] std::expected<std::filesystem::path, std::string> control_path_for(
    bool root, const char* runtime_directory);

/// Creates the directory of the default path if it is missing: made by root, everybody may enter it (the
/// socket has a mode of its own); else it is for its owner alone. Never creates more than that one directory.
[[nodiscard]] std::expected<void, std::string> create_control_directory(const std::filesystem::path& control);

}  // namespace warmspare::node
