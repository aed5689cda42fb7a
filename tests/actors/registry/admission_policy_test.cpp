// The admission rules, row by row.
#include "actors/registry/admission_policy.hpp"

#include <catch2/catch.hpp>

using namespace planguild;

namespace {

admission_verdict passed(std::optional<bool> self_test) {
  admission_verdict verdict;
  verdict.name = "aaa";
  verdict.state = admission_state::admitted;
  verdict.self_test_passed = self_test;
  return verdict;
}

admission_verdict failed(planner_stage stage, std::optional<bool> self_test = {}) {
  auto verdict = passed(self_test);
  verdict.state = admission_state::quarantined;
  verdict.evidence =
      failure_evidence{stage, failure_code::load_failed, "exited with 3", 3, {}, "", process_ending::none, {}, {}, 0};
  return verdict;
}

planner_manifest manifest(bool production_ready) {
  planner_manifest result;
  result.name = "aaa";
  result.production_ready = production_ready;
  return result;
}

config settings(std::string environment, bool disable_quarantine = false) {
  config result;
  result.environment_label = std::move(environment);
  result.disable_quarantine = disable_quarantine;
  return result;
}

}  // namespace

TEST_CASE("A passed self-test admits, in prod only what is production-ready") {
  CHECK(decide(passed(true), manifest(false), settings("dev")).state == admission_state::admitted);
  CHECK(decide(passed(true), manifest(false), settings("")).state == admission_state::admitted);
  CHECK(decide(passed(true), manifest(true), settings("prod")).state == admission_state::admitted);
  const auto refused = decide(passed(true), manifest(false), settings("prod"));
  CHECK(refused.state == admission_state::quarantined);
  CHECK_THAT(refused.reason, Catch::Contains("prod"));
}

TEST_CASE("Without a self-test only what is production-ready is admitted, whatever the environment") {
  for (const auto* environment : {"dev", "prod"}) {
    CHECK(decide(passed({}), manifest(true), settings(environment)).state == admission_state::admitted);
    const auto refused = decide(passed({}), manifest(false), settings(environment));
    CHECK(refused.state == admission_state::quarantined);
    CHECK(refused.reason == "no self-test and not production-ready");
  }
}

TEST_CASE("A promised self-test of which the verdict says nothing admits nobody, unless a success has lifted it") {
  for (const bool production_ready : {true, false}) {
    auto promised = manifest(production_ready);
    promised.self_test = true;
    CHECK(decide(passed({}), promised, settings("dev")).state == admission_state::quarantined);
    auto lifted = failed(planner_stage::handshake);
    lifted.state = admission_state::admitted;
    lifted.reason = "it succeeded";
    const auto decided = decide(lifted, promised, settings("dev"));
    CHECK(decided.state == admission_state::admitted);
    CHECK(decided.reason == "it succeeded");
    // In prod a success is worth no more than a passed self-test.
    CHECK((decide(lifted, promised, settings("prod")).state == admission_state::admitted) == production_ready);
  }
}

TEST_CASE("A failure quarantines with the evidence as reason") {
  const auto refused = decide(failed(planner_stage::handshake), manifest(true), settings("dev"));
  CHECK(refused.state == admission_state::quarantined);
  CHECK(refused.reason == "handshake failed: exited with 3");
  CHECK(refused.error.empty());
  CHECK(decide(passed(false), manifest(true), settings("dev")).state == admission_state::quarantined);
}

TEST_CASE("With quarantine disabled everything is admitted, what could not start with an error") {
  const auto off = settings("prod", true);
  CHECK(decide(passed({}), manifest(false), off) ==
        admission_decision{admission_state::admitted, "quarantine is disabled; the probe passed", ""});
  for (const auto stage : {planner_stage::load, planner_stage::handshake}) {
    const auto decided = decide(failed(stage), manifest(false), off);
    CHECK(decided.state == admission_state::admitted);
    CHECK_THAT(decided.error, Catch::Contains("exited with 3"));
  }
  const auto self_test = decide(failed(planner_stage::self_test, false), manifest(false), off);
  CHECK(self_test.state == admission_state::admitted);
  CHECK(self_test.error.empty());
  CHECK_THAT(self_test.reason, Catch::Contains("exited with 3"));
}

TEST_CASE("An operator's word stands, even with quarantine disabled") {
  auto verdict = passed(false);
  verdict.by_operator = true;
  CHECK(decide(verdict, manifest(false), settings("prod")).state == admission_state::admitted);
  verdict.state = admission_state::quarantined;
  verdict.reason = "wrong results";
  const auto decided = decide(verdict, manifest(true), settings("dev", true));
  CHECK(decided.state == admission_state::quarantined);
  CHECK(decided.reason == "quarantined by an operator: wrong results");
}

TEST_CASE("No verdict leaves a planner pending") {
  admission_verdict verdict;
  CHECK(decide(verdict, manifest(true), settings("dev", true)).state == admission_state::pending);
}
