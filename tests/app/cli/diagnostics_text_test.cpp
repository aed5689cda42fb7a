// The diagnostics as a text report.
#include "app/cli/diagnostics_text.hpp"

#include <catch2/catch.hpp>

#include "tests/app/cli/plain_style.hpp"
#include "tests/support/text_checks.hpp"

using namespace planguild;
using namespace planguild::cli;
using planguild::test::has;
using planguild::test::plain;

namespace {

diagnostics_report sample() {
  diagnostics_report report;
  report.ts = 1'795'515'115;
  report.stats.version = "1.2.3";
  report.stats.uptime_s = 90;
  planner_record record;
  record.name = "odd_planner";
  record.admission = admission_state::quarantined;
  record.evidence.emplace();
  record.evidence->stderr_tail = "went wrong\n";
  report.planners = {record};
  report.skipped = {{"other", skip_reason::not_allowed, "export FACTORY_ALLOWED_PLANNERS=other"}};
  report.configuration = {{"FACTORY_TIE_BREAK", "newest"}, {"FACTORY_MAX_PROFILES", "1000"}};
  report.profile.invocation.counted = 1;
  report.profile.invocation.kept.invocations = {{"odd_planner", 0.25, "ok", 0}};
  return report;
}

}  // namespace

TEST_CASE("The report has its sections in order") {
  const auto text = diagnostics_text(sample(), false, plain);
  CHECK(text.find("planguild 1.2.3: diagnostics of 2026-11-24 10:11:55 UTC\nup 1 min 30 s\n\nRUNTIME\n") == 0);
  std::size_t before = 0;
  for (const auto* title : {"\nRUNTIME\n", "\nHEALTH\n", "\nPLANNERS\n", "\nPROFILES\n", "\nCONFIGURATION\n"}) {
    const auto place = text.find(title);
    REQUIRE(place != std::string::npos);
    CHECK(place > before);
    before = place;
  }
  CHECK(has(text, "\nleft out\nother: not allowed\n  export FACTORY_ALLOWED_PLANNERS=other\n"));
  CHECK_FALSE(has(text, "WARNINGS"));
  CHECK_FALSE(has(text, "ARCHIVED"));
}

TEST_CASE("Without verbose only what differs from its default is shown of the configuration") {
  const auto text = diagnostics_text(sample(), false, plain);
  CHECK(has(text, "FACTORY_TIE_BREAK  newest        name\n1 more variable at their defaults (--verbose shows them)\n"));
  CHECK_FALSE(has(text, "FACTORY_MAX_PROFILES"));
  CHECK_FALSE(has(text, "went wrong"));
  CHECK_FALSE(has(text, "00:00:00.000"));
}

TEST_CASE("Verbose adds evidence, samples, archives and every variable") {
  auto report = sample();
  report.archives = {{0, {{"/p/x", failure_code::invalid_manifest, "no name"}}}, {60, {}}};
  report.warnings_issued = {"colour is unknown"};
  const auto text = diagnostics_text(report, true, plain);
  CHECK(has(text, "FACTORY_MAX_PROFILES  1000\n"));
  CHECK(has(text, "stderr        went wrong\n"));
  CHECK(has(text, "00:00:00.000  250 ms  odd_planner   ok\n"));
  CHECK(
      has(text, "of the reload at 1970-01-01 00:00:00 UTC, 1 failure:\nrefused\ninvalid_manifest  /p/x\n  no name\n"));
  CHECK(has(text, "of the reload at 1970-01-01 00:01:00 UTC, 0 failures\n"));
  CHECK(has(text, "\nWARNINGS\n- colour is unknown\n"));
}

TEST_CASE("Foreign text cannot move the cursor") {
  auto report = sample();
  report.stats.version = "1\x1b[2J";
  report.planners[0].name = "x\x1b]0;y";
  report.warnings_issued = {"a\rb"};
  const auto text = diagnostics_text(report, true, plain);
  CHECK_FALSE(has(text, "\x1b"));
  CHECK_FALSE(has(text, "\r"));
}
