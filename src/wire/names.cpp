// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "wire/names.hpp"

#include <algorithm>
#include <cstddef>

#include "wire/frames.hpp"

namespace warmspare::wire {

namespace {

// Not std::isalnum, which depends on the locale.
constexpr bool in_name(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
}

constexpr bool in_link_name(char c) noexcept {
    return in_name(c) || c == '/' || c == ':';
}

constexpr bool sized(std::string_view name, std::size_t most) noexcept {
    return !name.empty() && name.size() <= most;
}

}  // namespace

bool valid_name(std::string_view name) noexcept {
    return sized(name, max_name) && std::ranges::all_of(name, in_name);
}

bool valid_link_name(std::string_view name) noexcept {
    return sized(name, max_link_name) && std::ranges::all_of(name, in_link_name);
}

bool printable(std::string_view text) noexcept {
    return std::ranges::all_of(text, [](char c) { return printable(c); });
}

}  // namespace warmspare::wire
