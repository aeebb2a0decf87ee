// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "node/event_log.hpp"

#include <utility>
#include <vector>

namespace warmspare::node {

void EventLog::append(core::Event event, std::chrono::system_clock::time_point time) {
    const auto logged =
        std::make_shared<const LoggedEvent>(LoggedEvent{++last_sequence_, time, std::move(event)});
    events_.push_back(logged);
    if (events_.size() > capacity_) events_.pop_front();

    // A listener may end its own subscription or another's, so each is looked up when its turn comes, and
    // called through a copy that lives until it returns.
    std::vector<std::uint64_t> ids;
    for (const auto& [id, listener] : *listeners_) ids.push_back(id);
    for (const std::uint64_t id : ids) {
        const auto found = listeners_->find(id);
        if (found == listeners_->end()) continue;
        const Listener listener = found->second;
        listener(logged);
    }
}

EventLog::Subscription EventLog::subscribe(Listener listener) {
    listeners_->emplace(++last_listener_, std::move(listener));
    return Subscription{listeners_, last_listener_};
}

EventLog::Subscription::Subscription(Subscription&& other) noexcept
    : listeners_{std::exchange(other.listeners_, {})}, id_{other.id_} {
}

EventLog::Subscription& EventLog::Subscription::operator=(Subscription&& other) noexcept {
    if (this != &other) {
        end();
        listeners_ = std::exchange(other.listeners_, {});
        id_ = other.id_;
    }
    return *this;
}

void EventLog::Subscription::end() noexcept {
    if (const auto listeners = std::exchange(listeners_, {}).lock()) listeners->erase(id_);
}

}  // namespace warmspare::node
