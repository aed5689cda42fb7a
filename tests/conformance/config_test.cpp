// config.json: what every text of every variable means.
#include <catch2/catch.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "messages/config.hpp"
#include "messages/limits.hpp"
#include "tests/conformance/support/configuration_rules.hpp"
#include "tests/conformance/support/conformance_data.hpp"

using namespace planguild;
using nlohmann::json;

namespace {

constexpr auto no_meaning = "the variable has no meaning here";
constexpr auto flag_rule =
    "flags follow the rule of this project (1/0, true/false, yes/no, on/off); checked against it";

config_load load_one(const std::string& variable, const json& value) {
  if (value.is_null()) return load_config({});
  return load_config({{variable, value.get<std::string>(), "environment"}});
}

/// The flag by the rule of this project, in the data's representation; "error" where it refuses the text.
json flag_expected(const std::string& variable, const json& value, bool preset) {
  const auto read = value.is_null() ? preset : conformance::flag_by_rule(value.get<std::string>(), preset);
  if (!read) return "error";
  if (variable == "FACTORY_SELF_HEAL_BLOCKING") return json{{"blocking", *read}};
  return *read;
}

void check_value(const config_load& load, const std::string& variable, const json& expected) {
  if (expected == "error") {
    REQUIRE(load.problems.size() == 1);
    CHECK(load.problems.front().variable == variable);
    CHECK_FALSE(load.problems.front().accepted.empty());
    CHECK(conformance::value_in(load.value, variable) == conformance::value_in(config{}, variable));
    return;
  }
  CHECK(load.problems.empty());
  CHECK(conformance::value_in(load.value, variable) == expected);
}

void check_case(const json& one, conformance::tally& tally) {
  const auto variable = one["variable"].get<std::string>();
  const auto& value = one["value"];
  if (is_meaningless_variable(variable)) return tally.skipped(no_meaning);
  if (value == "NOTSET") return tally.skipped("the log level NOTSET does not exist here");
  const auto load = load_one(variable, value);
  bool preset = false;
  if (conformance::is_flag(variable, preset)) {
    const auto by_rule = flag_expected(variable, value, preset);
    check_value(load, variable, by_rule);
    if (by_rule == one["expected"]) return tally.ran();
    return tally.skipped(flag_rule);
  }
  const auto& expected = conformance::expected_of(one);
  if (variable == "FACTORY_MAX_PROFILES" && expected.is_number() && expected > limits::max_profiles_cap) {
    check_value(load, variable, limits::max_profiles_cap);
    CHECK(load.notes.size() == 1);
    return tally.skipped("FACTORY_MAX_PROFILES is capped by limits.hpp");
  }
  check_value(load, variable, expected);
  tally.ran();
}

/// What the single cases say of one text of one variable.
struct single_texts {
  std::map<std::string, std::string> kinds;                        // by variable
  std::set<std::pair<std::string, std::string>> refused;           // kind, text
  std::map<std::pair<std::string, std::string>, json> ascii_only;  // kind, text: what it means to us

  explicit single_texts(const json& cases) {
    for (const auto& one : cases) {
      kinds[one["variable"]] = one["kind"];
      if (one["value"].is_null()) continue;
      if (one["expected"] == "error") refused.emplace(one["kind"], one["value"]);
      if (one.contains("expected_ascii_only")) ascii_only[{one["kind"], one["value"]}] = one["expected_ascii_only"];
    }
  }
  bool is_refused(const std::string& variable, const std::string& text) const {
    return refused.contains({kinds.at(variable), text});
  }
  const json& expected(const std::string& variable, const json& env, const json& by_combination) const {
    if (!env.contains(variable)) return by_combination;
    const auto found = ascii_only.find({kinds.at(variable), env[variable].get<std::string>()});
    return found == ascii_only.end() ? by_combination : found->second;
  }
};

void check_combination(const json& one, const single_texts& singles, conformance::tally& tally) {
  std::vector<config_setting> settings;
  std::set<std::string> flags_set;
  std::set<std::string> expected_problems;
  for (const auto& [variable, text] : one["env"].items()) {
    bool preset = false;
    const bool is_flag = conformance::is_flag(variable, preset);
    if (is_meaningless_variable(variable)) continue;
    if (is_flag) flags_set.insert(variable);
    if (is_flag ? flag_expected(variable, text, preset) == "error" : singles.is_refused(variable, text)) {
      expected_problems.insert(variable);
    }
    settings.push_back({variable, text.get<std::string>(), "environment"});
  }
  const auto load = load_config(settings);
  std::set<std::string> problems;
  for (const auto& problem : load.problems) problems.insert(problem.variable);
  CHECK(problems == expected_problems);
  if (one["expected"] == "error") {
    if (expected_problems.empty()) return tally.skipped("the offending variable has no meaning here");
    return tally.ran();
  }
  for (const auto& [variable, expected] : one["expected"].items()) {
    if (is_meaningless_variable(variable) || flags_set.contains(variable)) continue;
    INFO(variable);
    CHECK(conformance::value_in(load.value, variable) == singles.expected(variable, one["env"], expected));
  }
  for (const auto& variable : flags_set) {
    bool preset = false;
    conformance::is_flag(variable, preset);
    const auto by_rule = flag_expected(variable, one["env"][variable], preset);
    if (by_rule != "error") CHECK(conformance::value_in(load.value, variable) == by_rule);
  }
  if (expected_problems.empty()) return tally.ran();
  tally.skipped(flag_rule);
}

}  // namespace

TEST_CASE("Every text of every configuration variable means what the data says") {
  const auto data = conformance::load("config.json");
  conformance::tally tally("config.json cases");
  for (const auto& one : data["cases"]) {
    INFO(one["id"].get<std::string>());
    check_case(one, tally);
  }
  CHECK(tally.ran_count() > 0);
  CHECK(tally.differences() == std::vector<std::string>{});
}

TEST_CASE("Combined configuration variables do not disturb one another") {
  const auto data = conformance::load("config.json");
  const single_texts singles(data["cases"]);
  conformance::tally tally("config.json combined_cases");
  for (const auto& one : data["combined_cases"]) {
    INFO(one["id"].get<std::string>());
    check_combination(one, singles, tally);
  }
  CHECK(tally.ran_count() > 0);
  CHECK(tally.differences() == std::vector<std::string>{});
}

TEST_CASE("Lists of names are split, trimmed, sorted and made distinct as the data says") {
  const auto data = conformance::load("config.json");
  conformance::tally tally("config.json parse_csv_cases");
  for (const auto& one : data["parse_csv_cases"]) {
    INFO(one["id"].get<std::string>());
    const auto load = load_one("OVERMIND_PLANNER_EXCLUDE", one["input"]);
    CHECK(json(load.value.excluded_planners) == conformance::expected_of(one, "expected_sorted"));
    tally.ran();
  }
  CHECK(tally.ran_count() > 0);
  CHECK(tally.differences() == std::vector<std::string>{});
}

TEST_CASE("Without any setting every variable has the data's default") {
  const auto data = conformance::load("config.json");
  conformance::tally tally("config.json defaults");
  for (const auto& [variable, expected] : data["defaults"].items()) {
    INFO(variable);
    if (is_meaningless_variable(variable)) {
      tally.skipped(no_meaning);
      continue;
    }
    CHECK(conformance::value_in(config{}, variable) == expected);
    tally.ran();
  }
  CHECK(tally.differences() == std::vector<std::string>{});
}
