// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "node/config_names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

#include "wire/frames.hpp"

namespace warmspare::node {
namespace {

constexpr std::size_t longest_shown = 120;
/// Longer keys are not typing errors of ours; comparing them would cost time for nothing.
constexpr std::size_t longest_compared = 40;

bool name_letter(char c) noexcept {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
}

/// How many letters must be put in, taken out, replaced or swapped with their neighbour to make one text the
/// other (Damerau and Levenshtein, no letter touched twice).
std::size_t distance(std::string_view from, std::string_view to) {
    std::vector<std::size_t> before_last(to.size() + 1);
    std::vector<std::size_t> last(to.size() + 1);
    std::vector<std::size_t> row(to.size() + 1);
    std::iota(last.begin(), last.end(), std::size_t{0});
    for (std::size_t i = 1; i <= from.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= to.size(); ++j) {
            const std::size_t replaced = last[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
            row[j] = std::min({replaced, row[j - 1] + 1, last[j] + 1});
            const bool swapped = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
            if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
        }
        before_last.swap(last);
        last.swap(row);
    }
    return last.back();
}

/// Moves a cut out of the middle of a UTF-8 sequence.
std::size_t character_start(std::string_view text, std::size_t at) {
    while (at > 0 && at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) --at;
    return at;
}

void append_visible(std::string& text, char c) {
    const auto code = static_cast<unsigned char>(c);
    if (code < 0x20 || code == 0x7F) {
        text += fmt::format("\\u{:04X}", code);
    } else {
        text += c;
    }
}

std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c == '"' || c == '\\') result += '\\';
        append_visible(result, c);
    }
    return result;
}

}  // namespace

bool valid_name(std::string_view name) noexcept {
    return !name.empty() && name.size() <= wire::max_name && std::ranges::all_of(name, name_letter);
}

std::string in_quotes(std::string_view text) {
    if (text.size() <= longest_shown) return '"' + escaped(text) + '"';
    const auto head = text.substr(0, character_start(text, longest_shown / 2));
    const auto tail = text.substr(character_start(text, text.size() - longest_shown / 2));
    return '"' + escaped(head) + "..." + escaped(tail) + '"';
}

std::string one_line(std::string_view text) {
    std::string result;
    for (const char c : text) append_visible(result, c);
    return result;
}

std::optional<std::string_view> nearest(std::string_view text, std::span<const std::string_view> candidates) {
    if (text.size() > longest_compared) return std::nullopt;
    std::optional<std::string_view> best;
    std::size_t best_distance = 0;
    for (const std::string_view candidate : candidates) {
        const std::size_t changes = distance(text, candidate);
        const std::size_t allowed = std::max<std::size_t>(1, candidate.size() / 3);
        if (changes <= allowed && (!best || changes < best_distance)) {
            best = candidate;
            best_distance = changes;
        }
    }
    return best;
}

}  // namespace warmspare::node
