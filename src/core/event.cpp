// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "core/event.hpp"

namespace warmspare::core {

std::string_view to_string(EventKind kind) noexcept {
    switch (kind) {
        case EventKind::link_up:
            return "link_up";
        case EventKind::link_down:
            return "link_down";
        case EventKind::assign:
            return "assign";
        case EventKind::switch_:
            return "switch";
        case EventKind::resumed:
            return "resumed";
        case EventKind::recovery:
            return "recovery";
        case EventKind::restore:
            return "restore";
        case EventKind::release:
            return "release";
        case EventKind::no_link:
            return "no_link";
        case EventKind::stream_open:
            return "stream_open";
        case EventKind::stream_close:
            return "stream_close";
        case EventKind::error:
            break;
    }
    return "error";
}

}  // namespace warmspare::core
