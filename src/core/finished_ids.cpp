// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "core/finished_ids.hpp"

#include <iterator>

#include "core/check.hpp"

namespace warmspare::core {

bool FinishedIds::own(StreamId id) const noexcept {
    return id.value >= first_ && (id.value - first_) % 2 == 0;
}

void FinishedIds::finish(StreamId id) {
    require(own(id), "a stream is finished by its own opener's ids");
    if (finished(id)) return;
    const auto begin = index(id);
    auto end = begin + 1;
    auto next = above_.lower_bound(end);
    if (next != above_.end() && next->first == end) {
        end = next->second;
        next = above_.erase(next);
    }
    if (begin == mark_) {
        mark_ = end;
    } else if (next != above_.begin() && std::prev(next)->second == begin) {
        std::prev(next)->second = end;
    } else {
        above_.emplace_hint(next, begin, end);
    }
}

bool FinishedIds::finished(StreamId id) const {
    if (!own(id)) return false;
    if (index(id) < mark_) return true;
    const auto after = above_.upper_bound(index(id));
    return after != above_.begin() && index(id) < std::prev(after)->second;
}

}  // namespace warmspare::core
