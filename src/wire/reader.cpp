// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "wire/reader.hpp"

#include "wire/frames.hpp"
#include "wire/names.hpp"

namespace warmspare::wire {

std::span<const std::byte> Reader::take(std::size_t size) noexcept {
    if (size > rest_.size()) {
        fail(DecodeError::malformed);
        return {};
    }
    const auto taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
}

void Reader::fail(DecodeError error) noexcept {
    if (!error_) error_ = error;
    rest_ = {};
}

std::optional<DecodeError> Reader::error() const noexcept {
    if (!error_ && !rest_.empty()) return DecodeError::malformed;
    return error_;
}

bool Reader::flag() noexcept {
    const auto value = number<std::uint8_t>();
    require(value <= 1);
    return value == 1;
}

std::uint64_t Reader::stream_id() noexcept {
    const auto id = number<std::uint64_t>();
    require(id != 0);
    return id;
}

std::size_t Reader::count(std::size_t entry_size) noexcept {
    const std::size_t entries = number<std::uint16_t>();
    if (entries * entry_size <= rest_.size()) return entries;
    fail(DecodeError::malformed);
    return 0;
}

std::string_view Reader::characters(std::size_t size, std::size_t most) noexcept {
    if (size > most) fail(DecodeError::too_long);
    const auto bytes = take(size);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string_view Reader::short_string(std::size_t most) noexcept {
    return characters(number<std::uint8_t>(), most);
}

std::string Reader::name() {
    const auto name = short_string(max_name);
    require(valid_name(name));
    return std::string{name};
}

std::string Reader::name_or_none() {
    const auto name = short_string(max_name);
    require(name.empty() || valid_name(name));
    return std::string{name};
}

std::string Reader::link_name() {
    const auto name = short_string(max_link_name);
    require(valid_link_name(name));
    return std::string{name};
}

std::string Reader::text() {
    const auto text = characters(number<std::uint16_t>(), max_text);
    require(printable(text));
    return std::string{text};
}

}  // namespace warmspare::wire
