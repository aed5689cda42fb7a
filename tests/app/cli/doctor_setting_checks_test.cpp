// What doctor finds in settings that do not suit the planners that are there.
#include <catch2/catch.hpp>

#include "app/cli/doctor_checks.hpp"
#include "tests/support/text_checks.hpp"

using namespace planguild;
using namespace planguild::cli;
using planguild::test::has;

namespace {

/// One active planner that requests a port and a folder, and nothing else that could be found.
doctor_facts with_planner(double score) {
  doctor_facts facts;
  facts.configuration = load_config({});
  facts.roots = {{"/p", true, true, "", 0755}};
  facts.launcher = "/opt/bin/planguild-worker";
  facts.store.directory = "/s";
  facts.kernel.landlock_abi = 6;
  facts.kernel.seccomp = facts.kernel.user_namespaces = facts.kernel.pidfd = facts.kernel.cgroup = {true, {}};
  facts.health.emplace();
  facts.health->ready = true;
  planner_record record;
  record.name = "one";
  record.where = "/p/one.planner.json";
  record.admission = admission_state::admitted;
  record.requested = record.granted = {{443}, {"/data/in"}, {}};
  record.reliability.score = score;
  facts.planners.emplace();
  facts.planners->planners = {record};
  return facts;
}

doctor_facts with_grants(std::vector<planner_grants> grants) {
  auto facts = with_planner(0.5);
  facts.configuration.value.grants = std::move(grants);
  return facts;
}

}  // namespace

TEST_CASE("Grants that a planner requests, or that hold what it requests, are in order") {
  CHECK(examine(with_planner(0.5)).findings.empty());
  CHECK(examine(with_grants({{"one", {{443}, {"/data"}, {}}}})).findings.empty());
  // What may be written may be read.
  CHECK(examine(with_grants({{"one", {{}, {}, {"/data"}}}})).findings.empty());
}

TEST_CASE("Each grant that its planner does not request is a warning that names it and the manifest") {
  const auto findings = examine(with_grants({{"one", {{80, 443}, {"/else"}, {"/out"}}}})).findings;
  REQUIRE(findings.size() == 3);
  for (const auto& finding : findings) {
    CHECK(finding.severity == doctor_severity::warning);
    CHECK(finding.area == "planners");
    CHECK(has(finding.mend, "/p/one.planner.json"));
  }
  CHECK(findings[0].what == "FACTORY_GRANTS grants network=80 to one, which does not request it and does not get it");
  CHECK(has(findings[1].what, "read=/else"));
  CHECK(has(findings[2].what, "write=/out"));
}

TEST_CASE("What a planner requests and nobody granted is worth knowing, with who tells the line that grants it") {
  auto facts = with_planner(0.5);
  auto& record = facts.planners->planners.front();
  record.granted.network.clear();
  record.grants_needed = "one:network=443,one:read=/data/in";
  const auto report = examine(facts);
  REQUIRE(report.findings.size() == 1);
  const auto& finding = report.findings.front();
  CHECK(finding.severity == doctor_severity::note);
  CHECK(finding.what == "one requests network=443, which is not granted");
  CHECK(finding.mend == "planguild describe one");
  CHECK(report.good());
  facts.configuration.value.sandbox.mode = sandbox_mode::off;
  for (const auto& each : examine(facts).findings) CHECK_FALSE(has(each.what, "is not granted"));
}

TEST_CASE("What can never be granted has no line that would grant it") {
  auto facts = with_planner(0.5);
  auto& record = facts.planners->planners.front();
  record.requested.read.push_back("relative");
  const auto report = examine(facts);
  REQUIRE(report.findings.size() == 1);
  CHECK(has(report.findings.front().what, "read=relative, which is not granted"));
  CHECK(report.findings.front().mend.empty());
}

TEST_CASE("A grant to a planner that is not known is worth knowing") {
  const auto report = examine(with_grants({{"two", {{443}, {}, {}}}}));
  REQUIRE(report.findings.size() == 1);
  CHECK(report.findings.front().severity == doctor_severity::note);
  CHECK(has(report.findings.front().what, "two, which is no known planner"));
  CHECK(report.good());
}

TEST_CASE("A reliability outside 0 to 1 is a warning with what takes it back") {
  auto facts = with_planner(0.5);
  facts.configuration = load_config({{"PLANNER_MIN_RELIABILITY", "-3", "environment"}});
  const auto report = examine(facts);
  REQUIRE(report.findings.size() == 1);
  CHECK(report.findings.front().severity == doctor_severity::warning);
  CHECK(has(report.findings.front().what, "PLANNER_MIN_RELIABILITY (environment) is -3, but reliabilities lie"));
  CHECK(report.findings.front().mend == "unset PLANNER_MIN_RELIABILITY");
}

TEST_CASE("A floor that no active planner reaches is an error, with the one that the best reaches") {
  auto facts = with_planner(0.5);
  facts.configuration.value.min_reliability = 0.9;
  const auto report = examine(facts);
  REQUIRE(report.findings.size() == 1);
  CHECK(report.findings.front().severity == doctor_severity::error);
  CHECK(has(report.findings.front().what, "FACTORY_MIN_RELIABILITY = 0.9 (the best has 0.5)"));
  CHECK(report.findings.front().mend == "export FACTORY_MIN_RELIABILITY=0.5");
  facts.configuration.value.min_reliability = 0.5;
  CHECK(examine(facts).findings.empty());
  // Unused, a planner's reliability drifts to 0.5: a floor above would not be reached for long.
  facts.planners->planners.front().reliability.score = 0.8746;
  facts.configuration.value.min_reliability = 0.9;
  CHECK(examine(facts).findings.at(0).mend == "export FACTORY_MIN_RELIABILITY=0.5");
  facts.planners->planners.front().reliability.score = 0.2178;
  CHECK(examine(facts).findings.at(0).mend == "export FACTORY_MIN_RELIABILITY=0.21");
}

TEST_CASE("A planner without a reliability counts with the default") {
  auto facts = with_planner(0.5);
  facts.planners->planners.front().reliability.score.reset();
  facts.configuration.value.default_reliability = 0.3;
  facts.configuration.value.min_reliability = 0.4;
  CHECK(examine(facts).findings.at(0).mend == "export FACTORY_MIN_RELIABILITY=0.3");
}

TEST_CASE("The floor says nothing where no planner is active") {
  auto facts = with_planner(0.1);
  facts.planners->planners.front().error = "it could not be started";
  for (const auto& finding : examine(facts).findings) CHECK_FALSE(has(finding.what, "FACTORY_MIN_RELIABILITY"));
}
