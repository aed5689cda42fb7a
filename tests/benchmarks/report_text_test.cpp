// A report as text, JSON and HTML.
#include <algorithm>
#include <catch2/catch.hpp>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>

#include "benchmarks/report_chart.hpp"
#include "benchmarks/report_text.hpp"

using namespace planguild::bench;  // NOLINT(google-build-using-namespace)

namespace {

report small_report() {
  table shown;
  shown.title = "Selections <fast> & \"flat\"";
  shown.columns = {"mode", "planners", "time", "over one mutex for all"};
  shown.rows = {{"one mutex", count_cell(4), duration_cell(1e-6), ""},
                {"one mutex", count_cell(40), duration_cell(12e-6), ""},
                {"selector <prepared>", count_cell(4), duration_cell(30e-9), ratio_cell(0.03)},
                {"selector <prepared>", count_cell(40), duration_cell(31e-9), ratio_cell(0.0026)}};
  shown.charts = {{"Time of a selection", 0, 1, 2, "planners", "time"}, {"Ratios", 0, 1, 3, "planners", "ratio"}};
  table plain;
  plain.title = "Another";
  plain.columns = {"what", "count"};
  plain.rows = {{"nothing", count_cell(12'345)}};
  report found;
  found.tables = {shown, plain};
  found.findings = {"A prepared selection takes 0.03 × the time."};
  return found;
}

facts small_facts() {
  return {{"date", "2026-01-02"}, {"processor", "One <& Co>"}, {"cores", "2"}};
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

/// Characters, not bytes.
std::size_t widest_line(const std::string& text) {
  std::size_t widest = 0;
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);) {
    std::size_t width = 0;
    for (const char each : line) width += (static_cast<unsigned char>(each) & 0xC0U) != 0x80U ? 1 : 0;
    widest = std::max(widest, width);
  }
  return widest;
}

/// What is wrong with the nesting of a page's elements; empty if every one that begins ends where it should.
std::string wrong_nesting(const std::string& page) {
  std::vector<std::string> open;
  for (auto at = page.find('<'); at != std::string::npos; at = page.find('<', at + 1)) {
    const auto end = page.find('>', at);
    if (end == std::string::npos) return "an element has no end: " + page.substr(at, 40);
    const auto inside = page.substr(at + 1, end - at - 1);
    if (inside.find('<') != std::string::npos) return "< within an element: " + inside;
    if (count_of(inside, "\"") % 2 != 0) return "an odd number of quotes: " + inside;
    const auto name = inside.substr(inside.starts_with('/') ? 1 : 0, inside.find(' '));
    if (inside.starts_with('!') || inside.ends_with('/')) continue;
    if (!inside.starts_with('/')) {
      open.push_back(name);
    } else if (open.empty() || open.back() != name) {
      return "</" + name + "> closes " + (open.empty() ? "nothing" : open.back());
    } else {
      open.pop_back();
    }
  }
  return open.empty() ? "" : open.back() + " is not closed";
}

}  // namespace

TEST_CASE("text shows every table with its columns under one another") {
  const auto text = as_text(small_report(), small_facts());
  CHECK(text.find("One <& Co>") != std::string::npos);
  CHECK(text.find("Selections <fast> & \"flat\"\n") != std::string::npos);
  CHECK(text.find("selector <prepared>        40  31.0 ns      0.00260 ×\n") != std::string::npos);
  CHECK(text.find("one mutex                   4  1.00 us\n") != std::string::npos);
  CHECK(text.find("nothing  12,345\n") != std::string::npos);
  CHECK(text.find("- A prepared selection takes 0.03 × the time.\n") != std::string::npos);
  CHECK(text.ends_with("No breach.\n"));
}

TEST_CASE("text fits 100 columns by breaking words apart, never numbers") {
  auto found = small_report();
  const std::string sentence =
      "This row says at great length what was measured, so that the table would be far too wide";
  found.tables[0].rows.push_back({sentence + ", " + sentence, count_cell(4), duration_cell(1), ratio_cell(1)});
  found.tables[1].rows.push_back({std::string(300, 'x'), count_cell(1)});
  found.findings.push_back(sentence + ". " + sentence + ".");
  const auto text = as_text(found, small_facts());
  CHECK(widest_line(text) <= 100);
  CHECK(widest_line(text) > 80);
  CHECK(text.find("12.0 us") != std::string::npos);
  CHECK(count_of(text, "x") >= 300);
}

TEST_CASE("a table without rows and a row without cells do no harm") {
  report found;
  found.tables.resize(2);
  found.tables[0].columns = {"a", "b"};
  found.tables[1].rows.resize(1);
  found.tables[1].charts = {{"nothing to draw", 3, 4, 5, "x", "y"}};
  CHECK(as_text(found, {}).find("a  b\n") != std::string::npos);
  CHECK(wrong_nesting(as_html(found, {})).empty());
  CHECK(count_of(as_html(found, {}), "<svg") == 0);
}

TEST_CASE("breaches are in every form of the report") {
  auto found = small_report();
  found.breaches = {"two <live> instances of one planner"};
  const auto text = as_text(found, {});
  CHECK(text.find("BREACHES\n- two <live> instances of one planner\n") != std::string::npos);
  CHECK(text.find("No breach") == std::string::npos);
  CHECK(nlohmann::json::parse(as_json(found, {}))["breaches"] == nlohmann::json(found.breaches));
  const auto page = as_html(found, {});
  CHECK(page.find("two &lt;live&gt; instances of one planner") != std::string::npos);
  CHECK(page.find("No breach") == std::string::npos);
}

TEST_CASE("JSON keeps numbers as numbers and text as text") {
  const auto parsed = nlohmann::json::parse(as_json(small_report(), small_facts()));
  const auto& shown = parsed["tables"][0];
  CHECK(shown["title"] == "Selections <fast> & \"flat\"");
  CHECK(shown["columns"].size() == 4);
  CHECK(shown["rows"][2][0] == "selector <prepared>");
  CHECK(shown["rows"][2][1] == 4.0);
  CHECK(shown["rows"][2][2] == 30e-9);
  CHECK(shown["rows"][0][3] == "");
  CHECK(parsed["facts"]["processor"] == "One <& Co>");
  CHECK(parsed["findings"].size() == 1);
  CHECK(parsed["breaches"].empty());
}

TEST_CASE("JSON stays JSON where a number is none and text is not UTF-8") {
  auto found = small_report();
  found.tables[0].rows = {{"\xff", ratio_cell(std::numeric_limits<double>::quiet_NaN()), "", ""}};
  const auto parsed = nlohmann::json::parse(as_json(found, {}));
  CHECK(parsed["tables"][0]["rows"][0][1].is_null());
}

TEST_CASE("HTML is well-formed and escapes what it shows") {
  const auto page = as_html(small_report(), small_facts());
  CHECK(wrong_nesting(page) == "");
  CHECK(page.find("Selections &lt;fast&gt; &amp; &quot;flat&quot;") != std::string::npos);
  CHECK(page.find("<fast>") == std::string::npos);
  CHECK(page.find("<prepared>") == std::string::npos);
  CHECK(page.find("One &lt;&amp; Co&gt;") != std::string::npos);
  CHECK(page.find("<strong>0.03 ×</strong>") != std::string::npos);
}

TEST_CASE("HTML needs no network and runs no script") {
  const auto page = as_html(small_report(), small_facts());
  CHECK(page.find("http") == std::string::npos);
  CHECK(page.find("src=") == std::string::npos);
  CHECK(page.find("url(") == std::string::npos);
  CHECK(page.find("<link") == std::string::npos);
  CHECK(page.find("<script") == std::string::npos);
  CHECK(page.find("prefers-color-scheme: dark") != std::string::npos);
}

TEST_CASE("HTML draws one SVG for each chart, with the name of every curve and every value") {
  const auto page = as_html(small_report(), small_facts());
  CHECK(count_of(page, "<svg") == 2);
  CHECK(count_of(page, "class=\"label\"") == 3);  // the mutex has no ratio
  CHECK(page.find(">selector &lt;prepared&gt;</text>") != std::string::npos);
  CHECK(page.find("selector &lt;prepared&gt;, 40: 31.0 ns</title>") != std::string::npos);
}

TEST_CASE("a chart draws equal factors as equal distances") {
  table shown;
  shown.rows = {{"a", count_cell(1), count_cell(1)},
                {"a", count_cell(10), count_cell(100)},
                {"a", count_cell(100), count_cell(10'000)}};
  const auto drawn = chart_svg(shown, {"", 0, 1, 2, "x", "y"});
  const auto at = drawn.find("points=\"") + 8;
  std::istringstream points{drawn.substr(at, drawn.find('"', at) - at)};
  double x[3];
  double y[3];
  char comma = 0;
  for (int index = 0; index < 3; ++index) points >> x[index] >> comma >> y[index];
  REQUIRE(points);
  CHECK(x[1] - x[0] == Approx(x[2] - x[1]).margin(0.15));
  CHECK(y[1] - y[0] == Approx(y[2] - y[1]).margin(0.15));
  CHECK(x[1] > x[0]);
  CHECK(y[1] < y[0]);
}

TEST_CASE("a chart leaves out what has no place on logarithmic axes") {
  table shown;
  shown.rows = {{"a", count_cell(0), count_cell(1)},
                {"a", count_cell(1), count_cell(-1)},
                {"a", count_cell(1), ratio_cell(std::numeric_limits<double>::infinity())},
                {"a", "text", count_cell(1)}};
  CHECK(chart_svg(shown, {"", 0, 1, 2, "x", "y"}).empty());
  shown.rows.push_back({"a", count_cell(3), count_cell(3)});
  const auto drawn = chart_svg(shown, {"", 0, 1, 2, "x", "y"});
  CHECK(count_of(drawn, "<circle") == 1);
  CHECK(drawn.find("nan") == std::string::npos);
}

TEST_CASE("a curve runs through the medians where one x has several values") {
  table shown;
  shown.rows = {{"a", count_cell(1), count_cell(10)},
                {"a", count_cell(1), count_cell(20)},
                {"a", count_cell(1), count_cell(90)},
                {"a", count_cell(2), count_cell(20)}};
  const auto drawn = chart_svg(shown, {"", 0, 1, 2, "x", "y"});
  CHECK(count_of(drawn, "<circle") == 4);
  const auto at = drawn.find("points=\"") + 8;
  const auto points = drawn.substr(at, drawn.find('"', at) - at);
  CHECK(count_of(points, " ") == 1);  // two points
  CHECK(points.substr(points.find(',') + 1, points.find(' ') - points.find(',') - 1) ==
        points.substr(points.rfind(',') + 1));
}

TEST_CASE("a report says on which machine and with what it was made") {
  options wanted;
  wanted.seed = 42;
  wanted.repeats = 3;
  const auto about = about_this_run(wanted, {"select", "list"});
  const auto value_of = [&about](const std::string& wanted_name) {
    for (const auto& [name, value] : about) {
      if (name == wanted_name) return value;
    }
    return std::string{};
  };
  for (const char* name : {"date", "processor", "cores", "load", "system", "compiler", "planguild", "CAF"}) {
    INFO(name);
    CHECK_FALSE(value_of(name).empty());
  }
  CHECK(value_of("seed") == "42");
  CHECK(value_of("repeats") == "3");
  CHECK(value_of("command") == "planguild-bench --seed 42 --repeats 3 select list");
  CHECK(count_of(value_of("CAF"), ".") == 2);
}
