// reliability.json: every step of every case through the registry's planner table. Each planner is found and admitted
// by its self-test as discovery and a probe would have it; the data's clock is the monotonic clock.
//
// The data lets any success lift a quarantine; here it must have been running when the verdict fell, so each invocation
// is said to have begun with the registration. `last_success_ts` is shown by no view here and is not compared.
#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>

#include "actors/registry/planner_table.hpp"
#include "messages/text.hpp"
#include "tests/conformance/support/conformance_data.hpp"

using namespace planguild;
using nlohmann::json;

namespace {

bool close(double value, const json& expected) {
  return std::abs(value - expected.get<double>()) <= 1e-12 * std::abs(expected.get<double>());
}

class reliability_case {
 public:
  explicit reliability_case(const json& one)
      : registered_s_(one["registration_time"].get<double>()), table_(settings_of(one)) {
    discovery_result found;
    for (const auto& planner : one["planners"]) {
      found_planner entry;
      entry.manifest.name = planner["name"].get<std::string>();
      entry.manifest.production_ready = planner["production_ready"].get<bool>();
      entry.manifest.self_test = !planner["self_test"].is_null();
      entry.digest = "digest";
      found.planners.push_back(std::move(entry));
    }
    table_.merge(found, registered_s_);
    for (const auto& planner : one["planners"]) {
      admit(planner);
    }
  }

  void run(const json& step) {
    const auto operation = step["op"].get<std::string>();
    const auto now_s = step["t"].get<double>();
    if (operation == "update") {
      update(step, now_s);
    } else if (operation == "query") {
      query(step["planner"].get<std::string>(), step["expect"], now_s);
    } else if (operation == "live") {
      CHECK(table_.live(now_s) == step["expect"]["live"].get<std::vector<std::string>>());
    } else if (operation == "metadata") {
      for (const auto& [name, expected] : step["expect"].items()) {
        metadata(name, expected, now_s);
      }
    } else if (operation == "unquarantine") {
      const admission_verdict verdict{step["planner"], "", admission_state::admitted, {}, true, "", {}, {}, {}};
      CHECK(table_.apply_verdict(verdict, now_s) == step["expect"]["result"].get<bool>());
    } else {
      REQUIRE(operation == "set_state");
      REQUIRE(step["fields"] == json{{"quarantined", true}});
      auto verdict = *table_.current_verdict(step["planner"].get<std::string>());
      verdict.state = admission_state::quarantined;
      CHECK(table_.apply_verdict(verdict, now_s));
    }
  }

 private:
  static config settings_of(const json& one) {
    config settings;
    settings.decay_half_life_s = one["half_life_s"].get<double>();
    settings.live_min_reliability = one["min_reliability"].get<double>();
    return settings;
  }

  void admit(const json& planner) {
    admission_verdict verdict;
    verdict.name = planner["name"].get<std::string>();
    verdict.digest = "digest";
    verdict.state = admission_state::admitted;
    if (planner["self_test"] == "pass") {
      verdict.self_test_passed = true;
    } else if (planner["self_test"] == "fail") {
      verdict.state = admission_state::quarantined;
      verdict.self_test_passed = false;
    }
    CHECK(table_.apply_verdict(verdict, registered_s_));
    const auto& expected = planner["expected_after_registration"];
    CHECK(quarantined(verdict.name) == expected["quarantined"].get<bool>());
    // The data counts a planner without a self-test that is let in as one that passed.
    const auto record = table_.record(verdict.name, true, registered_s_);
    json passed = nullptr;
    if (record->self_test_passed) {
      passed = *record->self_test_passed;
    } else if (record->admission == admission_state::admitted) {
      passed = true;
    }
    CHECK(passed == expected["self_test_passed"]);
  }

  bool quarantined(const std::string& name) const { return table_.admission(name) == admission_state::quarantined; }

  void update(const json& step, double now_s) {
    invocation_outcome outcome;
    outcome.name = step["planner"].get<std::string>();
    outcome.verdict = step["success"].get<bool>() ? invocation_verdict::success : invocation_verdict::failed;
    outcome.duration_s = step["duration_s"].get<double>();
    outcome.digest = "digest";
    if (step.contains("error") && step["error"].is_string()) {
      outcome.error = step["error"].get<std::string>();
    }
    table_.apply_outcome(outcome, now_s, 0, registered_s_);
  }

  void query(const std::string& name, const json& expected, double now_s) {
    const auto* history = table_.history(name);
    if (history == nullptr) {
      CHECK(expected["reliability_score"] == 0.5);  // of an unknown planner nothing else is asked
      return;
    }
    CHECK(close(history->score(now_s), expected["reliability_score"]));
    CHECK(history->view(now_s).score == expected["reliability_score_rounded4"].get<double>());
    CHECK(close(history->success_weight(now_s), expected["success_weight"]));
    CHECK(close(history->failure_weight(now_s), expected["failure_weight"]));
    CHECK(history->invocations() == expected["total_invocations"]);
    CHECK(history->failures() == expected["total_failures"]);
    CHECK(close(history->mean_duration_ms(), expected["avg_duration_ms"]));
    CHECK(history->view(now_s).mean_duration_ms == expected["avg_duration_ms_rounded2"].get<double>());
    CHECK(history->last_error() == (expected["last_error"].is_null() ? "" : expected["last_error"].get<std::string>()));
    CHECK(quarantined(name) == expected["quarantined"].get<bool>());
  }

  void metadata(const std::string& name, const json& expected, double now_s) {
    const auto* history = table_.history(name);
    REQUIRE(history != nullptr);
    const auto view = history->view(now_s);
    CHECK(view.score == expected["reliability_score"].get<double>());
    CHECK(view.mean_duration_ms == expected["avg_duration_ms"].get<double>());
    CHECK(view.last_error == (expected["last_error"].is_null() ? "" : expected["last_error"].get<std::string>()));
    CHECK(quarantined(name) == expected["quarantined"].get<bool>());
  }

  double registered_s_;
  planner_table table_;
};

}  // namespace

TEST_CASE("Reliability decays, counts, lifts and lists as the data says") {
  const auto data = conformance::load("reliability.json");
  conformance::tally tally("reliability.json cases");
  for (const auto& one : data["cases"]) {
    INFO(one["id"].get<std::string>());
    reliability_case running(one);
    for (const auto& step : one["steps"]) {
      INFO(step.dump());
      running.run(step);
    }
    tally.ran();
  }
  CHECK(tally.ran_count() > 0);
  CHECK(tally.differences() == std::vector<std::string>{});
}
