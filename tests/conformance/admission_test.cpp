// names.json, the admission cases: which planners their self-test, the environment and the quarantine switch let in.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <string>

#include "actors/registry/admission_policy.hpp"
#include "messages/text.hpp"
#include "tests/conformance/support/conformance_data.hpp"

using namespace planguild;

namespace {

/// What a probe would say of a planner with this kind of self-test (the data's words).
admission_verdict verdict_of(const nlohmann::json& kind) {
  admission_verdict verdict;
  verdict.name = "adm_planner";
  verdict.state = admission_state::admitted;
  const auto name = kind.is_null() ? std::string{"not_callable"} : kind.get<std::string>();
  if (name == "pass" || name == "pass_instance" || name == "pass_classmethod") {
    verdict.self_test_passed = true;
  } else if (name != "not_callable") {  // fail, timeout, constructor_fails, and returns_false, which has failed here
    verdict.state = admission_state::quarantined;
    verdict.self_test_passed = false;
    verdict.evidence = failure_evidence{
        planner_stage::self_test, failure_code::self_test_failed, "no", {}, {}, "", process_ending::none, {}, {}, 0};
  }
  return verdict;
}

}  // namespace

TEST_CASE("Admission lets in whom the data lets in") {
  const auto data = conformance::load("names.json");
  conformance::tally tally("names.json admission_cases");
  for (const auto& one : data["admission_cases"]) {
    INFO(one.dump());
    config settings;
    settings.environment_label = text::normalised(one["env"].get<std::string>());
    const auto flag = one["disable_quarantine"].get<std::string>();
    settings.disable_quarantine = flag == "1" || flag == "true";
    planner_manifest manifest;
    manifest.name = "adm_planner";
    manifest.production_ready = one["production_ready"].get<bool>();
    const auto verdict = verdict_of(one["self_test"]);
    const bool admitted = decide(verdict, manifest, settings).state == admission_state::admitted;
    if (flag == "true") {
      CHECK(admitted);  // the flag is on here, and then everybody is let in
      tally.skipped("`true` switches quarantine off here; checked against this rule");
      continue;
    }
    if (one["self_test"] == "returns_false") {
      CHECK(admitted == settings.disable_quarantine);
      tally.skipped("a self-test that returns false has failed here; checked against this rule");
      continue;
    }
    const auto& expected = one["expect"];
    CHECK(admitted != expected["quarantined"].get<bool>());
    CHECK(admitted != expected["live"].empty());
    // Without a self-test the data says of who is let in that it passed; here nothing is said of it.
    if (verdict.self_test_passed) {
      CHECK(*verdict.self_test_passed == expected["self_test_passed"].get<bool>());
    }
    tally.ran();
  }
  CHECK(tally.ran_count() > 0);
  CHECK(tally.differences() == std::vector<std::string>{});
}
