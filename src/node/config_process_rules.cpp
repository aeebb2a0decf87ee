// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "node/config_process_rules.hpp"

#include <chrono>

namespace warmspare::node {
namespace {

using namespace std::chrono_literals;

constexpr DurationRange wait_range{.min = 0s, .max = 24h, .example = "5s"};
constexpr DurationRange linger_range{.min = 0s, .max = 24h, .example = "1s"};
constexpr DurationRange give_up_range{.min = 1ms, .max = 8760h, .example = "5min"};

void read_on_no_link(TableReader& table, core::ProcessConfig& rules) {
    const auto text = table.string("on_no_link", "\"wait\" or \"reset\"");
    if (!text) return;
    if (*text == "wait") {
        rules.on_no_link = core::OnNoLink::wait;
    } else if (*text == "reset") {
        rules.on_no_link = core::OnNoLink::reset;
    } else {
        table.complain("on_no_link", "is not known; write \"wait\" or \"reset\"");
    }
}

/// "never" exists so that a process can differ from [health].
void read_give_up(TableReader& table, core::ProcessConfig& rules) {
    const Value* value = table.find("give_up");
    const auto* text = value == nullptr ? nullptr : std::get_if<std::string>(&value->data);
    if (text != nullptr && *text == "never") {
        rules.give_up.reset();
    } else if (const auto time = table.duration("give_up", give_up_range)) {
        rules.give_up = time;
    }
}

}  // namespace

void read_process_rules(TableReader& table, core::ProcessConfig& rules) {
    rules.revertive = table.boolean("revertive").value_or(rules.revertive);
    rules.wait_to_restore = table.duration("wait_to_restore", wait_range).value_or(rules.wait_to_restore);
    rules.linger = table.duration("linger", linger_range).value_or(rules.linger);
    read_on_no_link(table, rules);
    read_give_up(table, rules);
}

}  // namespace warmspare::node
