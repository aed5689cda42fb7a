// How one configuration text becomes a value: numbers, flags, lists. Used by the configuration table and its loader
// only. Pure functions, any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace planguild::config_parse {

/// Surrounding ASCII white space, a sign, digits with at most one point, an exponent; finite. A number too small for a
/// double is 0. None: something else.
std::optional<double> number(std::string_view text);

/// Surrounding ASCII white space, a sign, digits; within 64 bits. None: something else.
std::optional<std::int64_t> integer(std::string_view text);

/// 1/0, true/false, yes/no, on/off in any case, without white space. None: something else.
std::optional<bool> flag(std::string_view text);

/// Comma-separated, trimmed, blanks dropped, sorted, without duplicates; case is kept.
std::vector<std::string> name_set(std::string_view text);

/// Colon-separated, nothing trimmed (a folder's name may hold blanks), empty entries dropped.
std::vector<std::string> path_list(std::string_view text);

/// A refused value or name as a problem shows it: to whoever typed it, so paths stay; secrets are masked, and 200 bytes
/// are enough to recognise it.
std::string shown(std::string_view text);

/// What separates the entries of `variable`'s list; none where it holds a single value.
std::optional<char> list_separator(std::string_view variable) noexcept;

}  // namespace planguild::config_parse
