// Durations, sizes and moments as people read them. Owned by the command; pure functions, any thread.
#include "app/cli/measures.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <ctime>

#include "app/cli/text_layout.hpp"

namespace planguild::cli {
namespace {

constexpr double minute_s = 60;
constexpr double hour_s = 60 * minute_s;
constexpr double day_s = 24 * hour_s;
constexpr double moment_max_s = 253'402'300'799;  // the end of the year 9999

bool is_shown(double value) {
  return std::isfinite(value) && value >= 0;
}

/// `seconds` in a large and a small unit, rounded down.
std::string in_two_units(double seconds, double large_s, const char* large, double small_s, const char* small) {
  const double whole = std::floor(seconds / large_s);
  const double rest = std::floor((seconds - whole * large_s) / small_s);
  return with_separators(static_cast<std::uint64_t>(whole)) + " " + large + " " + fixed(rest, 0) + " " + small;
}

/// Three digits that say something, but no more than two decimals.
std::string three_digits(double value) {
  return fixed(value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0);
}

/// The moment in the calendar, by `format`; none for what no calendar has.
std::string formatted(double seconds, const char* format) {
  if (!is_shown(seconds) || seconds > moment_max_s) return "-";
  const auto whole = static_cast<std::time_t>(seconds);
  std::tm parts{};
  if (::gmtime_r(&whole, &parts) == nullptr) return "-";
  std::array<char, 64> text{};
  return {text.data(), std::strftime(text.data(), text.size(), format, &parts)};
}

}  // namespace

std::string duration_text(double seconds) {
  if (!is_shown(seconds)) return "-";
  if (seconds < 999.5e-6) return three_digits(seconds * 1e6) + " µs";
  if (seconds < 999.5e-3) return three_digits(seconds * 1e3) + " ms";
  if (seconds < minute_s) return three_digits(seconds) + " s";
  return uptime_text(seconds);
}

std::string uptime_text(double seconds) {
  if (!is_shown(seconds) || seconds > moment_max_s) return "-";
  if (seconds < minute_s) return fixed(seconds, 1) + " s";
  if (seconds < hour_s) return in_two_units(seconds, minute_s, "min", 1, "s");
  if (seconds < day_s) return in_two_units(seconds, hour_s, "h", minute_s, "min");
  return in_two_units(seconds, day_s, "d", hour_s, "h");
}

std::string bytes_text(std::uint64_t bytes) {
  static constexpr std::array<const char*, 5> units = {"KiB", "MiB", "GiB", "TiB", "PiB"};
  if (bytes < 1'024) return std::to_string(bytes) + " B";
  auto value = static_cast<double>(bytes) / 1'024;
  std::size_t unit = 0;
  while (value >= 1'023.5 && unit + 1 < units.size()) {
    value /= 1'024;
    ++unit;
  }
  return three_digits(value) + " " + units.at(unit);
}

std::string rate_text(double per_second) {
  if (!is_shown(per_second) || per_second > 1e15) return "-";
  if (per_second == 0) return "0";
  if (per_second < 99.95) return three_digits(per_second);
  return with_separators(static_cast<std::uint64_t>(std::llround(per_second)));
}

std::string moment_text(double seconds) {
  return formatted(seconds, "%Y-%m-%d %H:%M:%S UTC");
}

std::string time_of_day_text(double seconds) {
  auto text = formatted(seconds, "%H:%M:%S");
  if (text == "-") return text;
  std::array<char, 8> milliseconds{};
  (void)std::snprintf(milliseconds.data(), milliseconds.size(), ".%03d",
                      static_cast<int>((seconds - std::floor(seconds)) * 1e3));
  return text + milliseconds.data();
}

}  // namespace planguild::cli
