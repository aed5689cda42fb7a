// Planners, discovery, health and verdicts as text.
#include "app/cli/catalogue_text.hpp"

#include <catch2/catch.hpp>

#include "tests/app/cli/plain_style.hpp"

using namespace planguild;
using namespace planguild::cli;
using planguild::test::plain;

namespace {

planner_record sample_record() {
  planner_record record;
  record.name = "risk_planner";
  record.version = "1.0.0";
  record.capabilities = {"review", "risk"};
  record.tier = "beta";
  record.production_ready = true;
  record.admission = admission_state::admitted;
  record.reliability.score = 0.75;
  record.reliability.invocations = 3;
  record.reliability.failures = 1;
  record.reliability.mean_duration_ms = 120.4;
  record.where = "/p/risk_planner.planner.json";
  record.digest = "abc";
  return record;
}

failure_evidence sample_evidence() {
  failure_evidence evidence;
  evidence.stage = planner_stage::handshake;
  evidence.code = failure_code::load_failed;
  evidence.message = "it exited before the handshake";
  evidence.exit_code = 3;
  evidence.stderr_tail = "first\n\x1b[31mTraceback\nlast\n";
  return evidence;
}

}  // namespace

TEST_CASE("The list is a table with the sandbox of every planner") {
  planner_list list;
  list.planners = {sample_record(), sample_record()};
  list.planners[1].name = "odd";
  list.planners[1].admission = admission_state::quarantined;
  list.planners[1].reliability.score.reset();
  list.planners[1].production_ready = false;
  list.planners[1].tier.clear();
  list.planners[0].posture.holds = {"no-network"};
  list.planners[0].posture.missing = {"no-host-reads", "no-host-writes", "no-secrets"};
  list.skipped.resize(2);
  list.import_failures.resize(1);
  list.live = {"risk_planner"};
  CHECK(list_text(list, plain) ==
        "planner       version  admission    reliability  tier  ready  sandbox      capabilities\n"
        "risk_planner  1.0.0    admitted          0.7500  beta  yes    no-network   review risk\n"
        "odd           1.0.0    quarantined            -        no     not started  review risk\n"
        "2 left out by configuration, 1 refused: see `planguild discover`\n");
}

TEST_CASE("The list names the admitted planners that are not live") {
  planner_list list;
  list.planners = {sample_record(), sample_record(), sample_record()};
  list.planners[1].name = "odd";
  list.planners[2].name = "shut_out";
  list.planners[2].admission = admission_state::quarantined;
  list.live = {"risk_planner"};
  CHECK(list_text(list, plain).ends_with("not live: odd (reliability below PLANNER_MIN_RELIABILITY)\n"));
  list.live = {"odd", "risk_planner"};
  CHECK(list_text(list, plain).find("not live") == std::string::npos);
}

TEST_CASE("A planner that an operator has reinstated is marked") {
  planner_list list;
  list.planners = {sample_record()};
  list.live = {"risk_planner"};
  list.planners[0].admission_reason = "reinstated by an operator: it is needed";
  CHECK(list_text(list, plain).find("risk_planner  1.0.0    reinstated") != std::string::npos);
  list.planners[0].error = "it did not start";
  CHECK(list_text(list, plain).find("risk_planner  1.0.0    error") != std::string::npos);
}

TEST_CASE("A list that is not for a terminal is whole") {
  planner_list list;
  list.planners = {sample_record()};
  list.live = {"risk_planner"};
  const std::string tier = "a_tier_of_some_length";
  const std::string capability(120, 'c');
  list.planners[0].tier = tier;
  list.planners[0].capabilities = {capability};
  CHECK(list_text(list, plain).find(capability) == std::string::npos);
  const auto whole = list_text(list, {100, false, false});
  CHECK(whole.find(tier) != std::string::npos);
  CHECK(whole.find(capability) != std::string::npos);
}

TEST_CASE("One manifest with a huge version does not make the rows of the others huge") {
  planner_list list;
  list.planners.assign(500, sample_record());
  const std::string version(250'000, '1');
  list.planners[7].version = version;
  const auto whole = list_text(list, {100, false, false});
  CHECK(whole.find(version) != std::string::npos);
  CHECK(whole.size() < version.size() + list.planners.size() * 1'000);
}

TEST_CASE("An empty list says what to do") {
  planner_list list;
  CHECK(list_text(list, plain).find("--planner-path") != std::string::npos);
  list.skipped.push_back({"odd", skip_reason::not_allowed, "export FACTORY_ALLOWED_PLANNERS=odd"});
  CHECK(list_text(list, plain) ==
        "No planner was found.\n\nleft out\nodd: not allowed\n  export FACTORY_ALLOWED_PLANNERS=odd\n");
}

TEST_CASE("A record shows everything, and evidence without control characters") {
  auto record = sample_record();
  record.admission = admission_state::quarantined;
  record.admission_reason = "it did not start";
  record.evidence = sample_evidence();
  record.description = "Finds\nrisks";
  CHECK(record_text(record, plain) ==
        "risk_planner 1.0.0\n"
        "description   Finds\\nrisks\n"
        "capabilities  review, risk\n"
        "tier          beta\n"
        "ready         for production\n"
        "admission     quarantined: it did not start\n"
        "reliability   0.7500, 3 invocations, 1 failure, 120 ms on average\n"
        "instance      idle, generation 1\n"
        "sandbox       none yet: it was not started in this runtime\n"
        "source        root\n"
        "manifest      /p/risk_planner.planner.json\n"
        "digest        abc\n"
        "evidence      handshake, load_failed, exit code 3\n"
        "              it exited before the handshake\n"
        "stderr        first\n"
        "              \\x1b[31mTraceback\n"
        "              last\n");
}

TEST_CASE("Only the end of a long standard error is shown") {
  auto record = sample_record();
  record.evidence = sample_evidence();
  record.evidence->stderr_tail.clear();
  for (int line = 1; line <= 100; ++line) record.evidence->stderr_tail += "line " + std::to_string(line) + "\n";
  const auto text = record_text(record, plain);
  CHECK(text.find("stderr        line 81\n") != std::string::npos);
  CHECK(text.find("line 100\n") != std::string::npos);
  CHECK(text.find("line 80\n") == std::string::npos);
}

TEST_CASE("Discovery names what was left out and refused") {
  discovery_report report;
  report.planners = {"one", "two"};
  report.admitted = 1;
  report.pending = 1;
  report.signature = "s1";
  report.skipped = {{"odd", skip_reason::not_allowed, "export X=odd"}};
  report.import_failures = {{"/p/bad.planner.json", failure_code::invalid_manifest, "version is missing"}};
  report.warnings = {"colour is unknown and ignored"};
  CHECK(discovery_text(report, plain) ==
        "found         2 planners: 1 admitted, 1 pending, 0 quarantined\n"
        "planners      one, two\n"
        "signature     s1\n"
        "\nleft out\nodd: not allowed\n  export X=odd\n"
        "\nrefused\ninvalid_manifest  /p/bad.planner.json\n  version is missing\n"
        "\nwarnings\n  colour is unknown and ignored\n");
}

TEST_CASE("Health says whether planners are ready and what to do") {
  health_report report;
  report.quarantined = 1;
  report.records = 1;
  report.min_reliability = 0.25;
  report.sandbox = "require; 1 not started yet";
  report.suggestions = {"look at `planguild describe odd`"};
  CHECK(health_text(report, plain) ==
        "not ready\n"
        "planners      0 active, 0 pending, 1 quarantined, 1 record\n"
        "reliability   none yet on average, floor 0.25\n"
        "refused       0 manifests or roots\n"
        "sandbox       require; 1 not started yet\n"
        "to do         look at `planguild describe odd`\n");
}

TEST_CASE("A line to run in what health says is whole, however narrow the terminal") {
  health_report report;
  const auto line = "export FACTORY_ALLOWED_PLANNERS=" + std::string(100, 'x') + ",odd";
  report.suggestions = {"Let odd in: " + line};
  CHECK(health_text(report, {40, false}).find("to do         Let odd in:\n  " + line + "\n") != std::string::npos);
}

TEST_CASE("A verdict shows state, reason and evidence") {
  admission_verdict verdict;
  verdict.name = "odd";
  verdict.state = admission_state::quarantined;
  verdict.reason = "it exited";
  verdict.self_test_passed = false;
  verdict.digest = "d";
  verdict.evidence = sample_evidence();
  const auto text = verdict_text(verdict, {}, plain);
  CHECK(text.find("odd  quarantined\nreason        it exited\nself-test     failed\nsandbox       none") == 0);
  CHECK(text.find("evidence      handshake, load_failed, exit code 3\n") != std::string::npos);
}
