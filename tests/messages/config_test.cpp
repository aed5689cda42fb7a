// The configuration table and its loaders.
#include <catch2/catch.hpp>
#include <cstdint>
#include <map>
#include <set>

#include "messages/config.hpp"
#include "messages/config_parse.hpp"
#include "messages/limits.hpp"
#include "messages/sandbox_text.hpp"

using namespace planguild;

namespace {

config_load load(const std::vector<std::pair<std::string, std::string>>& pairs) {
  std::vector<config_setting> settings;
  settings.reserve(pairs.size());
  for (const auto& [variable, text] : pairs) settings.push_back({variable, text, "environment"});
  return load_config(settings);
}

/// A text for each variable that gives another value than the default.
const std::map<std::string, std::string>& other_texts() {
  static const std::map<std::string, std::string> texts = {
      {"FACTORY_ALLOWED_PLANNERS", "a,B"},
      {"FACTORY_PLANNER_PATH", "/a b:/c"},
      {"OVERMIND_PLANNER_MANUAL", "b,a,b"},
      {"OVERMIND_PLANNER_EXCLUDE", "x,Y"},
      {"PLANNERS_ALLOW", "A,b"},
      {"PLANNERS_BLOCK", "C"},
      {"FACTORY_FORCE_REDISCOVER", "yes"},
      {"FACTORY_DEEP_FINGERPRINT", "Off"},
      {"FACTORY_MIN_RELIABILITY", "0.3"},
      {"FACTORY_DEFAULT_RELIABILITY", ".2"},
      {"FACTORY_SELF_HEAL_BLOCKING", "FALSE"},
      {"FACTORY_SELF_HEAL_ON_EMPTY", "yes"},
      {"FACTORY_TIE_BREAK", "least_recent"},
      {"FACTORY_PROFILE_SELECTION", "0"},
      {"FACTORY_PROFILE_INSTANTIATION", "no"},
      {"FACTORY_MAX_PROFILES", "-7"},
      {"FACTORY_DEEP_INDEX_CAP_BOOST", "1e-3"},
      {"FACTORY_HOTSPOT_CAP_BOOST", "-0.1"},
      {"FACTORY_HOTSPOT_THRESHOLD", "+9"},
      {"FACTORY_ALERT_IMPORT_FAILURES", "6"},
      {"FACTORY_ALERT_INSTANTIATION_S", "2.5"},
      {"FACTORY_LOG_LEVEL", "FATAL"},
      {"FACTORY_SANDBOX", "require:no-network,no-host-reads"},
      {"FACTORY_GRANTS", "zeta:write=/out/,alpha:network=443,zeta:read=/data//in/."},
      {"OVERMIND_ENV", " Prod "},
      {"PLANNER_DECAY_HALF_LIFE", "0"},
      {"PLANNER_MIN_RELIABILITY", "0.30000000000000004"},
      {"PLANNER_SELF_TEST_TIMEOUT", "6"},
      {"PLANNER_IMPORT_TIMEOUT", "7"},
      {"PLANNER_DEFAULT_TIMEOUT", "8"},
      {"PLANNER_DISABLE_QUARANTINE", "on"},
  };
  return texts;
}

}  // namespace

TEST_CASE("Every configuration field can be changed by its variable, and what is shown can be read again") {
  for (const auto& field : config_fields()) {
    const std::string variable{field.variable};
    INFO(variable);
    CHECK(find_config_field(variable) == &field);
    CHECK_FALSE(field.meaning.empty());
    CHECK_FALSE(field.accepted.empty());
    const auto other = other_texts().find(variable);
    REQUIRE(other != other_texts().end());
    const auto changed = load({{variable, other->second}});
    CHECK(changed.problems.empty());
    CHECK_FALSE(changed.value == config{});
    config read;
    CHECK_FALSE(field.parse(read, field.show(changed.value)));
    CHECK(read == changed.value);
    config again = changed.value;
    CHECK_FALSE(field.parse(again, field.show(config{})));
    CHECK(again == config{});
  }
  CHECK(config_fields().size() == other_texts().size());
}

TEST_CASE("The fields of the configuration are all changed by some variable") {
  std::vector<config_setting> settings;
  for (const auto& [variable, text] : other_texts()) settings.push_back({variable, text, "flag"});
  const auto value = load_config(settings).value;
  const config preset;
  CHECK(value.allowed_planners == std::vector<std::string>{"B", "a"});
  CHECK(value.planner_path == std::vector<std::string>{"/a b", "/c"});
  CHECK(value.manual_planners == std::vector<std::string>{"b", "a", "b"});
  CHECK(value.excluded_planners == std::vector<std::string>{"Y", "x"});
  CHECK(value.admission_allow == std::vector<std::string>{"a", "b"});
  CHECK(value.admission_block == std::vector<std::string>{"c"});
  CHECK((value.force_rediscover && !value.deep_fingerprint && !value.self_heal_blocking && value.self_heal_on_empty &&
         !value.profile_selection && !value.profile_instantiation && value.disable_quarantine));
  CHECK(value.min_reliability == 0.3);
  CHECK(value.default_reliability == 0.2);
  CHECK(value.deep_index_cap_boost == 0.001);
  CHECK(value.hotspot_cap_boost == -0.1);
  CHECK(value.hotspot_threshold == 9);
  CHECK(value.max_profiles == -7);
  CHECK(value.alert_import_failures == 6);
  CHECK(value.alert_instantiation_s == 2.5);
  CHECK(value.log_level == log_level::critical);
  CHECK(value.sandbox == sandbox_policy{sandbox_mode::require, {"no-host-reads", "no-network"}});
  CHECK(value.grants ==
        std::vector<planner_grants>{{"alpha", {{443}, {}, {}}}, {"zeta", {{}, {"/data/in"}, {"/out"}}}});
  CHECK((value.environment_label == "prod" && value.is_production() && !preset.is_production()));
  CHECK(value.decay_half_life_s == 0);
  CHECK(value.live_min_reliability == 0.30000000000000004);
  CHECK((value.self_test_timeout_s == 6 && value.import_timeout_s == 7 && value.invocation_timeout_s == 8));
  const auto ranking = value.ranking();
  CHECK((ranking.min_reliability == 0.3 && ranking.default_reliability == 0.2 &&
         ranking.deep_index_cap_boost == 0.001 && ranking.hotspot_cap_boost == -0.1 && ranking.hotspot_threshold == 9 &&
         ranking.tie_break == tie_break::least_recent));
}

TEST_CASE("Every problem is reported, and what was refused keeps its value") {
  const auto result = load({{"FACTORY_MIN_RELIABILITY", "0x1"},
                            {"FACTORY_FORCE_REDISCOVER", "maybe"},
                            {"PLANNER_DEFAULT_TIMEOUT", ""},
                            {"FACTORY_LOG_LEVEL", "info"},
                            {"FACTORY_NO_SUCH", "1"},
                            {"FACTORY_HOTSPOT_THRESHOLD", "9223372036854775808"}});
  CHECK(result.problems.size() == 6);
  for (const auto& problem : result.problems) {
    CHECK_FALSE(problem.accepted.empty());
    CHECK(problem.source == "environment");
  }
  CHECK(result.problems.at(0).variable == "FACTORY_MIN_RELIABILITY");
  CHECK(result.problems.at(0).text == "0x1");
  CHECK(result.value == config{});
}

TEST_CASE("The sandbox is required, in full unless guarantees are named, or taken as it is, or off") {
  const std::vector<std::string> all{"no-host-reads", "no-host-writes", "no-network", "no-secrets"};
  for (const auto* text : {"", "require", " require ", "require:no-secrets,no-network,no-host-writes,no-host-reads"}) {
    INFO(text);
    const auto result = load({{"FACTORY_SANDBOX", text}});
    CHECK(result.problems.empty());
    CHECK(result.value.sandbox == sandbox_policy{sandbox_mode::require, all});
    CHECK(find_config_field("FACTORY_SANDBOX")->show(result.value) == "require");
  }
  const auto some = load({{"FACTORY_SANDBOX", "require:no-secrets, no-host-writes"}});
  CHECK(some.value.sandbox == sandbox_policy{sandbox_mode::require, {"no-host-writes", "no-secrets"}});
  CHECK(find_config_field("FACTORY_SANDBOX")->show(some.value) == "require:no-host-writes,no-secrets");
  CHECK(load({{"FACTORY_SANDBOX", "best"}}).value.sandbox.mode == sandbox_mode::best);
  CHECK(load({{"FACTORY_SANDBOX", "off"}}).value.sandbox.mode == sandbox_mode::off);
}

TEST_CASE("A sandbox setting that is not understood is refused, with what is accepted, and the default stays") {
  for (const auto* text : {"none", "Off", "require:", "require:,", "require:no-network,", "require:no-net",
                           "require:no-network,no-network", "best:no-network", "off,best", "1", "require no-network"}) {
    INFO(text);
    const auto result = load({{"FACTORY_SANDBOX", text}});
    REQUIRE(result.problems.size() == 1);
    for (const auto guarantee : guarantees) {
      CHECK(result.problems.front().accepted.find(guarantee) != std::string::npos);
    }
    CHECK(result.value == config{});
  }
}

TEST_CASE("The sandbox and grants do not change while a runtime runs") {
  CHECK(patch_config({}, {{"FACTORY_SANDBOX", "off", "patch"}, {"FACTORY_GRANTS", "", "patch"}}).problems.size() == 2);
}

TEST_CASE("The tie-break is one of three words, exactly") {
  CHECK(load({{"FACTORY_TIE_BREAK", "newest"}}).value.tie_break == tie_break::newest);
  for (const auto* text : {"", "Name", " name", "oldest"}) {
    CHECK(load({{"FACTORY_TIE_BREAK", text}}).problems.size() == 1);
  }
}

TEST_CASE("A patch starts from the current values and refuses what is not live") {
  config current;
  current.min_reliability = 0.7;
  const auto taken = patch_config(current, {{"FACTORY_DEFAULT_RELIABILITY", "0.2", "patch"}});
  CHECK(taken.problems.empty());
  CHECK(taken.value.min_reliability == 0.7);
  CHECK(taken.value.default_reliability == 0.2);
  const auto refused = patch_config(current, {{"PLANNER_IMPORT_TIMEOUT", "1", "patch"}, {"NO_SUCH", "1", "patch"}});
  CHECK(refused.problems.size() == 2);
}

TEST_CASE("Empty text is the default even over an earlier source") {
  const auto result = load_config({{"FACTORY_MIN_RELIABILITY", "0.9", "file c.json"},
                                   {"FACTORY_MIN_RELIABILITY", "", "environment"},
                                   {"FACTORY_PROFILE_SELECTION", "0", "file c.json"},
                                   {"FACTORY_PROFILE_SELECTION", "", "environment"}});
  CHECK(result.problems.empty());
  CHECK(result.value == config{});
}

TEST_CASE("The later source wins and is named") {
  const auto result =
      load_config({{"FACTORY_MIN_RELIABILITY", "0.5", "file c.json"}, {"FACTORY_MIN_RELIABILITY", "0.6", "flag"}});
  CHECK(result.value.min_reliability == 0.6);
  CHECK(result.sources.size() == config_fields().size());
  for (const auto& [variable, source] : result.sources) {
    CHECK(source == (variable == "FACTORY_MIN_RELIABILITY" ? "flag" : "default"));
  }
}

TEST_CASE("Capped values and variables without a meaning leave notes") {
  const auto result =
      load({{"FACTORY_MAX_PROFILES", "100001"}, {"PLANNER_STRUCT_X", "rubbish"}, {"AGENT_TOOLS_LOG_LEVEL", "?"}});
  CHECK(result.problems.empty());
  CHECK(result.value.max_profiles == limits::max_profiles_cap);
  CHECK(result.notes.size() == 3);
}

TEST_CASE("A reliability outside 0 to 1 is taken, as the predecessor takes it, and leaves a note") {
  for (const std::string variable :
       {"FACTORY_MIN_RELIABILITY", "FACTORY_DEFAULT_RELIABILITY", "PLANNER_MIN_RELIABILITY"}) {
    for (const std::string text : {"5", "-0.1", "1.0001"}) {
      const auto result = load({{variable, text}});
      CHECK(result.problems.empty());
      REQUIRE(result.notes.size() == 1);
      CHECK(result.notes.front().starts_with(variable + " ("));
      CHECK(result.notes.front().ends_with(") is " + text +
                                           ", but reliabilities lie between 0 and 1: give a number of that range"));
    }
    for (const std::string text : {"0", "1", "0.25"}) CHECK(load({{variable, text}}).notes.empty());
  }
  CHECK(load({{"FACTORY_MIN_RELIABILITY", ""}}).notes.empty());
  CHECK(load({{"FACTORY_HOTSPOT_CAP_BOOST", "5"}}).notes.empty());
}

TEST_CASE("Only the value that wins leaves a note, once and with its source") {
  const auto notes_of = [](const std::string& in_file, const std::string& in_environment, const std::string& variable) {
    return load_config({{variable, in_file, "file c.json"}, {variable, in_environment, "environment"}}).notes;
  };
  CHECK(notes_of("5", "0.3", "FACTORY_MIN_RELIABILITY").empty());
  CHECK(notes_of("5", "", "FACTORY_MIN_RELIABILITY").empty());
  CHECK(notes_of("100001", "10", "FACTORY_MAX_PROFILES").empty());
  for (const auto& notes :
       {notes_of("0.3", "5", "FACTORY_MIN_RELIABILITY"), notes_of("7", "5", "PLANNER_MIN_RELIABILITY")}) {
    REQUIRE(notes.size() == 1);
    CHECK(notes.front().find(" (environment) is 5, but") != std::string::npos);
  }
  CHECK(patch_config({}, {{"FACTORY_MIN_RELIABILITY", "5", "patch"}}).notes.size() == 1);
  CHECK(patch_config({}, {{"FACTORY_MIN_RELIABILITY", "5", "patch"}, {"FACTORY_MIN_RELIABILITY", "0.3", "patch"}})
            .notes.empty());
}

TEST_CASE("A problem shows no secret") {
  CHECK(load({{"FACTORY_MIN_RELIABILITY", "password=abc"}}).problems.at(0).text == "password=***");
  CHECK(load({{"FACTORY_MIN_RELIABILITY", std::string(100'000, 'x')}}).problems.at(0).text.size() <= 200);
}

TEST_CASE("A configuration file gives settings for every kind of value") {
  const auto file = read_config_text(
      R"({"min_reliability":0.5,"max_profiles":7,"force_rediscover":true,"allowed_planners":["a","b"],
          "grants":["alpha:read=/data","alpha:network=443"],"sandbox":"best",
          "planner_path":["/a","/b"],"planner_min_reliability":"0.1","overmind_env":"prod","planner_struct_x":[1]})",
      "c.json");
  CHECK(file.problems.empty());
  const auto result = load_config(file.settings);
  CHECK(result.problems.empty());
  CHECK(result.notes.size() == 1);
  CHECK(result.value.min_reliability == 0.5);
  CHECK(result.value.max_profiles == 7);
  CHECK(result.value.force_rediscover);
  CHECK(result.value.allowed_planners == std::vector<std::string>{"a", "b"});
  CHECK(result.value.planner_path == std::vector<std::string>{"/a", "/b"});
  CHECK(result.value.grants == std::vector<planner_grants>{{"alpha", {{443}, {"/data"}, {}}}});
  CHECK(result.value.sandbox.mode == sandbox_mode::best);
  CHECK(result.value.live_min_reliability == 0.1);
  CHECK(result.value.environment_label == "prod");
  CHECK(file.settings.front().source == "file c.json");
}

TEST_CASE("A configuration file's problems are each reported") {
  const auto problems = [](std::string_view text) { return read_config_text(text, "c.json").problems; };
  const auto several =
      problems(R"({"factory_min_reliability":1,"colour":1,"max_profiles":[1],"allowed_planners":["a,b"],
                                    "excluded":null,"planners_block":5,"overmind_env":null})");
  CHECK(several.size() == 7);
  for (const auto& problem : several) CHECK(problem.source == "file c.json");
  for (const auto* text :
       {"", "{", "[]", "5", R"({"min_reliability":1,"min_reliability":2})", "{\"a\":[[[[[1]]]]]}", "\xff"}) {
    const auto one = problems(text);
    INFO(text);
    REQUIRE(one.size() == 1);
    CHECK_FALSE(one.front().accepted.empty());
  }
  CHECK(problems(std::string(limits::config_file_bytes_max + 1, ' ')).size() == 1);
}

TEST_CASE("Numbers follow plain decimal and exponent syntax whatever their size") {
  using config_parse::number;
  CHECK(number("1e-999999999999999999999") == 0.0);
  CHECK_FALSE(number("1e999999999999999999999"));
  CHECK(number("0e999999999999999999999") == 0.0);
  CHECK(number("0." + std::string(400, '0') + "1") == 0.0);
  CHECK(number("1" + std::string(400, '0') + "e-400") == 1.0);
  CHECK(number("+.5E+1") == 5.0);
  for (const auto* text :
       {"", ".", "e1", "1e", "1e+", "--1", "+-1", "1 2", "1_0", "inf", "nan", "0x1", "1,5", "1.2.3"}) {
    CHECK_FALSE(number(text));
  }
  CHECK(config_parse::integer("-9223372036854775808") == INT64_MIN);
  for (const auto* text : {"", "+", "-", "+-1", "1.0", "1e3", "0x1", "9223372036854775808"})
    CHECK_FALSE(config_parse::integer(text));
}
