// What operators ask, as text.
#include "app/cli/operations_text.hpp"

#include <catch2/catch.hpp>

#include "app/cli/catalogue_text.hpp"
#include "app/cli/measures.hpp"
#include "tests/app/cli/plain_style.hpp"

using namespace planguild;
using namespace planguild::cli;
using planguild::test::plain;

namespace {

constexpr text_style coloured{100, true};

}  // namespace

TEST_CASE("A heal says whether anything is active now") {
  CHECK(heal_text({2, 0, 2, false}, plain) ==
        "nothing to heal\n"
        "active        2 before, 2 now\n"
        "attempts      0 attempts\n");
  CHECK(heal_text({0, 2, 1, false}, plain).find("healed\nactive        0 before, 1 now\nattempts      2 attempts\n") ==
        0);
  const auto failed = heal_text({0, 3, 0, false}, plain);
  CHECK(failed.find("not healed\n") == 0);
  CHECK(failed.find("`planguild doctor`") != std::string::npos);
  CHECK(heal_text({0, 0, 0, true}, plain).find("ask again later") != std::string::npos);
}

TEST_CASE("A reload says what was put away and what was found") {
  reload_report report;
  report.archived_failures = 3;
  report.instances_draining = 1;
  report.discovery.planners = {"one"};
  report.discovery.admitted = 1;
  const auto text = reload_text(report, plain);
  CHECK(text.find("reloaded\n"
                  "archived      3 import failures\n"
                  "draining      1 instance\n"
                  "found         1 planner: 1 admitted, 0 pending, 0 quarantined\n") == 0);
}

TEST_CASE("An operator's decision says how it is taken back") {
  planner_record record;
  record.name = "odd";
  record.admission = admission_state::quarantined;
  record.admission_reason = "quarantined by an operator: it\x1b[2J lies";
  CHECK(decision_text(record, {}, plain) ==
        "odd  quarantined\n"
        "reason        quarantined by an operator: it\\x1b[2J lies\n"
        "until         somebody reinstates it: planguild reinstate odd\n");
  record.admission = admission_state::admitted;
  CHECK(decision_text(record, {}, plain).find("until         somebody quarantines it") != std::string::npos);
  CHECK(decision_text(record, "the disk is full", plain)
            .find("kept          no: it ends with the running runtime, which stores nothing: the disk is full\n") !=
        std::string::npos);
}

TEST_CASE("A configuration change shows both values") {
  configure_report report;
  CHECK(configure_text(report, plain) == "Nothing is different: these values were set already.\n");
  report.changes = {{"FACTORY_TIE_BREAK", "name", "newest"}, {"FACTORY_ALLOWED_PLANNERS", "*", ""}};
  report.notes = {"FACTORY_MAX_PROFILES was capped"};
  CHECK(configure_text(report, plain) ==
        "variable                  before  now\n"
        "FACTORY_TIE_BREAK         name    newest\n"
        "FACTORY_ALLOWED_PLANNERS  *       (empty)\n"
        "note: FACTORY_MAX_PROFILES was capped\n");
}

TEST_CASE("Statistics count everything and tell what was refused") {
  stats_report report;
  report.version = "1.2.3";
  report.discovered = true;
  report.runs = 2;
  report.signature = "abc";
  report.active = 3;
  report.quarantined = 1;
  report.records = 4;
  report.instantiated = 2;
  report.selections = 1'204;
  report.invocations = 12;
  report.total_instantiations = 3;
  report.starts_joined = 5;
  report.import_failures = 1;
  report.import_failure_details = {{"/p/bad.planner.json", failure_code::invalid_manifest, "version is missing"}};
  report.archived_failures_count = 1;
  report.resident_bytes = 29'779'558;
  report.uptime_s = 200;
  CHECK(stats_text(report, plain) ==
        "planguild 1.2.3, up 3 min 20 s, 28.4 MiB resident\n"
        "planners      3 active, 0 pending, 1 quarantined, 4 records\n"
        "instances     2 live; 3 constructions since start, 5 acquires joined one under way\n"
        "selections    1,204\n"
        "invocations   12\n"
        "discovery     2 runs, signature abc\n"
        "refused       1 manifest or roots; 1 reload put earlier ones away\n"
        "\nrefused\n"
        "invalid_manifest  /p/bad.planner.json\n"
        "  version is missing\n");
  CHECK(stats_text({}, plain).find("discovery     none yet\n") != std::string::npos);
  report.memory_only = "the disk is full";
  CHECK(stats_text(report, plain)
            .find("store         none, verdicts and decisions end with this runtime: the disk is full\n") !=
        std::string::npos);
}

TEST_CASE("A profile shows counts, durations and the newest samples") {
  profile_report report;
  report.counted = 120;
  report.overwritten = 20;
  report.dropped = 3;
  report.durations = {120, 12e-6, 11e-6, 45e-6, 2e-3};
  report.kept.selections.push_back(
      {17, {"risk", "review"}, "risk_planner", 0.91, 4, true, 9, {}, {}, 12e-6, 1'795'515'115.25});
  CHECK(profile_text(report, sample_kind::selection, true, plain) ==
        "selections      120 counted, 20 overwritten, 3 dropped\n"
        "took            mean 12.0 µs, p50 11.0 µs, p99 45.0 µs, max 2.00 ms\n"
        "time             took  best           score  of  objective  context            required\n"
        "10:11:55.250  12.0 µs  risk_planner  0.9100   4         17  index, 9 hotspots  risk review\n");
  CHECK(profile_text(report, sample_kind::selection, false, plain).find("time") == std::string::npos);
  CHECK(profile_text({}, sample_kind::instantiation, true, plain) ==
        "instantiations  0 counted\n"
        "took            mean -, p50 -, p99 -, max -\n"
        "No samples.\n");
}

TEST_CASE("A profile shows samples from before this runtime apart, with their day") {
  profile_report report;
  report.earlier.instantiations = {{"one", 0.25, 1'795'515'115.25}, {"two", 0.5, 1'795'515'116.25}};
  CHECK(profile_text(report, sample_kind::instantiation, true, plain) ==
        "instantiations  0 counted\n"
        "took            mean -, p50 -, p99 -, max -\n"
        "earlier         2 taken before this runtime began, from " +
            moment_text(1'795'515'115.25) +
            " on\n"
            "time            took  planner\n"
            "10:11:55.250  250 ms  one\n"
            "10:11:56.250  500 ms  two\n");
  report.counted = 1;
  report.kept.instantiations = {{"three", 0.25, 1'795'515'117.25}};
  CHECK(profile_text(report, sample_kind::instantiation, true, plain).find("two\n\ntime") != std::string::npos);
}

TEST_CASE("An invocation that failed stands out") {
  profile_report report;
  report.counted = 2;
  report.kept.invocations = {{"one", 0.25, "ok", 0}, {"two", 0.5, "planner_crashed", 1}};
  const auto text = profile_text(report, sample_kind::invocation, true, coloured);
  CHECK(text.find("00:00:00.000  250 ms  one           ok\n") != std::string::npos);
  CHECK(text.find("\x1b[31m00:00:01.000  500 ms  two           planner_crashed") != std::string::npos);
}

TEST_CASE("Health shows every alert") {
  health_report report;
  report.ready = true;
  report.alerts = {{alert_kind::import_failures, 7, 5, "7 import failures, more than 5"}};
  CHECK(health_text(report, plain).find("alert         7 import failures, more than 5\n") != std::string::npos);
  CHECK(health_text(report, coloured).find("\x1b[33malert\x1b[0m") != std::string::npos);
}
