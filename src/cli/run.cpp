// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <sstream>

#include "cli/commands.hpp"

namespace warmspare::cli {
namespace {

struct Arguments {
    StatusOptions status;
    EventsOptions events;
    std::string control;
    std::string file;
};

void add_control(CLI::App& app, std::string& control) {
    app.add_option("--control", control,
                   "Control socket of warmspared (default: /run/warmspare/control.sock for root, "
                   "$XDG_RUNTIME_DIR/warmspare/control.sock otherwise)")
        ->type_name("PATH");
}

void add_commands(CLI::App& app, Arguments& arguments) {
    CLI::App* status = app.add_subcommand("status", "Show the link tables and the processes");
    status->add_flag("--json", arguments.status.json, "Print JSON");
    CLI::App* events = app.add_subcommand("events", "Show the last 4096 events");
    events->add_flag("--follow", arguments.events.follow, "Go on with those that are yet to come");
    events->add_flag("--json", arguments.events.json, "Print JSON, one object a line");
    CLI::App* check = app.add_subcommand("check", "Check a configuration file; needs no daemon");
    check->add_option("FILE", arguments.file, "The file")->required();
    add_control(app, arguments.control);
    for (CLI::App* command : {status, events, check}) add_control(*command, arguments.control);
}

int run_command(const CLI::App& app, Arguments& arguments, Console& console) {
    arguments.status.control = arguments.control;
    arguments.events.control = arguments.control;
    if (app.got_subcommand("status")) return run_status(arguments.status, console);
    if (app.got_subcommand("events")) return run_events(arguments.events, console);
    return run_check(arguments.file, console);
}

}  // namespace

int run(int argc, const char* const* argv, Console& console) {
    CLI::App app{"Shows what warmspared does: its link tables, its processes and its events.", "warmspare"};
    app.set_version_flag("--version", "warmspare " WARMSPARE_VERSION);
    app.require_subcommand(0, 1);
    app.failure_message([](const CLI::App*, const CLI::Error& error) {
        return fmt::format("warmspare: {}; --help says more\n", error.what());
    });
    app.footer("Exit codes: 0 fine; 1 the thing asked about is wrong, or there is no daemon; 2 usage.");
    Arguments arguments;
    add_commands(app, arguments);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        std::ostringstream output;
        std::ostringstream errors;
        const bool asked_for = app.exit(error, output, errors) == 0;
        if (!asked_for) {
            console.report(errors.str());
            return exit_usage;
        }
        console.print(output.str());
        return console.exit_code();
    }
    if (app.get_subcommands().empty()) {
        console.complain("a command is needed: status, events or check FILE; --help says more");
        return exit_usage;
    }
    return run_command(app, arguments, console);
}

}  // namespace warmspare::cli
