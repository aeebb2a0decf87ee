// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/control_client.hpp"
#include "node/event_text.hpp"

namespace warmspare::cli {
namespace {

using node::control::Command;

/// An event of a kind that this program does not know yet is shown as it came.
std::string event_line(const node::Json& event, bool json) {
    if (!json) {
        if (const auto read = node::read_event(event))
            return node::event_text(read->time, read->event) + '\n';
    }
    return node::to_line(event) + '\n';
}

/// Reads all before anything is shown: a pager that is left open must not keep the daemon waiting.
int print_past(ControlClient& client, const EventsOptions& options, Console& console) {
    std::string text;
    for (;;) {
        const auto reply = client.reply(answer_limit);
        if (!reply) return console.complain(reply.error());
        if (reply->contains("end")) break;
        if (const auto event = reply->find("event"); event != reply->end())
            text += event_line(*event, options.json);
    }
    console.print(text);
    return console.exit_code();
}

int print_as_they_come(ControlClient& client, const EventsOptions& options, Console& console) {
    while (client.wait_for_reply(console.output())) {
        const auto reply = client.reply(std::nullopt);
        if (!reply) return console.complain(reply.error());
        const auto event = reply->find("event");
        if (event != reply->end() && !console.print(event_line(*event, options.json))) break;
    }
    return console.exit_code();
}

}  // namespace

int run_events(const EventsOptions& options, Console& console) {
    auto client = ControlClient::ask(options.control, {.command = Command::events, .follow = options.follow});
    if (!client) return console.complain(client.error());
    return options.follow ? print_as_they_come(*client, options, console)
                          : print_past(*client, options, console);
}

}  // namespace warmspare::cli
