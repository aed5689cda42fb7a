// The configuration and its problems as text and JSON.
#include "app/cli/config_text.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace planguild;
using namespace planguild::cli;

TEST_CASE("The configuration shows every variable with value and source") {
  const auto load =
      load_config({{"FACTORY_MIN_RELIABILITY", "0.5", "environment"}, {"PLANNER_STRUCT_X", "1", "environment"}});
  const auto text = config_text(load, {160, false});
  for (const auto& field : config_fields()) CHECK(text.find(field.variable) != std::string::npos);
  CHECK(text.find("environment") != std::string::npos);
  CHECK(text.find("note: PLANNER_STRUCT_X") != std::string::npos);
  const auto json = config_json(load);
  CHECK(json["variables"].size() == config_fields().size());
  CHECK(json["problems"].empty());
  CHECK(json["notes"].size() == 1);
  bool found = false;
  for (const auto& each : json["variables"]) {
    if (each["variable"] != "FACTORY_MIN_RELIABILITY") continue;
    found = true;
    CHECK(each["value"] == "0.5");
    CHECK(each["source"] == "environment");
    CHECK(each["key"] == "min_reliability");
    CHECK(each["live"] == true);
  }
  CHECK(found);
}

TEST_CASE("Every problem names variable, text, source and what is accepted") {
  const auto text = problems_text({{"FACTORY_MAX_PROFILES", "many\x1b", "an integer", "environment"},
                                   {"", "not JSON", "one JSON object", "file c.json"}});
  CHECK(text.find("refused (2 problems)") != std::string::npos);
  CHECK(text.find("  FACTORY_MAX_PROFILES = \"many\\x1b\" (environment): accepted is an integer\n") !=
        std::string::npos);
  CHECK(text.find("  - = \"not JSON\" (file c.json): accepted is one JSON object\n") != std::string::npos);
}
