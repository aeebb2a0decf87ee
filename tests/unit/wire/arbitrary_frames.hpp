// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Random frames for properties, each within the limits of the protocol.

#pragma once

#include <rapidcheck.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "wire/frames.hpp"

namespace warmspare::wire {

using rc::gen::apply;
using rc::gen::arbitrary;

inline rc::Gen<std::string> characters(std::size_t least, std::size_t most, const std::string& alphabet) {
    return rc::gen::mapcat(rc::gen::inRange(least, most + 1), [=](std::size_t size) {
        return rc::gen::container<std::string>(size, rc::gen::elementOf(alphabet));
    });
}

inline const std::string name_alphabet = "ABCXYZabcxyz0189._-";

inline rc::Gen<std::string> names() {
    return characters(1, max_name, name_alphabet);
}
inline rc::Gen<std::string> names_or_none() {
    return rc::gen::oneOf(rc::gen::just(std::string{}), names());
}
inline rc::Gen<std::string> link_names() {
    return characters(1, max_link_name, name_alphabet + "/:");
}
inline rc::Gen<std::string> texts() {
    return characters(0, max_text, "the link's test: 3 missed, \"~\" .");
}

/// Small ones and ones that need all eight bytes.
inline rc::Gen<std::uint64_t> numbers() {
    return rc::gen::oneOf(
        arbitrary<std::uint64_t>(),
        rc::gen::map(arbitrary<std::uint64_t>(), [](std::uint64_t n) { return n * 0x9E3779B97F4A7C15; }));
}
inline rc::Gen<std::uint64_t> stream_ids() {
    return rc::gen::map(numbers(), [](std::uint64_t n) { return std::max<std::uint64_t>(n, 1); });
}
inline rc::Gen<std::uint64_t> offsets() {
    return rc::gen::map(numbers(), [](std::uint64_t n) { return n & max_stream_size; });
}
template <class Reason>
rc::Gen<Reason> reasons() {
    return rc::gen::map(rc::gen::inRange(1, 0x10000), [](int n) { return static_cast<Reason>(n); });
}

template <class T>
struct FrameOf;

template <class T>
rc::Gen<Frame> frame_of() {
    return rc::gen::map(FrameOf<T>::make(), [](T frame) { return Frame{std::move(frame)}; });
}

template <>
struct FrameOf<Hello> {
    static rc::Gen<Hello> make() {
        const auto fields = rc::gen::tuple(names(), names(), numbers(), numbers(), link_names(), names(),
                                           arbitrary<std::uint32_t>(), names_or_none(),
                                           rc::gen::distinctFrom(no_link_id), numbers());
        return apply(
            [](auto rest, std::uint16_t first, std::uint16_t second) {
                return std::apply(
                    [&](auto... each) {
                        return Hello{std::min(first, second), std::max(first, second), std::move(each)...};
                    },
                    std::move(rest));
            },
            fields, arbitrary<std::uint16_t>(), arbitrary<std::uint16_t>());
    }
};

template <>
struct FrameOf<Welcome> {
    static rc::Gen<Welcome> make() {
        return rc::gen::construct<Welcome>(arbitrary<std::uint16_t>(), names(), numbers(), numbers(),
                                           numbers());
    }
};

template <>
struct FrameOf<Confirm> {
    static rc::Gen<Confirm> make() { return rc::gen::construct<Confirm>(numbers()); }
};

template <>
struct FrameOf<Refuse> {
    static rc::Gen<Refuse> make() { return rc::gen::construct<Refuse>(reasons<RefuseReason>(), texts()); }
};

template <>
struct FrameOf<Test> {
    static rc::Gen<Test> make() { return rc::gen::construct<Test>(numbers(), numbers()); }
};

template <>
struct FrameOf<Reply> {
    static rc::Gen<Reply> make() { return rc::gen::construct<Reply>(numbers(), numbers()); }
};

template <>
struct FrameOf<Table> {
    static rc::Gen<Table> make() {
        const auto rows =
            rc::gen::construct<TableRow>(link_names(), names(), arbitrary<std::uint32_t>(), names_or_none(),
                                         arbitrary<std::uint16_t>(), arbitrary<std::uint16_t>());
        const auto processes = rc::gen::construct<TableProcess>(names(), arbitrary<bool>(), numbers());
        return rc::gen::construct<Table>(arbitrary<std::uint32_t>(),
                                         rc::gen::container<std::vector<TableRow>>(rows),
                                         rc::gen::container<std::vector<TableProcess>>(processes));
    }
};

template <>
struct FrameOf<View> {
    static rc::Gen<View> make() {
        const auto links =
            rc::gen::construct<LinkView>(arbitrary<std::uint32_t>(), numbers(), arbitrary<bool>());
        return rc::gen::construct<View>(numbers(), rc::gen::container<std::vector<LinkView>>(links),
                                        rc::gen::container<std::vector<std::string>>(names()));
    }
};

template <>
struct FrameOf<Assign> {
    static rc::Gen<Assign> make() {
        const auto holding = rc::gen::element(Holding::assigned, Holding::restored, Holding::waiting);
        const auto assignments = rc::gen::construct<Assignment>(names(), arbitrary<std::uint32_t>(),
                                                                numbers(), numbers(), holding, texts());
        return rc::gen::construct<Assign>(numbers(),
                                          rc::gen::container<std::vector<Assignment>>(assignments));
    }
};

template <>
struct FrameOf<Moved> {
    static rc::Gen<Moved> make() { return rc::gen::construct<Moved>(numbers(), names()); }
};

template <>
struct FrameOf<Open> {
    static rc::Gen<Open> make() { return rc::gen::construct<Open>(stream_ids(), names()); }
};

template <>
struct FrameOf<Ack> {
    static rc::Gen<Ack> make() {
        return rc::gen::construct<Ack>(stream_ids(), numbers(), numbers(), numbers());
    }
};

template <>
struct FrameOf<Finish> {
    static rc::Gen<Finish> make() {
        const auto digests = rc::gen::map(rc::gen::pair(arbitrary<bool>(), numbers()), [](auto each) {
            return each.first ? std::optional{each.second} : std::nullopt;
        });
        return rc::gen::construct<Finish>(stream_ids(), offsets(), digests);
    }
};

template <>
struct FrameOf<Reset> {
    static rc::Gen<Reset> make() {
        return rc::gen::construct<Reset>(stream_ids(), reasons<ResetReason>(), texts());
    }
};

template <>
struct FrameOf<Closed> {
    static rc::Gen<Closed> make() { return rc::gen::construct<Closed>(stream_ids()); }
};

template <>
struct FrameOf<Goodbye> {
    static rc::Gen<Goodbye> make() { return rc::gen::just(Goodbye{}); }
};

template <>
struct FrameOf<Suspect> {
    static rc::Gen<Suspect> make() { return rc::gen::construct<Suspect>(numbers(), names()); }
};

template <>
struct FrameOf<Padding> {
    static rc::Gen<Padding> make() {
        return rc::gen::construct<Padding>(rc::gen::inRange<std::uint16_t>(0, max_padding + 1));
    }
};

}  // namespace warmspare::wire
