// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Text in columns.

#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace warmspare::cli {

enum class Style { plain, good, bad, strong };

struct Cell {
    std::string text;
    Style style = Style::plain;
};

enum class Align { left, right };

struct Column {
    std::string title;
    Align align = Align::left;
};

class Table {
  public:
    explicit Table(std::vector<Column> columns) : columns_{std::move(columns)} {}

    /// One cell a column.
    void add_row(std::vector<Cell> cells);

    /// Title, rule and rows, each line with its end and without spaces before it. Colour never changes the
    /// width.
    [[nodiscard]] std::string render(bool colour) const;

  private:
    [[nodiscard]] std::vector<std::size_t> widths() const;

    std::vector<Column> columns_;
    std::vector<std::vector<Cell>> rows_;
};

}  // namespace warmspare::cli
