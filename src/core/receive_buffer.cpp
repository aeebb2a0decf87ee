// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "core/receive_buffer.hpp"

#include <algorithm>
#include <cstring>

namespace warmspare::core {

void ReceiveBuffer::append(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        if (chain_.tail().empty()) chain_.add_block();
        const auto tail = chain_.tail();
        const auto size = std::min(tail.size(), bytes.size());
        std::memcpy(tail.data(), bytes.data(), size);
        chain_.commit(size);
        bytes = bytes.subspan(size);
    }
}

void ReceiveBuffer::consume(std::size_t size) {
    chain_.forget(chain_.begin() + size);
}

}  // namespace warmspare::core
