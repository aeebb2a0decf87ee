// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "core/status.hpp"

namespace warmspare::core {

std::string_view to_string(Condition condition) noexcept {
    return condition == Condition::act ? "ACT" : "SBY";
}

std::string_view to_string(ProcessState state) noexcept {
    switch (state) {
        case ProcessState::dedicated:
            return "dedicated";
        case ProcessState::spare:
            return "spare";
        case ProcessState::waiting:
            return "waiting";
        case ProcessState::idle:
            break;
    }
    return "idle";
}

}  // namespace warmspare::core
