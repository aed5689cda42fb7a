// How one configuration text becomes a value. Independent of the process's locale. Pure functions, any thread.
#include "messages/config_parse.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <system_error>

#include "messages/scrub.hpp"
#include "messages/text.hpp"

namespace planguild::config_parse {
namespace {

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

/// Removes one leading sign; returns whether it was a minus.
bool take_sign(std::string_view& text) noexcept {
  const bool is_negative = !text.empty() && text.front() == '-';
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  return is_negative;
}

std::string_view take_digits(std::string_view& text) noexcept {
  const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
  const auto digits = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(digits.size());
  return digits;
}

/// The parts of an unsigned decimal number.
struct decimal {
  std::string_view whole;
  std::string_view fraction;
  bool negative_exponent = false;
  std::string_view exponent;
};

std::optional<decimal> decimal_of(std::string_view text) noexcept {
  decimal parts;
  parts.whole = take_digits(text);
  if (!text.empty() && text.front() == '.') {
    text.remove_prefix(1);
    parts.fraction = take_digits(text);
  }
  if (parts.whole.empty() && parts.fraction.empty()) return std::nullopt;
  if (!text.empty() && (text.front() == 'e' || text.front() == 'E')) {
    text.remove_prefix(1);
    parts.negative_exponent = take_sign(text);
    parts.exponent = take_digits(text);
    if (parts.exponent.empty()) return std::nullopt;
  }
  if (!text.empty()) return std::nullopt;
  return parts;
}

/// Whether a number outside the range of a double is too small rather than too large: by the place of its first digit
/// that is not 0.
bool is_tiny(const decimal& parts) noexcept {
  std::int64_t place = 0;  // of the first digit, as a power of ten
  if (const auto first = parts.whole.find_first_not_of('0'); first != std::string_view::npos) {
    place = static_cast<std::int64_t>(parts.whole.size() - first);
  } else if (const auto digit = parts.fraction.find_first_not_of('0'); digit != std::string_view::npos) {
    place = -static_cast<std::int64_t>(digit);
  }
  std::int64_t exponent = 0;
  const auto [end, error] =
      std::from_chars(parts.exponent.data(), parts.exponent.data() + parts.exponent.size(), exponent);
  // Beyond every text's length, so that the sum below cannot overflow and keeps its sign.
  constexpr std::int64_t far_away = std::int64_t{1} << 60;
  exponent = error == std::errc::result_out_of_range ? far_away : std::min(exponent, far_away);
  return (parts.negative_exponent ? place - exponent : place + exponent) < 0;
}

}  // namespace

std::optional<double> number(std::string_view text) {
  auto digits = text::trim(text);
  const bool is_negative = take_sign(digits);
  const auto parts = decimal_of(digits);
  if (!parts) return std::nullopt;
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error == std::errc::result_out_of_range) {
    if (!is_tiny(*parts)) return std::nullopt;
    value = 0;
  } else if (error != std::errc{} || end != digits.data() + digits.size()) {
    return std::nullopt;
  }
  return is_negative ? -value : value;
}

std::optional<std::int64_t> integer(std::string_view text) {
  auto digits = text::trim(text);
  if (!digits.empty() && digits.front() == '+') {
    digits.remove_prefix(1);
    if (!digits.empty() && digits.front() == '-') return std::nullopt;
  }
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

std::optional<bool> flag(std::string_view text) {
  const auto word = text::lower(text);
  if (word == "1" || word == "true" || word == "yes" || word == "on") return true;
  if (word == "0" || word == "false" || word == "no" || word == "off") return false;
  return std::nullopt;
}

std::vector<std::string> name_set(std::string_view text) {
  auto names = text::split_list(text);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::vector<std::string> path_list(std::string_view text) {
  std::vector<std::string> result;
  while (!text.empty()) {
    const auto entry = text.substr(0, text.find(':'));
    if (!entry.empty()) result.emplace_back(entry);
    text.remove_prefix(std::min(entry.size() + 1, text.size()));
  }
  return result;
}

std::string shown(std::string_view text) {
  return scrub(text, {.hide_paths = false, .bytes_max = 200});
}

std::optional<char> list_separator(std::string_view variable) noexcept {
  constexpr std::array<std::string_view, 6> comma_separated = {"FACTORY_ALLOWED_PLANNERS", "OVERMIND_PLANNER_MANUAL",
                                                               "OVERMIND_PLANNER_EXCLUDE", "PLANNERS_ALLOW",
                                                               "PLANNERS_BLOCK",           "FACTORY_GRANTS"};
  if (variable == "FACTORY_PLANNER_PATH") return ':';
  if (std::find(comma_separated.begin(), comma_separated.end(), variable) != comma_separated.end()) return ',';
  return std::nullopt;
}

}  // namespace planguild::config_parse
