// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Frames as a program of bytes chooses them: well-formed, and with contents that may be any lie.

#pragma once

#include <array>
#include <string>

#include "program.hpp"
#include "wire/encoder.hpp"

namespace warmspare::fuzz {

/// Names that mean something to the nodes here, and some that do not.
[[nodiscard]] inline std::string any_name(Program& program) {
    static constexpr std::array names{"A", "B", "C", "20", "161", "one", "two", "tokyo", "mallory"};
    return names[program.below(names.size())];
}

[[nodiscard]] inline std::uint32_t any_link_id(Program& program) {
    const auto choice = program.byte();
    return choice == 255 ? wire::no_link_id : choice % 8U;
}

/// 0 is no stream.
[[nodiscard]] inline std::uint64_t any_stream(Program& program) {
    return std::max<std::uint64_t>(program.number(), 1);
}

[[nodiscard]] inline wire::Table any_table(Program& program) {
    wire::Table table{.misses = program.byte()};
    for (auto n = program.below(4); n > 0; --n)
        table.rows.push_back({any_name(program), any_name(program), program.byte(), any_name(program), 0, 0});
    for (auto n = program.below(4); n > 0; --n)
        table.processes.push_back({any_name(program), program.coin(), program.number()});
    return table;
}

[[nodiscard]] inline wire::View any_view(Program& program) {
    wire::View view{.version = program.number()};
    for (auto n = program.below(5); n > 0; --n)
        view.links.push_back({any_link_id(program), program.number(), program.coin()});
    for (auto n = program.below(4); n > 0; --n) view.wants.push_back(any_name(program));
    return view;
}

[[nodiscard]] inline wire::Assign any_assign(Program& program) {
    wire::Assign assign{.epoch = program.number()};
    for (auto n = program.below(4); n > 0; --n)
        assign.assignments.push_back({.process = any_name(program),
                                      .link_id = any_link_id(program),
                                      .connection = program.number(),
                                      .moved = program.number(),
                                      .holding = static_cast<wire::Holding>(program.below(3)),
                                      .cause = "cause"});
    return assign;
}

/// Appends a frame of those that are sent once a connection is accepted.
inline void encode_any_frame(wire::Buffer& out, Program& program) {
    using namespace wire;
    switch (program.below(16)) {
        case 0:
            return encode(out, Test{program.number(), program.number()});
        case 1:
            return encode(out, Reply{program.number(), program.number()});
        case 2:
            return encode(out, any_table(program));
        case 3:
            return encode(out, any_view(program));
        case 4:
            return encode(out, any_assign(program));
        case 5:
            return encode(out, Moved{program.number(), any_name(program)});
        case 6:
            return encode(out, Open{any_stream(program), any_name(program)});
        case 7:
            return encode(out,
                          Ack{any_stream(program), program.number(), program.number(), program.number()});
        case 8:
            return encode(out, Finish{any_stream(program), program.number() >> 1,
                                      program.coin() ? std::optional{program.number()} : std::nullopt});
        case 9:
            return encode(out,
                          Reset{any_stream(program), static_cast<ResetReason>(1 + program.byte()), "text"});
        case 10:
            return encode(out, Closed{any_stream(program)});
        case 11:
            return encode(out, Suspect{program.number(), any_name(program)});
        case 12:
            return encode(out, Padding{program.byte()});
        case 13:
            return program.byte() < 16 ? encode(out, Goodbye{}) : void();
        default: {
            const std::size_t size = 1 + program.byte() * (program.coin() ? 1U : 200U);
            const auto header = encode_data_header(any_stream(program), program.number() >> 2, size);
            out.insert(out.end(), header.begin(), header.end());
            out.insert(out.end(), size, std::byte{'x'});
        }
    }
}

}  // namespace warmspare::fuzz
