// ASCII text rules: trimming, lower-casing, lists, joining, printing doubles. Cutting by characters is in utf8.cpp.
// Pure functions, any thread.
#include "messages/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <system_error>
#include <utility>

#include "messages/limits.hpp"

namespace planguild::text {
namespace {

constexpr bool is_space(char c) noexcept {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

constexpr char lower_character(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr bool is_name_start(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

}  // namespace

std::string_view trim(std::string_view text) noexcept {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::string lower(std::string_view text) {
  std::string result{text};
  std::transform(result.begin(), result.end(), result.begin(), lower_character);
  return result;
}

std::string normalised(std::string_view text) {
  return lower(trim(text));
}

bool is_planner_name(std::string_view name) noexcept {
  if (name.size() < limits::planner_name_bytes_min || name.size() > limits::planner_name_bytes_max) return false;
  if (!is_name_start(name.front())) return false;
  return std::all_of(name.begin(), name.end(), [](char c) { return is_name_start(c) || c == '-'; });
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> result;
  while (true) {
    const auto comma = text.find(',');
    const auto entry = trim(text.substr(0, comma));
    if (!entry.empty()) result.emplace_back(entry);
    if (comma == std::string_view::npos) return result;
    text.remove_prefix(comma + 1);
  }
}

std::vector<std::string> capability_set(const std::vector<std::string>& names) {
  std::vector<std::string> result;
  result.reserve(names.size());
  for (const auto& name : names) {
    auto key = normalised(name);
    if (!key.empty()) result.push_back(std::move(key));
  }
  std::sort(result.begin(), result.end());
  result.erase(std::unique(result.begin(), result.end()), result.end());
  return result;
}

std::string join(const std::vector<std::string>& items, std::string_view separator) {
  std::string result;
  for (std::size_t index = 0; index < items.size(); ++index) {
    if (index > 0) result += separator;
    result += items[index];
  }
  return result;
}

std::size_t edit_distance(std::string_view first, std::string_view second) {
  std::vector<std::size_t> row(second.size() + 1);
  for (std::size_t column = 0; column < row.size(); ++column) row[column] = column;
  for (std::size_t line = 1; line <= first.size(); ++line) {
    auto diagonal = std::exchange(row[0], line);
    for (std::size_t column = 1; column < row.size(); ++column) {
      const auto changed = diagonal + (first[line - 1] == second[column - 1] ? 0 : 1);
      diagonal = std::exchange(row[column], std::min({changed, row[column] + 1, row[column - 1] + 1}));
    }
  }
  return row.back();
}

std::string shortest(double value) {
  std::array<char, 64> buffer{};
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return error == std::errc{} ? std::string{buffer.data(), end} : std::string{};
}

double rounded(double value, int digits) {
  // The nearest decimal is a whole number divided by a power of ten, which is one correctly rounded division, as long
  // as it is clear which whole number is nearest.
  constexpr std::array<double, 10> powers{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
  constexpr double whole_max = 1e9;  // well within 53 bits, so that what is left of a half is exact enough
  if (digits >= 0 && digits < static_cast<int>(powers.size())) {
    const double power = powers[static_cast<std::size_t>(digits)];
    const double scaled = std::fabs(value) * power;
    const double whole = std::floor(scaled);
    const double rest = scaled - whole;
    if (scaled < whole_max && std::fabs(rest - 0.5) > 1e-3) {
      return std::copysign((rest > 0.5 ? whole + 1 : whole) / power, value);
    }
  }
  // 400 characters hold every double with up to 60 decimals; more decimals than a double has change nothing.
  std::array<char, 400> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.*f", std::clamp(digits, 0, 60), value);
  return std::strtod(buffer.data(), nullptr);
}

}  // namespace planguild::text
