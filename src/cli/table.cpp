// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "cli/table.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace warmspare::cli {
namespace {

std::string_view escape_sequence(Style style) {
    switch (style) {
        case Style::good:
            return "\x1b[32m";
        case Style::bad:
            return "\x1b[31m";
        case Style::strong:
            return "\x1b[1m";
        case Style::plain:
            break;
    }
    return "";
}

std::string painted(const Cell& cell, bool colour) {
    const std::string_view start = escape_sequence(cell.style);
    if (!colour || start.empty() || cell.text.empty()) return cell.text;
    return std::string{start} + cell.text + "\x1b[0m";
}

std::string padded(const Cell& cell, std::size_t width, Align align, bool colour) {
    const std::string space(width - cell.text.size(), ' ');
    return align == Align::right ? space + painted(cell, colour) : painted(cell, colour) + space;
}

void end_line(std::string& out) {
    while (!out.empty() && out.back() == ' ') out.pop_back();
    out += '\n';
}

}  // namespace

void Table::add_row(std::vector<Cell> cells) {
    cells.resize(columns_.size());
    rows_.push_back(std::move(cells));
}

std::vector<std::size_t> Table::widths() const {
    std::vector<std::size_t> widths;
    for (std::size_t column = 0; column < columns_.size(); ++column) {
        std::size_t width = columns_[column].title.size();
        for (const auto& row : rows_) width = std::max(width, row[column].text.size());
        widths.push_back(width);
    }
    return widths;
}

std::string Table::render(bool colour) const {
    const std::vector<std::size_t> width = widths();
    std::string titles;
    std::string rule;
    for (std::size_t column = 0; column < columns_.size(); ++column) {
        const auto& [title, align] = columns_[column];
        titles += (column == 0 ? "" : " | ") + padded({title}, width[column], align, false);
        rule += (column == 0 ? "" : "-+-") + std::string(width[column], '-');
    }
    end_line(titles);
    std::string out = titles + rule + '\n';
    for (const auto& row : rows_) {
        for (std::size_t column = 0; column < columns_.size(); ++column) {
            if (column > 0) out += " | ";
            out += padded(row[column], width[column], columns_[column].align, colour);
        }
        end_line(out);
    }
    return out;
}

}  // namespace warmspare::cli
