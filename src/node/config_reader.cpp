// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "node/config_reader.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <utility>
#include <variant>

#include "node/config_names.hpp"

namespace warmspare::node {
namespace {

constexpr std::size_t longest_bare = 80;

/// As the key would be written in TOML.
std::string key_text(std::string_view key) {
    const bool bare = !key.empty() && std::ranges::all_of(key, [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
    });
    return bare && key.size() <= longest_bare ? std::string{key} : in_quotes(key);
}

/// " = VALUE", or nothing for what would not fit into a line.
struct ShowValue {
    std::string operator()(const std::string& value) const { return fmt::format(" = {}", in_quotes(value)); }
    std::string operator()(std::int64_t value) const { return fmt::format(" = {}", value); }
    std::string operator()(double value) const { return fmt::format(" = {}", value); }
    std::string operator()(bool value) const { return fmt::format(" = {}", value); }
    std::string operator()(const auto&) const { return ""; }
};

struct NameType {
    std::string_view operator()(const std::string&) const { return "a string"; }
    std::string_view operator()(std::int64_t) const { return "a number"; }
    std::string_view operator()(double) const { return "a number"; }
    std::string_view operator()(bool) const { return "true or false"; }
    std::string_view operator()(const Array&) const { return "an array"; }
    std::string_view operator()(const Table&) const { return "a table"; }
    std::string_view operator()(const OtherValue&) const { return "a date or time"; }
};

}  // namespace

void Mistakes::add(int line, std::string message) {
    found_.insert(std::ranges::upper_bound(found_, line, {}, &Mistake::line),
                  Mistake{.line = line, .message = std::move(message)});
}

std::vector<Mistake> Mistakes::take() {
    return std::exchange(found_, {});
}

TableReader::TableReader(const Table& table, int line, std::string path, Mistakes& mistakes)
    : table_{&table}, line_{line}, path_{std::move(path)}, mistakes_{&mistakes} {
}

const Entry* TableReader::entry(std::string_view key) const {
    const auto found = std::ranges::find(table_->entries, key, &Entry::key);
    return found == table_->entries.end() ? nullptr : &*found;
}

const Value* TableReader::find(std::string_view key) {
    if (std::ranges::find(known_, key) == known_.end()) known_.push_back(key);
    const Entry* found = entry(key);
    return found == nullptr ? nullptr : &found->value;
}

const Value* TableReader::require(std::string_view key, std::string_view example) {
    const Value* value = find(key);
    if (value == nullptr)
        mistakes_->add(line_, fmt::format("{} is missing; write {}", path_of(key), example));
    return value;
}

template <class T>
const T* TableReader::get(std::string_view key, std::string_view wanted) {
    const Value* value = find(key);
    if (value == nullptr) return nullptr;
    if (const T* right = std::get_if<T>(&value->data)) return right;
    complain(key, fmt::format("is {}; write {}", std::visit(NameType{}, value->data), wanted));
    return nullptr;
}

std::optional<std::string> TableReader::string(std::string_view key, std::string_view wanted) {
    const auto* value = get<std::string>(key, wanted);
    return value == nullptr ? std::nullopt : std::optional{*value};
}

std::optional<bool> TableReader::boolean(std::string_view key) {
    const auto* value = get<bool>(key, "true or false, without quotation marks");
    return value == nullptr ? std::nullopt : std::optional{*value};
}

std::optional<std::int64_t> TableReader::integer(std::string_view key, std::int64_t min, std::int64_t max) {
    const auto* value = get<std::int64_t>(key, fmt::format("a whole number from {} to {}", min, max));
    if (value == nullptr) return std::nullopt;
    if (*value >= min && *value <= max) return *value;
    complain(key, fmt::format("is out of range; write {} to {}", min, max));
    return std::nullopt;
}

std::optional<std::string> TableReader::quantity(std::string_view key, std::string_view example) {
    const Value* value = find(key);
    if (value != nullptr &&
        (std::holds_alternative<std::int64_t>(value->data) || std::holds_alternative<double>(value->data))) {
        complain(key, fmt::format("has no unit; write for example \"{}\"", example));
        return std::nullopt;
    }
    return string(key, fmt::format("for example \"{}\"", example));
}

std::optional<core::Duration> TableReader::duration(std::string_view key, const DurationRange& range) {
    const auto text = quantity(key, range.example);
    if (!text) return std::nullopt;
    const auto parsed = parse_duration(*text, range);
    if (parsed) return *parsed;
    complain(key, parsed.error());
    return std::nullopt;
}

std::optional<std::uint64_t> TableReader::size(std::string_view key, const SizeRange& range) {
    const auto text = quantity(key, range.example);
    if (!text) return std::nullopt;
    const auto parsed = parse_size(*text, range);
    if (parsed) return *parsed;
    complain(key, parsed.error());
    return std::nullopt;
}

std::optional<std::string> TableReader::name(std::string_view key) {
    auto text = string(key, "a name in quotation marks");
    if (!text || valid_name(*text)) return text;
    complain(key, fmt::format("is not a name; write {}", name_rule));
    return std::nullopt;
}

std::optional<TableReader> TableReader::table(std::string_view key, std::string_view wanted) {
    const auto* value = get<Table>(key, wanted);
    if (value == nullptr) return std::nullopt;
    return TableReader{*value, line_of(key), path_of(key), *mistakes_};
}

void TableReader::complain(std::string_view key, std::string_view complaint) {
    const Entry* found = entry(key);
    const std::string value = found == nullptr ? "" : std::visit(ShowValue{}, found->value.data);
    mistakes_->add(line_of(key), fmt::format("{}{} {}", path_of(key), value, complaint));
}

void TableReader::finish() {
    for (const Entry& one : table_->entries) {
        if (std::ranges::find(known_, std::string_view{one.key}) != known_.end()) continue;
        const auto meant = nearest(one.key, known_);
        const std::string advice = meant ? fmt::format("did you mean {}?", *meant)
                                         : fmt::format("known here: {}", fmt::join(known_, ", "));
        mistakes_->add(one.line, fmt::format("unknown key {}; {}", path_of(one.key), advice));
    }
}

int TableReader::line_of(std::string_view key) const {
    const Entry* found = entry(key);
    return found == nullptr ? line_ : found->line;
}

std::string TableReader::path_of(std::string_view key) const {
    return path_.empty() ? key_text(key) : fmt::format("{}.{}", path_, key_text(key));
}

}  // namespace warmspare::node
