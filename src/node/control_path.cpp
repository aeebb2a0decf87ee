// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "node/control_path.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace warmspare::node {

std::expected<std::filesystem::path, std::string> default_control_path() {
    return control_path_for(::geteuid() == 0, std::getenv("XDG_RUNTIME_DIR"));
}

std::expected<std::filesystem::path, std::string> control_path_for(bool root, const char* runtime_directory) {
    if (root) return "/run/warmspare/control.sock";
    if (runtime_directory == nullptr || *runtime_directory == '\0') {
        return std::unexpected{
            "XDG_RUNTIME_DIR is not set, so there is no default control socket: name one with --control "
            "PATH"};
    }
    if (*runtime_directory != '/') {
        return std::unexpected{
            "XDG_RUNTIME_DIR is not an absolute path, so there is no default control socket: "
            "name one with --control PATH"};
    }
    return std::filesystem::path{runtime_directory} / "warmspare" / "control.sock";
}

std::expected<void, std::string> create_control_directory(const std::filesystem::path& control) {
    const std::filesystem::path directory = control.parent_path();
    const mode_t mode = ::geteuid() == 0 ? 0755 : 0700;
    if (::mkdir(directory.c_str(), mode) == 0 || errno == EEXIST) return {};
    return std::unexpected{"cannot create " + directory.string() + ": " + std::strerror(errno)};
}

}  // namespace warmspare::node
