// One frame of top.
#include "app/cli/top_view.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

#include "app/cli/text_layout.hpp"

using namespace planguild;
using namespace planguild::cli;

namespace {

planner_record record(const std::string& name, instance_phase phase, std::int64_t invocations) {
  planner_record made;
  made.name = name;
  made.admission = admission_state::admitted;
  made.instance = phase;
  made.tier = "beta";
  made.reliability.score = 0.5;
  made.reliability.invocations = invocations;
  made.reliability.mean_duration_ms = 120;
  return made;
}

diagnostics_report sample() {
  diagnostics_report report;
  report.ts = 1'795'515'115;
  report.stats.version = "1.2.3";
  report.stats.uptime_s = 100;
  report.stats.resident_bytes = 29'779'558;
  report.stats.active = 3;
  report.stats.instantiated = 1;
  report.stats.selections = 1'204;
  report.stats.invocations = 12;
  report.stats.total_instantiations = 1;
  report.health.ready = true;
  report.profile.selection.durations = {1'204, 12e-6, 11e-6, 45e-6, 2e-3};
  report.planners = {record("calm_planner", instance_phase::idle, 0), record("busy_planner", instance_phase::idle, 9),
                     record("live_planner", instance_phase::running, 3)};
  return report;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream{text};
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::string frame(const diagnostics_report& report, std::size_t columns, std::size_t rows = 0) {
  return top_frame(report, {18.4, 0.25, 0}, "", {columns, rows, false});
}

}  // namespace

TEST_CASE("A frame shows the runtime, its activity and its planners, the live and busy ones first") {
  CHECK(frame(sample(), 110) ==
        "planguild 1.2.3  up 1 min 40 s  28.4 MiB  2026-11-24 10:11:55 UTC\n"
        "3 active, 0 pending, 0 quarantined; 1 instance live; 0 refusals\n"
        "\n"
        "               total  per s      p50      p99      max\n"
        "selections     1,204   18.4  11.0 µs  45.0 µs  2.00 ms\n"
        "invocations       12   0.25        -        -        -\n"
        "constructions      1      0        -        -        -\n"
        "\n"
        "planner       admission  reliability  instance  invocations  failures    mean  gen  tier\n"
        "live_planner  admitted        0.5000  running             3         0  120 ms    1  beta\n"
        "busy_planner  admitted        0.5000  idle                9         0  120 ms    1  beta\n"
        "calm_planner  admitted        0.5000  idle                0         0       -    1  beta\n");
}

TEST_CASE("No line is wider than the terminal and no frame is higher") {
  auto report = sample();
  report.health.alerts.assign(9, {alert_kind::slow_instantiation, 2, 1, std::string(300, 'x')});
  for (int index = 0; index < 50; ++index) {
    report.planners.push_back(
        record("planner_" + std::string(60, 'y') + std::to_string(index), instance_phase::idle, 1));
  }
  for (std::size_t columns = 1; columns <= 130; columns += 3) {
    for (std::size_t rows = 1; rows <= 40; rows += 3) {
      const auto lines = lines_of(frame(report, columns, rows));
      INFO(columns << " columns, " << rows << " rows");
      CHECK(lines.size() <= rows);
      CHECK(std::all_of(lines.begin(), lines.end(), [&](const auto& line) { return display_width(line) <= columns; }));
    }
  }
}

TEST_CASE("Where nothing is cut, a frame has every column, name and alert whole") {
  auto report = sample();
  const std::string alarm(300, 'x');
  const std::string name = "planner_" + std::string(50, 'y');
  report.health.alerts = {{alert_kind::slow_instantiation, 2, 1, alarm}};
  report.planners = {record(name, instance_phase::idle, 1)};
  report.planners.front().tier = "a_tier_of_some_length";
  CHECK(frame(report, 100).find(name) == std::string::npos);
  const auto text = top_frame(report, {}, "", {100, 0, false, false});
  CHECK(text.find("\nalert: " + alarm + "\n") != std::string::npos);
  CHECK(text.find("\n" + name + "  admitted ") != std::string::npos);
  CHECK(text.find("  a_tier_of_some_length\n") != std::string::npos);
}

TEST_CASE("A narrow terminal keeps the columns that matter most") {
  const auto text = frame(sample(), 40);
  CHECK(text.find("planner       admission  reliability\n") != std::string::npos);
  CHECK(text.find("instance ") == std::string::npos);
  CHECK(text.find("max") == std::string::npos);
}

TEST_CASE("A low terminal says how many planners are not shown") {
  auto report = sample();
  for (int index = 0; index < 10; ++index) {
    report.planners.push_back(record("more_" + std::to_string(index), instance_phase::idle, 0));
  }
  const auto lines = lines_of(frame(report, 100, 14));
  REQUIRE(lines.size() == 14);
  CHECK(lines.back() == "and 9 more planners");
}

TEST_CASE("Alerts are shown, and how many there are besides") {
  auto report = sample();
  for (int index = 1; index <= 6; ++index) {
    report.health.alerts.push_back({alert_kind::import_failures, 7, 5, "alarm " + std::to_string(index)});
  }
  const auto text = frame(report, 100);
  CHECK(text.find("\nalert: alarm 1\n") != std::string::npos);
  CHECK(text.find("\nalert: alarm 4\nand 2 more alerts\n") != std::string::npos);
}

TEST_CASE("Rates are taken between two frames of one runtime") {
  auto before = sample();
  auto now = before;
  now.stats.uptime_s += 2;
  now.stats.selections += 100;
  now.stats.invocations += 1;
  CHECK(rates_between(before, now).selections == Approx(50));
  CHECK(rates_between(before, now).invocations == Approx(0.5));
  CHECK(rates_between(before, now).constructions == 0);
  CHECK(rates_between(before, before).selections == 0);  // no time has passed
}

TEST_CASE("Without an earlier frame, or after a restart, rates are taken since the start") {
  auto now = sample();
  CHECK(rates_between(std::nullopt, now).selections == Approx(12.04));
  auto before = now;
  now.stats.uptime_s = 10;
  now.stats.selections = 5;
  CHECK(rates_between(before, now).selections == Approx(0.5));
}

TEST_CASE("A runtime without planners says so, and foreign text cannot move the cursor") {
  auto report = sample();
  report.planners.clear();
  CHECK(frame(report, 100).find("No planner is known.\n") != std::string::npos);
  report.planners = {record("x\x1b[2J\ny", instance_phase::idle, 0)};
  report.health.alerts = {{alert_kind::import_failures, 7, 5, "a\x1b[1mb\n"}};
  CHECK(frame(report, 100).find('\x1b') == std::string::npos);
  CHECK(lines_of(frame(report, 100)).size() == 11);
}

TEST_CASE("The JSON holds the rates and the whole diagnostics") {
  const auto shown = top_json(sample(), {1, 2, 3});
  CHECK(shown["per_second"]["selections"] == 1);
  CHECK(shown["stats"]["selections"] == 1'204);
  CHECK(shown["planners"].size() == 3);
}
