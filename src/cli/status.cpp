// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/control_client.hpp"
#include "cli/status_text.hpp"

namespace warmspare::cli {
namespace {

/// The daemon's own object, so that names which this program does not know yet are passed on.
std::expected<node::Json, std::string> fetch(const std::filesystem::path& control) {
    using node::control::Command;
    auto client = ControlClient::ask(control, {.command = Command::status});
    if (!client) return std::unexpected{std::move(client.error())};
    const auto reply = client->reply(answer_limit);
    if (!reply) return std::unexpected{reply.error()};
    return reply->value("status", node::Json{});
}

}  // namespace

int run_status(const StatusOptions& options, Console& console) {
    const auto json = fetch(options.control);
    if (!json) return console.complain(json.error());
    const auto status = node::read_status(*json);
    if (!status) return console.complain("cannot understand the daemon's status: " + status.error());
    console.print(options.json ? json->dump(2, ' ', true) + '\n' : status_text(*status, console.colour()));
    return console.exit_code();
}

}  // namespace warmspare::cli
