// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "core/connections.hpp"

#include <utility>

namespace warmspare::core {

Connection& Connections::add(Stage stage) {
    const ConnectionId id{next_id_++};
    auto& connection = *connections_.emplace(id, std::make_unique<Connection>()).first->second;
    connection.id = id;
    connection.stage = stage;
    return connection;
}

Connection* Connections::find(ConnectionId id) {
    const auto found = connections_.find(id);
    return found == connections_.end() ? nullptr : found->second.get();
}

void Connections::dial(const Connection& connection) {
    actions_.emplace_back(Dial{connection.id, *connection.peer, *connection.link});
}

void Connections::abort(ConnectionId id) {
    if (connections_.erase(id) > 0) actions_.emplace_back(Abort{id});
}

void Connections::close(Connection& connection) {
    connection.stage = Stage::closing;
    mark_ready(connection);
    actions_.emplace_back(Close{connection.id});
}

void Connections::mark_ready(Connection& connection) {
    if (!std::exchange(connection.queued, true)) ready_.push_back(connection.id);
}

std::optional<ConnectionId> Connections::poll_output() {
    while (!ready_.empty()) {
        const auto id = ready_.front();
        ready_.pop_front();
        if (auto* connection = find(id)) {
            connection->queued = false;
            return id;
        }
    }
    return std::nullopt;
}

std::optional<Action> Connections::poll_action() {
    if (actions_.empty()) return std::nullopt;
    const auto action = actions_.front();
    actions_.pop_front();
    return action;
}

}  // namespace warmspare::core
