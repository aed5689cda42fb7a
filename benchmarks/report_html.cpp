// A report as one HTML page that needs nothing else: no script, no network. See report_text.hpp.
#include <algorithm>
#include <cctype>

#include "benchmarks/report_chart.hpp"
#include "benchmarks/report_style.hpp"
#include "benchmarks/report_text.hpp"

namespace planguild::bench {
namespace {

std::string fact(const facts& about, const std::string& wanted) {
  for (const auto& [name, value] : about) {
    if (name == wanted) return value;
  }
  return "unknown";
}

std::string element(const std::string& name, const std::string& content) {
  return "<" + name + ">" + content + "</" + name + ">\n";
}

/// A sentence with its ratios ("12.3 ×") emphasised.
std::string finding_html(const std::string& sentence) {
  static const std::string mark = " ×";
  std::string result;
  std::size_t done = 0;
  for (auto at = sentence.find(mark); at != std::string::npos; at = sentence.find(mark, at + mark.size())) {
    auto begin = at;
    while (begin > done) {
      const auto before = static_cast<unsigned char>(sentence[begin - 1]);
      if (std::isdigit(before) == 0 && before != '.' && before != ',') break;
      --begin;
    }
    if (begin == at) continue;
    result += escaped(sentence.substr(done, begin - done));
    done = at + mark.size();
    result += "<strong>" + escaped(sentence.substr(begin, done - begin)) + "</strong>";
  }
  return result + escaped(sentence.substr(done));
}

std::string head_html(const report& found, const facts& about) {
  std::string result =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
      "<meta name=\"color-scheme\" content=\"light dark\"/>\n";
  result += element("title", "planguild-bench, " + escaped(fact(about, "date")));
  result += "<style>" + std::string(page_style) + "</style>\n</head>\n<body>\n<header>\n";
  result += "<p class=\"name\">planguild-bench</p>\n<h1>How fast, how flat, how free of races</h1>\n<p class=\"lede\">";
  result += escaped(fact(about, "date") + ". " + fact(about, "processor") + ", " + fact(about, "cores") +
                    " cores, planguild " + fact(about, "planguild") + " on CAF " + fact(about, "CAF") + ".");
  result += " Ratios are of this one run; absolute times are of this machine, then.";
  result += found.breaches.empty() ? " <span class=\"clean\">No breach.</span></p>\n" : "</p>\n";
  if (found.tables.size() > 1) {
    result += "<nav>\n";
    for (std::size_t index = 0; index < found.tables.size(); ++index) {
      result += "<a href=\"#table" + std::to_string(index) + "\">" + escaped(found.tables[index].title) + "</a>\n";
    }
    result += "</nav>\n";
  }
  return result + "</header>\n<main>\n";
}

std::string sentences_html(const char* classes, const char* heading, const std::vector<std::string>& sentences) {
  if (sentences.empty()) return {};
  std::string result = "<section class=\"" + std::string(classes) + "\">\n" + element("h2", heading) + "<ul>\n";
  for (const auto& sentence : sentences) result += element("li", finding_html(sentence));
  return result + "</ul>\n</section>\n";
}

bool is_numeric(const table& shown, std::size_t column) {
  return std::any_of(shown.rows.begin(), shown.rows.end(),
                     [column](const auto& row) { return column < row.size() && row[column].is_number; });
}

std::string rows_html(const table& shown) {
  std::string result = "<div class=\"scroll\">\n<table>\n<thead>\n<tr>";
  std::vector<std::string> opened;
  for (std::size_t index = 0; index < shown.columns.size(); ++index) {
    opened.emplace_back(is_numeric(shown, index) ? " class=\"number\">" : ">");
    result += "<th scope=\"col\"" + opened.back() + escaped(shown.columns[index]) + "</th>";
  }
  result += "</tr>\n</thead>\n<tbody>\n";
  for (const auto& row : shown.rows) {
    result += "<tr>";
    for (std::size_t index = 0; index < std::min(row.size(), opened.size()); ++index) {
      result += "<td" + opened[index] + escaped(row[index].text) + "</td>";
    }
    result += "</tr>\n";
  }
  return result + "</tbody>\n</table>\n</div>\n";
}

std::string table_html(const table& shown, std::size_t index) {
  std::string result = "<section id=\"table" + std::to_string(index) + "\">\n" + element("h2", escaped(shown.title));
  for (const auto& chart : shown.charts) {
    const auto drawn = chart_svg(shown, chart);
    if (drawn.empty()) continue;
    result += "<figure>\n" + element("figcaption", escaped(chart.title)) + drawn + "</figure>\n";
  }
  return result + rows_html(shown) + "</section>\n";
}

std::string facts_html(const facts& about) {
  std::string result = "<section>\n" + element("h2", "The machine and the run") + "<dl>\n";
  for (const auto& [name, value] : about) result += element("dt", escaped(name)) + element("dd", escaped(value));
  return result + "</dl>\n</section>\n";
}

}  // namespace

std::string as_html(const report& found, const facts& about) {
  std::string result = head_html(found, about);
  result += sentences_html("breaches", "What must not be", found.breaches);
  result += sentences_html("findings", "What came out", found.findings);
  for (std::size_t index = 0; index < found.tables.size(); ++index) result += table_html(found.tables[index], index);
  result += facts_html(about);
  return result +
         "</main>\n<footer>Axes are logarithmic. Point at a mark to read its value.</footer>\n</body>\n</html>\n";
}

}  // namespace planguild::bench
