// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "node/config_document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "node/config_names.hpp"

// toml++ 3.3 reports a header such as "[=" as an error, but only after an assertion that there is none; with
// NDEBUG and clang that becomes an assumption. A wrong file must not end the program, so both are turned off.
#undef NDEBUG
#define TOML_ASSERT(expression) static_cast<void>(0)
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

namespace warmspare::node {
namespace {

using Position = std::tuple<toml::source_index, toml::source_index>;

Position position(const toml::source_region& region) {
    return {region.begin.line, region.begin.column};
}

Value convert(const toml::node& node);

Table convert_table(const toml::table& table) {
    // The library sorts by key; operators think in the order that they wrote.
    std::vector<std::pair<Position, Entry>> placed;
    for (const auto& [key, node] : table) {
        placed.emplace_back(position(key.source()), Entry{.key = std::string{key.str()},
                                                          .line = static_cast<int>(key.source().begin.line),
                                                          .value = convert(node)});
    }
    std::ranges::sort(placed, {}, [](const auto& one) { return one.first; });
    Table result;
    for (auto& [where, entry] : placed) result.entries.push_back(std::move(entry));
    return result;
}

Array convert_array(const toml::array& array) {
    Array result;
    for (const toml::node& node : array) result.values.push_back(convert(node));
    return result;
}

Value convert(const toml::node& node) {
    Value value{.line = static_cast<int>(node.source().begin.line), .data = OtherValue{}};
    if (const auto* table = node.as_table()) {
        value.data = convert_table(*table);
    } else if (const auto* array = node.as_array()) {
        value.data = convert_array(*array);
    } else if (const auto* string = node.as_string()) {
        value.data = string->get();
    } else if (const auto* integer = node.as_integer()) {
        value.data = integer->get();
    } else if (const auto* number = node.as_floating_point()) {
        value.data = number->get();
    } else if (const auto* boolean = node.as_boolean()) {
        value.data = boolean->get();
    }
    return value;
}

}  // namespace

std::expected<Table, Mistake> read_document(std::string_view text) {
    const toml::parse_result result = toml::parse(text);
    if (!result) {
        const toml::parse_error& error = result.error();
        return std::unexpected{
            Mistake{.line = static_cast<int>(error.source().begin.line),
                    .message = fmt::format("not valid TOML: {}", one_line(error.description()))}};
    }
    return convert_table(result.table());
}

}  // namespace warmspare::node
