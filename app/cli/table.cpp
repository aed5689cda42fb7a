// A table of text for a terminal. Owned by the command; a plain value, any thread.
#include "app/cli/table.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace planguild::cli {
namespace {

constexpr std::size_t gap_columns = 2;
constexpr std::size_t give_way_columns_min = 8;  // narrower says nothing; then the line may be too long
// Where nothing is cut, one huge cell would have every other row filled up to its width.
constexpr std::size_t aligned_columns_max = 200;

}  // namespace

void table::add(std::vector<std::string> cells, paint colour) {
  cells.resize(columns_.size());
  rows_.push_back({std::move(cells), colour, false});
}

void table::add_line(std::string line) {
  rows_.push_back({{std::move(line)}, paint::dim, true});
}

std::vector<std::size_t> table::widths(const text_style& style) const {
  std::vector<std::size_t> result;
  for (std::size_t index = 0; index < columns_.size(); ++index) {
    auto widest = std::max(display_width(columns_[index].title), columns_[index].columns_min);
    for (const auto& each : rows_) {
      const auto columns = each.is_line ? 0 : display_width(each.cells[index]);
      if (style.is_cut || columns <= aligned_columns_max) widest = std::max(widest, columns);
    }
    result.push_back(widest);
  }
  if (!style.is_cut) return result;
  const auto gaps = columns_.empty() ? 0 : gap_columns * (columns_.size() - 1);
  auto total = std::accumulate(result.begin(), result.end(), gaps);
  // The widest column that gives way loses one column at a time, so that two of them end up alike.
  while (total > style.columns) {
    std::size_t widest = columns_.size();
    for (std::size_t index = 0; index < columns_.size(); ++index) {
      const auto least = std::max(give_way_columns_min, columns_[index].columns_min);
      if (!columns_[index].gives_way || result[index] <= least) continue;
      if (widest == columns_.size() || result[index] > result[widest]) widest = index;
    }
    if (widest == columns_.size()) break;
    --result[widest];
    --total;
  }
  return result;
}

std::string table::line(const row& shown, const std::vector<std::size_t>& widths, const text_style& style) const {
  std::string result;
  for (std::size_t index = 0; index < columns_.size(); ++index) {
    const auto& column = columns_[index];
    if (index > 0) result.append(gap_columns, ' ');
    const auto cell = !style.is_cut      ? shown.cells[index]
                      : column.keeps_end ? fit_end(shown.cells[index], widths[index])
                                         : fit(shown.cells[index], widths[index]);
    result += column.side == alignment::left ? pad_right(cell, widths[index]) : pad_left(cell, widths[index]);
  }
  result.erase(result.find_last_not_of(' ') + 1);
  return result;
}

std::string table::text(const text_style& style) const {
  const auto column_widths = widths(style);
  std::string result;
  if (std::any_of(columns_.begin(), columns_.end(), [](const auto& column) { return !column.title.empty(); })) {
    row titles;
    for (const auto& column : columns_) titles.cells.push_back(column.title);
    result += painted(style, paint::dim, line(titles, column_widths, style)) + "\n";
  }
  for (const auto& each : rows_) {
    result += painted(style, each.colour, each.is_line ? each.cells[0] : line(each, column_widths, style)) + "\n";
  }
  return result;
}

}  // namespace planguild::cli
