// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "wire/writer.hpp"

#include <algorithm>
#include <limits>

#include "core/check.hpp"
#include "wire/names.hpp"
#include "wire/shapes.hpp"

namespace warmspare::wire {

using core::require;

void store_header(std::byte* to, FrameType type, std::size_t body_size) noexcept {
    store_big_endian(to, static_cast<std::uint8_t>(type));
    store_big_endian(to + 1, flag_mandatory);
    store_big_endian<std::uint16_t>(to + 2, 0);
    store_big_endian(to + 4, static_cast<std::uint32_t>(body_size));
}

Writer::Writer(Buffer& out, FrameType type) : out_{out}, begin_{out.size()}, type_{type} {
    out_.resize(begin_ + header_size);
}

void Writer::stream_id(std::uint64_t id) {
    require(id != 0, "a stream's id is not 0");
    number(id);
}

void Writer::count(std::size_t entries) {
    require(entries <= std::numeric_limits<std::uint16_t>::max(), "a list has at most 65535 entries");
    number(static_cast<std::uint16_t>(entries));
}

void Writer::short_string(std::string_view string) {
    number(static_cast<std::uint8_t>(string.size()));
    const auto at = out_.size();
    out_.resize(at + string.size());
    std::ranges::transform(string, out_.begin() + static_cast<std::ptrdiff_t>(at),
                           [](char c) { return static_cast<std::byte>(c); });
}

void Writer::name(std::string_view name) {
    require(valid_name(name), "a name has 1 to 63 of A-Z a-z 0-9 . _ -");
    short_string(name);
}

void Writer::name_or_none(std::string_view name) {
    if (name.empty()) return number<std::uint8_t>(0);
    this->name(name);
}

void Writer::link_name(std::string_view name) {
    require(valid_link_name(name), "a link's name has 1 to 127 of A-Z a-z 0-9 . _ - / :");
    short_string(name);
}

void Writer::text(std::string_view text) {
    text = text.substr(0, max_text);
    number(static_cast<std::uint16_t>(text.size()));
    for (const char c : text) number(static_cast<std::uint8_t>(printable(c) ? c : '?'));
}

void Writer::finish() {
    const auto body_size = out_.size() - begin_ - header_size;
    require(body_size <= shape(type_)->longest, "a body is within the limit of its type");
    store_header(out_.data() + begin_, type_, body_size);
}

}  // namespace warmspare::wire
