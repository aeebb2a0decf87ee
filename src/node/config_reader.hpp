// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Reading one table of the file: every key that is asked for becomes a known key, every mistake is noted with
// its line and reading goes on, so that an operator sees all of them at once.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.hpp"
#include "node/config.hpp"
#include "node/config_document.hpp"
#include "node/config_units.hpp"

namespace warmspare::node {

class Mistakes {
  public:
    void add(int line, std::string message);
    [[nodiscard]] std::size_t size() const noexcept { return found_.size(); }
    /// In the order of their lines, those of one line as they were found.
    [[nodiscard]] std::vector<Mistake> take();

  private:
    std::vector<Mistake> found_;
};

/// Functions that return an optional note a mistake if the key is there and wrong; then, and if it is not
/// there, they return nothing.
class TableReader {
  public:
    /// `path` as the file would write it, "peer.osaka"; empty for the whole file. `table` and `mistakes` are
    /// borrowed. What is missing is reported at `line`.
    TableReader(const Table& table, int line, std::string path, Mistakes& mistakes);

    [[nodiscard]] const Value* find(std::string_view key);
    /// Notes a missing key as a mistake that proposes `example`, a line of TOML.
    [[nodiscard]] const Value* require(std::string_view key, std::string_view example);

    /// `wanted` is proposed instead of a value of another type: "write <wanted>".
    [[nodiscard]] std::optional<std::string> string(std::string_view key, std::string_view wanted);
    [[nodiscard]] std::optional<bool> boolean(std::string_view key);
    [[nodiscard]] std::optional<std::int64_t> integer(std::string_view key, std::int64_t min,
                                                      std::int64_t max);
    [[nodiscard]] std::optional<core::Duration> duration(std::string_view key, const DurationRange& range);
    [[nodiscard]] std::optional<std::uint64_t> size(std::string_view key, const SizeRange& range);
    /// A string that is a valid_name().
    [[nodiscard]] std::optional<std::string> name(std::string_view key);
    /// A table as a reader of its own.
    [[nodiscard]] std::optional<TableReader> table(std::string_view key, std::string_view wanted);

    /// Notes a mistake at the key's line: "peer.osaka.dial = 3 <complaint>". The key must be there.
    void complain(std::string_view key, std::string_view complaint);
    /// Notes every key that nobody asked for. Call when all was read.
    void finish();

    [[nodiscard]] const Table& entries() const noexcept { return *table_; }
    [[nodiscard]] int line() const noexcept { return line_; }
    /// Of the key if it is there, else of the table.
    [[nodiscard]] int line_of(std::string_view key) const;
    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    /// "peer.osaka.dial".
    [[nodiscard]] std::string path_of(std::string_view key) const;
    [[nodiscard]] Mistakes& mistakes() noexcept { return *mistakes_; }

  private:
    [[nodiscard]] const Entry* entry(std::string_view key) const;
    template <class T>
    [[nodiscard]] const T* get(std::string_view key, std::string_view wanted);
    /// The text of a duration or size; a bare number is told that it lacks a unit.
    [[nodiscard]] std::optional<std::string> quantity(std::string_view key, std::string_view example);

    const Table* table_;
    int line_;
    std::string path_;
    Mistakes* mistakes_;
    std::vector<std::string_view> known_;
};

}  // namespace warmspare::node
