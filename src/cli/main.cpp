// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include <fcntl.h>

#include <csignal>

#include "cli/commands.hpp"

namespace {

/// A program started without standard streams would give their numbers to its first sockets, and write
/// tables into them.
void fill_standard_descriptors() {
    int fd = 0;
    while (fd >= 0 && fd <= 2) fd = ::open("/dev/null", O_RDWR | O_CLOEXEC);
}

}  // namespace

int main(int argc, char** argv) {
    fill_standard_descriptors();
    std::signal(SIGPIPE, SIG_IGN);
    auto console = warmspare::cli::Console::standard();
    return warmspare::cli::run(argc, argv, console);
}
