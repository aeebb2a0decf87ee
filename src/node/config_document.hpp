// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// A TOML text as a plain tree in which everything knows its line. Only config_document.cpp sees the TOML
// library; all other readers of the configuration work on this.

#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "node/config.hpp"

namespace warmspare::node {

struct Value;
struct Entry;

struct Array {
    std::vector<Value> values;
};

struct Table {
    /// In the order of the text.
    std::vector<Entry> entries;
};

/// A date or a time, which no key of ours takes.
struct OtherValue {};

struct Value {
    /// Where it begins in the text, counted from 1; for a table, its header.
    int line = 0;
    std::variant<OtherValue, std::string, std::int64_t, double, bool, Array, Table> data;
};

struct Entry {
    std::string key;
    int line = 0;
    Value value;
};

/// The whole text as a table, or the first syntax error.
[[nodiscard]] std::expected<Table, Mistake> read_document(std::string_view text);

}  // namespace warmspare::node
