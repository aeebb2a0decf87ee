// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "sim/memory_checker.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/block_pool.hpp"

namespace warmspare::sim {

void MemoryChecker::check(std::uint32_t host) {
    if (!world_.host(host).running()) return;
    const auto& memory = world_.setup().nodes[host].memory;
    // Both directions of each stream, each with a first and a last block that are partly used: together as
    // much as one block, and a second one where the rest of the bytes is in a pipe.
    const auto partly_used = world_.setup().tcp.spliced > 0 ? 2 * core::block_size : core::block_size;
    const auto streams = world_.host(host).node().stream_count();
    const auto limit = std::min(memory.node, streams * 2 * (memory.stream + partly_used));
    const auto held = world_.host(host).node().memory_held();
    if (held > limit)
        world_.journal().fail("memory",
                              fmt::format("{} holds {} bytes of {}", world_.host(host).name(), held, limit));
}

}  // namespace warmspare::sim
