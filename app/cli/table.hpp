// A table of text: columns as wide as their cells, and on a terminal some that give way when the line is too long.
// Owned by the command; a plain value, any thread.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "app/cli/text_layout.hpp"

namespace planguild::cli {

enum class alignment { left, right };

struct table_column {
  std::string title;  // empty in every column: no title line
  alignment side = alignment::left;
  bool gives_way = false;       // cut when the line is too long for the terminal; several share it
  bool keeps_end = false;       // what is cut is the beginning (paths)
  std::size_t columns_min = 0;  // never narrower
};

class table {
 public:
  explicit table(std::vector<table_column> columns) : columns_(std::move(columns)) {}

  /// Cells must be printable; missing ones are empty, surplus ones are dropped. The whole row is painted.
  void add(std::vector<std::string> cells, paint colour = paint::plain);
  /// A line of its own below the last row (already indented and fitted), for details.
  void add_line(std::string line);
  bool empty() const noexcept { return rows_.empty(); }

  /// All rows, each ended by a line end, without trailing spaces; columns are two spaces apart. Where the style does
  /// not cut, cells are whole, and one of more than 200 columns stands out of its column instead of widening it.
  std::string text(const text_style& style) const;

 private:
  struct row {
    std::vector<std::string> cells;
    paint colour = paint::plain;
    bool is_line = false;
  };
  std::vector<std::size_t> widths(const text_style& style) const;
  std::string line(const row& shown, const std::vector<std::size_t>& widths, const text_style& style) const;

  std::vector<table_column> columns_;
  std::vector<row> rows_;
};

}  // namespace planguild::cli
