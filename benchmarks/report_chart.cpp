// A chart as SVG. See the header.
#include "benchmarks/report_chart.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <map>
#include <set>
#include <vector>

namespace planguild::bench {
namespace {

// The drawing's own units; the page scales it.
constexpr double page_width = 760;
constexpr double page_height = 400;
constexpr double left = 82;
constexpr double letter_width = 7;  // of a curve's name, on average and a little more
constexpr double names_width_max = 300;
constexpr double top = 30;  // room for the title of the y axis
constexpr double bottom = 52;
constexpr double label_distance = 17;  // between the names of two curves
constexpr std::size_t x_values_max = 9;

struct point {
  double x = 0;
  double y = 0;
  std::string x_text;
  std::string y_text;
};

struct series {
  std::string name;
  std::vector<point> points;                       // every measurement
  std::vector<std::pair<double, double>> medians;  // by x
  double label_at = 0;                             // where its name stands, from the top
};

/// One axis: powers of ten at equal distances.
struct axis {
  double low = 0;   // log10
  double high = 0;  // log10
  double from = 0;  // where `low` is drawn
  double to = 0;
  double at(double value) const { return from + (std::log10(value) - low) / (high - low) * (to - from); }
};

std::string number(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f", value);
  return text.data();
}

/// The series in the order in which the table names them.
std::vector<series> series_of(const table& shown, const table::chart& chart) {
  std::vector<series> all;
  for (const auto& row : shown.rows) {
    if (std::max({chart.series, chart.x, chart.y}) >= row.size()) continue;
    const auto& x = row[chart.x];
    const auto& y = row[chart.y];
    const auto fits = [](const table::cell& cell) {
      return cell.is_number && std::isfinite(cell.number) && cell.number > 0;
    };
    if (!fits(x) || !fits(y)) continue;
    const auto& name = row[chart.series].text;
    auto found = std::find_if(all.begin(), all.end(), [&name](const series& each) { return each.name == name; });
    if (found == all.end()) {
      found = all.emplace(all.end());
      found->name = name;
    }
    found->points.push_back({x.number, y.number, x.text, y.text});
  }
  for (auto& each : all) {
    std::map<double, std::vector<double>> by_x;
    for (const auto& one : each.points) by_x[one.x].push_back(one.y);
    for (const auto& [x, values] : by_x) each.medians.emplace_back(x, median(values));
  }
  return all;
}

axis axis_for(double least, double most, double from, double to) {
  axis made{std::log10(least), std::log10(most), from, to};
  // A little air, and some height for what does not change at all.
  const double air = std::max((made.high - made.low) * 0.05, (0.6 - (made.high - made.low)) / 2);
  made.low -= air;
  made.high += air;
  return made;
}

/// 1, 10, 100 …; with 2 and 5 between them where there would be too few.
std::vector<double> ticks_of(const axis& shown) {
  std::vector<double> result;
  const bool few = shown.high - shown.low < 2.2;
  for (int power = static_cast<int>(std::floor(shown.low)); power <= static_cast<int>(std::ceil(shown.high)); ++power) {
    for (const double digit : {1.0, 2.0, 5.0}) {
      const double value = digit * std::pow(10.0, power);
      const bool is_inside = std::log10(value) >= shown.low && std::log10(value) <= shown.high;
      if (is_inside && (digit == 1.0 || few)) result.push_back(value);
    }
  }
  return result;
}

std::vector<double> x_ticks_of(const std::vector<series>& all, const axis& shown) {
  std::set<double> values;
  for (const auto& each : all) {
    for (const auto& one : each.points) values.insert(one.x);
  }
  return values.size() <= x_values_max ? std::vector<double>(values.begin(), values.end()) : ticks_of(shown);
}

/// The room that the names of the curves take at the right, with the gap before them.
double names_width(const std::vector<series>& all) {
  std::size_t longest = 0;
  for (const auto& each : all) longest = std::max(longest, each.name.size());
  return std::min(static_cast<double>(longest) * letter_width + 24, names_width_max);
}

/// Ticks are written as the cells of their column are: durations as durations.
std::string tick_text(const std::vector<series>& all, bool is_x, double value) {
  bool durations = true;
  bool ratios = true;
  for (const auto& each : all) {
    for (const auto& one : each.points) {
      const auto& text = is_x ? one.x_text : one.y_text;
      durations = durations && text.ends_with('s') && text.find(' ') != std::string::npos;
      ratios = ratios && text.ends_with("×");
    }
  }
  auto plain = count_cell(value).text;
  if (ratios) return plain + " ×";
  if (!durations) return plain;
  static const std::array<std::pair<double, const char*>, 4> units{
      {{1, " s"}, {1e-3, " ms"}, {1e-6, " us"}, {1e-9, " ns"}}};
  for (const auto& [size, unit] : units) {
    // A tick is a power of ten times 1, 2 or 5, but not to the last bit.
    if (value >= size * 0.999 || size == 1e-9) return count_cell(std::round(value / size * 1e3) / 1e3).text + unit;
  }
  return plain;
}

std::string text_at(double x, double y, const char* classes, const std::string& text) {
  return "<text class=\"" + std::string(classes) + "\" x=\"" + number(x) + "\" y=\"" + number(y) + "\">" +
         escaped(text) + "</text>\n";
}

std::string line_between(const char* classes, double x1, double y1, double x2, double y2) {
  return "<line class=\"" + std::string(classes) + "\" x1=\"" + number(x1) + "\" y1=\"" + number(y1) + "\" x2=\"" +
         number(x2) + "\" y2=\"" + number(y2) + "\"/>\n";
}

std::string grid(const std::vector<series>& all, const table::chart& chart, const axis& x, const axis& y) {
  std::string result;
  for (const double value : ticks_of(y)) {
    result += line_between("grid", x.from, y.at(value), x.to, y.at(value));
    result += text_at(x.from - 10, y.at(value) + 4, "tick end", tick_text(all, false, value));
  }
  double last = -100;
  for (const double value : x_ticks_of(all, x)) {
    result += line_between("grid faint", x.at(value), y.to, x.at(value), y.from);
    if (x.at(value) - last < 44) continue;  // its number would stand in the one before it
    last = x.at(value);
    result += text_at(last, y.from + 20, "tick middle", tick_text(all, true, value));
  }
  result += line_between("axis", x.from, y.from, x.to, y.from);
  result += text_at((x.from + x.to) / 2, page_height - 8, "axis-title middle", chart.x_title);
  return result + text_at(10, 16, "axis-title", chart.y_title);
}

/// Names stand beside the last point of their curve, moved apart where they would touch.
void place_labels(std::vector<series>& all, const axis& y) {
  std::vector<series*> order;
  for (auto& each : all) {
    each.label_at = y.at(each.medians.back().second);
    order.push_back(&each);
  }
  std::stable_sort(order.begin(), order.end(), [](auto* a, auto* b) { return a->label_at < b->label_at; });
  double least = y.to;
  for (auto* each : order) {
    each->label_at = std::max(each->label_at, least);
    least = each->label_at + label_distance;
  }
  double most = y.from;
  for (auto each = order.rbegin(); each != order.rend(); ++each) {
    (*each)->label_at = std::min((*each)->label_at, most);
    most = (*each)->label_at - label_distance;
  }
}

std::string curve(const series& shown, std::size_t index, const axis& x, const axis& y) {
  std::string result = "<g class=\"s" + std::to_string(index % series_colours) + "\">\n";
  std::string path;
  for (const auto& [at, value] : shown.medians) {
    path += (path.empty() ? "" : " ") + number(x.at(at)) + "," + number(y.at(value));
  }
  result += "<polyline class=\"curve\" points=\"" + path + "\"/>\n";
  for (const auto& one : shown.points) {
    result += "<circle cx=\"" + number(x.at(one.x)) + "\" cy=\"" + number(y.at(one.y)) + "\" r=\"3.5\"><title>" +
              escaped(shown.name + ", " + one.x_text + ": " + one.y_text) + "</title></circle>\n";
  }
  const auto& end = shown.medians.back();
  result += line_between("leader", x.at(end.first) + 6, y.at(end.second), x.to + 10, shown.label_at);
  return result + text_at(x.to + 15, shown.label_at + 4, "label", shown.name) + "</g>\n";
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string result;
  for (const char each : text) {
    switch (each) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default:
        result += each;
    }
  }
  return result;
}

std::string chart_svg(const table& shown, const table::chart& chart) {
  auto all = series_of(shown, chart);
  if (all.empty()) return {};
  double x_least = all[0].points[0].x;
  double x_most = x_least;
  double y_least = all[0].points[0].y;
  double y_most = y_least;
  for (const auto& each : all) {
    for (const auto& one : each.points) {
      x_least = std::min(x_least, one.x);
      x_most = std::max(x_most, one.x);
      y_least = std::min(y_least, one.y);
      y_most = std::max(y_most, one.y);
    }
  }
  const auto x = axis_for(x_least, x_most, left, page_width - names_width(all));
  const auto y = axis_for(y_least, y_most, page_height - bottom, top);
  place_labels(all, y);
  std::string result = "<svg viewBox=\"0 0 " + number(page_width) + " " + number(page_height) +
                       "\" role=\"img\" aria-label=\"" + escaped(chart.title) + "\">\n" + grid(all, chart, x, y);
  for (std::size_t index = 0; index < all.size(); ++index) result += curve(all[index], index, x, y);
  return result + "</svg>\n";
}

}  // namespace planguild::bench
