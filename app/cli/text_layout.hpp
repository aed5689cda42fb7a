// Text for a terminal: making foreign text harmless, measuring it, fitting it to columns. Owned by the command; pure
// functions, any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace planguild::cli {

/// What a renderer needs to know of where its text goes.
struct text_style {
  std::size_t columns = 100;
  bool colour = false;
  bool is_cut = true;  // what does not fit; where a program may read it, it stays whole, however long the line
};

enum class paint { plain, bold, dim, red, green, yellow };

/// `text` in a colour, where the style has colours; unchanged otherwise.
std::string painted(const text_style& style, paint colour, std::string_view text);

/// `text` with everything that could move the cursor, change colours or reorder the line made visible: control
/// characters as \n, \t, \x1b; bidirectional controls as \u{202e}; what is no UTF-8 as U+FFFD. Everything that did not
/// come from this program goes through here before it is printed.
std::string printable(std::string_view text);

/// As `printable`, but line ends stay.
std::string printable_lines(std::string_view text);

/// Columns that `text` takes: 2 for wide East Asian characters and emoji, 0 for combining marks, else 1 per code point.
std::size_t display_width(std::string_view text) noexcept;

/// At most `columns` columns of `text`; what is cut at the end is marked by "…". Never cuts inside a character.
std::string fit(std::string_view text, std::size_t columns);

/// As `fit`, but keeps the end: of a path, the file name says most.
std::string fit_end(std::string_view text, std::size_t columns);

/// As `fit` where the style cuts, else all of `text`.
std::string fit(std::string_view text, std::size_t columns, const text_style& style);

/// `text` filled with spaces to `columns` columns; longer text stays.
std::string pad_right(std::string_view text, std::size_t columns);
std::string pad_left(std::string_view text, std::size_t columns);

/// `text` in lines of at most `columns` columns, broken at spaces where there are any. Never empty.
std::vector<std::string> wrap(std::string_view text, std::size_t columns);

/// `label` in a column of `columns_of_label`, then `text` wrapped beside it. Ends with a line end.
std::string labelled(std::string_view label, std::string_view text, const text_style& style,
                     std::size_t columns_of_label = 12);

/// A line that is there to be copied, foreign text made harmless: on its own and whole, however long.
std::string copied_line(std::string_view text);

/// 21412 as "21,412".
std::string with_separators(std::uint64_t number);
/// "1 file", "2 files": `singular` takes an s but for 1.
std::string counted(std::uint64_t number, std::string_view singular);
/// A number with a fixed count of decimals.
std::string fixed(double value, int decimals);

}  // namespace planguild::cli
