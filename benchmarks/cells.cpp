// Numbers as people read them, and the two statistics that every benchmark needs. Pure functions but for `say`; any
// thread.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string>

#include "benchmarks/benchmark.hpp"

namespace planguild::bench {
namespace {

std::string with_decimals(double value, int decimals) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
  return text.data();
}

/// About three significant digits, never an exponent.
std::string significant(double value) {
  const double size = std::fabs(value);
  if (size >= 100) return with_decimals(value, 0);
  if (size >= 10) return with_decimals(value, 1);
  if (size >= 1 || size == 0) return with_decimals(value, 2);
  // As many decimals as it takes to reach the third digit that says something.
  return with_decimals(value, std::min(2 - static_cast<int>(std::floor(std::log10(size))), 12));
}

/// 1.20 becomes 1.2, 3.00 becomes 3.
std::string without_zeros(std::string text) {
  if (text.find('.') == std::string::npos) return text;
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string with_commas(double whole) {
  auto digits = with_decimals(std::fabs(whole), 0);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), 1, ',');  // a text here trips -Wrestrict of g++ 12 at -O2
  }
  return (whole < 0 ? "-" : "") + digits;
}

std::string count_text(double value) {
  const double size = std::fabs(value);
  if (size >= 999'950'000) return without_zeros(with_decimals(value / 1e9, 1)) + " G";
  if (size >= 1'000'000) return without_zeros(with_decimals(value / 1e6, 1)) + " M";
  if (size >= 1'000 || value == std::floor(value)) return with_commas(std::round(value));
  return without_zeros(significant(value));
}

std::string duration_text(double seconds) {
  const double size = std::fabs(seconds);
  if (size == 0) return "0 s";
  if (size < 1e-6) return significant(seconds * 1e9) + " ns";
  if (size < 1e-3) return significant(seconds * 1e6) + " us";
  if (size < 1) return significant(seconds * 1e3) + " ms";
  return significant(seconds) + " s";
}

table::cell shown(double value, std::string (*text)(double)) {
  return {value, std::isfinite(value) ? text(value) : "-"};
}

}  // namespace

table::cell count_cell(double value) {
  return shown(value, count_text);
}

table::cell ratio_cell(double value) {
  return shown(value, [](double ratio) {
    return (std::fabs(ratio) >= 1'000 ? with_commas(std::round(ratio)) : significant(ratio)) + " ×";
  });
}

table::cell duration_cell(double seconds) {
  return shown(seconds, duration_text);
}

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const auto middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

double percentile(const std::vector<double>& sorted, double share) {
  if (sorted.empty()) return 0;
  const auto last = static_cast<double>(sorted.size() - 1);
  return sorted[static_cast<std::size_t>(std::clamp(share * static_cast<double>(sorted.size()), 0.0, last))];
}

void say(const options& wanted, const std::string& line) {
  if (wanted.progress) std::fprintf(stderr, "%s\n", line.c_str());
}

}  // namespace planguild::bench
