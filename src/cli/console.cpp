// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "cli/console.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace warmspare::cli {
namespace {

/// 0, or the error that stopped it. SIGPIPE must be ignored.
int write_all(int fd, std::string_view text) {
    while (!text.empty()) {
        const ssize_t size = ::write(fd, text.data(), text.size());
        if (size >= 0) {
            text.remove_prefix(static_cast<std::size_t>(size));
        } else if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

}  // namespace

Console Console::standard() {
    const bool colour =
        ::isatty(STDOUT_FILENO) == 1 && wants_colour(std::getenv("NO_COLOR"), std::getenv("TERM"));
    return Console{STDOUT_FILENO, STDERR_FILENO, colour};
}

bool Console::print(std::string_view text) {
    const int error = write_all(output_, text);
    if (error == 0) return true;
    if (error != EPIPE) {
        failed_ = true;
        complain(fmt::format("cannot write to standard output: {}", std::strerror(error)));
    }
    return false;
}

int Console::report(std::string_view text) const {
    write_all(errors_, text);
    return exit_wrong;
}

int Console::complain(std::string_view message) const {
    return report(fmt::format("warmspare: {}\n", message));
}

bool wants_colour(const char* no_color, const char* term) noexcept {
    const bool refused = no_color != nullptr && *no_color != '\0';
    const bool dumb = term == nullptr || std::strcmp(term, "dumb") == 0;
    return !refused && !dumb;
}

}  // namespace warmspare::cli
