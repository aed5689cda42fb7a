// ASCII text rules shared by every module: trimming, lower-casing, lists, bounded cutting. Pure functions, any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace planguild::text {

/// Removes leading and trailing ASCII white space (space, \t, \n, \r, \v, \f); other scripts' white space stays.
std::string_view trim(std::string_view text) noexcept;

/// Lower-cases A-Z only.
std::string lower(std::string_view text);

/// trim, then lower: how names and capabilities are compared everywhere.
std::string normalised(std::string_view text);

/// Whether `name`, already normalised, matches ^[a-z0-9_][a-z0-9_-]{2,63}$.
bool is_planner_name(std::string_view name) noexcept;

/// Splits at commas, trims, drops empty entries; order and duplicates are kept.
std::vector<std::string> split_list(std::string_view text);

/// Normalises, drops blanks, sorts and removes duplicates: a set of capabilities as ranking wants it.
std::vector<std::string> capability_set(const std::vector<std::string>& names);

/// At most `code_points` code points of `text`; never cuts inside a UTF-8 character (a broken one counts as one).
std::string cut_code_points(std::string_view text, std::size_t code_points);

/// Number of code points (bytes that are no UTF-8 continuation).
std::size_t count_code_points(std::string_view text) noexcept;

/// At most `bytes` bytes, cut at a character boundary, with " …(N bytes cut)" appended when something was cut.
std::string cut_bytes(std::string_view text, std::size_t bytes);

/// `text` with every byte that is no valid UTF-8 replaced by U+FFFD, so that it can become JSON.
std::string valid_utf8(std::string_view text);

/// `items` joined with `separator`.
std::string join(const std::vector<std::string>& items, std::string_view separator);

/// How many bytes have to be changed, added or dropped to make one text of the other. Takes the product of their sizes.
std::size_t edit_distance(std::string_view first, std::string_view second);

/// A double as the shortest decimal text that reads back as the same double.
std::string shortest(double value);

/// Rounded to `digits` decimals, to nearest on the exact binary value, as printf and strtod do it.
double rounded(double value, int digits);

}  // namespace planguild::text
