// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// warmspared: the daemon. Exit codes: 0 ended as asked, 1 cannot start or go on, 2 wrong usage.

#include <spdlog/logger.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "node/config.hpp"
#include "node/control_path.hpp"
#include "node/daemon.hpp"
#include "node/log_sink.hpp"
#include "node/process_limits.hpp"

namespace {

namespace node = warmspare::node;

constexpr int exit_wrong = 1;
constexpr int exit_usage = 2;

/// Nobody may be there to read it.
void say(const std::string& line) noexcept {
    static_cast<void>(std::fputs(line.c_str(), stderr));
    static_cast<void>(std::fputc('\n', stderr));
}

int fail(const std::string& sentence) {
    say("warmspared: " + sentence);
    return exit_wrong;
}

int print_mistakes(const std::vector<node::Mistake>& mistakes, const std::string& file) {
    for (const node::Mistake& mistake : mistakes) say(node::to_string(mistake, file));
    return exit_wrong;
}

spdlog::logger make_log() {
    spdlog::logger log("warmspared", std::make_shared<node::LogSink>(STDERR_FILENO));
    log.set_pattern("%Y-%m-%dT%H:%M:%S.%f%z %l: %v");
    return log;
}

int run(const std::string& file, const std::filesystem::path& control) {
    auto config = node::load_config(file);
    if (!config) return print_mistakes(config.error(), file);
    spdlog::logger log = make_log();
    node::Daemon daemon(std::move(*config), log);
    if (const auto started = daemon.start(control); !started) return fail(started.error());
    daemon.run();
    // The resolver's thread ends with the process only.
    if (!daemon.close()) std::_Exit(EXIT_SUCCESS);
    return EXIT_SUCCESS;
}

int run_with_default(const std::string& file, const std::string& control) {
    if (!control.empty()) return run(file, control);
    const auto path = node::default_control_path();
    return path ? run(file, *path) : fail(path.error());
}

}  // namespace

int main(int argc, char** argv) {
    node::fill_standard_descriptors();
    node::ignore_broken_pipes();
    node::raise_open_files();

    CLI::App app("Keeps TCP applications connected to another host over several links.");
    app.name("warmspared");
    std::string file;
    std::string control;
    app.add_option("--config", file, "configuration file")->required()->type_name("FILE");
    app.add_option("--control", control,
                   "control socket (default: /run/warmspare/control.sock for root, "
                   "$XDG_RUNTIME_DIR/warmspare/control.sock otherwise)")
        ->type_name("PATH");
    app.failure_message([](const CLI::App*, const CLI::Error& error) {
        return std::string("warmspared: ") + error.what() + "; --help says more\n";
    });
    app.set_version_flag("--version", std::string("warmspared ") + WARMSPARE_VERSION);
    try {
        app.parse(argc, argv);
        return run_with_default(file, control);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? EXIT_SUCCESS : exit_usage;
    } catch (const std::exception& error) {
        return fail(error.what());
    }
}
