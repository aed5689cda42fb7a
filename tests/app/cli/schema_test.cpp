// The schemas agree with the readers.
#include "app/cli/schema.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "actors/discovery/manifest.hpp"
#include "messages/config.hpp"
#include "messages/json.hpp"
#include "messages/plan_json.hpp"

using namespace planguild;
using namespace planguild::cli;
using nlohmann::json;
using nlohmann::ordered_json;

namespace {

bool is_of_type(const json& value, const std::string& type) {
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_boolean();
  if (type == "integer") return value.is_number_integer();
  if (type == "number") return value.is_number();
  if (type == "array") return value.is_array();
  if (type == "object") return value.is_object();
  return type == "null" && value.is_null();
}

/// Keys and types of `value`, as far as the schema states them; enough for what these tests claim.
void check_against(const ordered_json& schema, const json& value, const std::string& path) {
  INFO(path);
  if (schema.contains("type")) {
    const auto types = schema["type"].is_array() ? schema["type"] : ordered_json::array({schema["type"]});
    bool fits = false;
    for (const auto& type : types) fits = fits || is_of_type(value, type.get<std::string>());
    CHECK(fits);
  }
  if (schema.contains("const")) CHECK(json(schema["const"]) == value);
  if (value.is_object() && schema.contains("properties")) {
    for (const auto& [key, member] : value.items()) {
      INFO(key);
      REQUIRE(schema["properties"].contains(key));
      auto member_path = path;
      member_path.append(".").append(key);
      check_against(schema["properties"][key], member, member_path);
    }
  }
  if (value.is_array() && schema.contains("items")) {
    for (const auto& element : value) check_against(schema["items"], element, path + "[]");
  }
}

std::set<std::string> keys_of(const ordered_json& object) {
  std::set<std::string> keys;
  for (const auto& [key, value] : object.items()) {
    CHECK_FALSE(value.value("description", std::string{}).empty());
    keys.insert(key);
  }
  return keys;
}

std::set<std::string> field_names(const ordered_json& message) {
  std::set<std::string> names;
  for (const auto& [key, value] : message.items()) names.insert(key);
  return names;
}

}  // namespace

TEST_CASE("Every schema is of draft 2020-12 and describes an object") {
  for (const auto& schema : {manifest_schema(), plan_schema(), config_schema()}) {
    CHECK(schema["$schema"] == "https://json-schema.org/draft/2020-12/schema");
    CHECK(schema["type"] == "object");
    CHECK_FALSE(schema["title"].get<std::string>().empty());
  }
}

TEST_CASE("The shipped manifests are what the schema says") {
  const char* source = std::getenv("PLANGUILD_SOURCE_DIR");
  REQUIRE(source != nullptr);
  const auto schema = manifest_schema();
  int manifests = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::string{source} + "/app/planners")) {
    if (!entry.path().string().ends_with(manifest_suffix)) continue;
    ++manifests;
    std::ifstream file{entry.path()};
    const auto manifest = json::parse(file);
    check_against(schema, manifest, entry.path().filename().string());
    for (const auto& required : schema["required"]) CHECK(manifest.contains(required.get<std::string>()));
  }
  CHECK(manifests >= 2);
}

TEST_CASE("The manifest schema has exactly the keys that the reader knows") {
  const auto schema = manifest_schema();
  auto known = field_names(to_json(planner_manifest{}));
  CHECK(keys_of(schema["properties"]) == known);
  CHECK(keys_of(schema["properties"]["permissions"]["properties"]) == field_names(to_json(planner_permissions{})));
  CHECK(keys_of(schema["properties"]["entry"]["properties"]) == field_names(to_json(planner_entry{})));
  for (const auto& key : schema["required"]) {
    json manifest = {{"name", "one"}, {"version", "1"}, {"entry", {{"kind", "command"}, {"argv", {"./one"}}}}};
    CHECK(parse_manifest(manifest.dump(), "one.planner.json"));
    manifest.erase(key.get<std::string>());
    CHECK_FALSE(parse_manifest(manifest.dump(), "one.planner.json"));
  }
}

TEST_CASE("The manifest schema asks of each kind of entry what the reader asks of it") {
  const auto entry = manifest_schema()["properties"]["entry"];
  for (const auto& kind : entry["properties"]["kind"]["enum"]) {
    const auto& branch = kind == entry["if"]["properties"]["kind"]["const"] ? entry["then"] : entry["else"];
    json all = {{"kind", json(kind)}, {"argv", {"./one"}}, {"path", "libone.so"}};
    const auto with = [](const json& value) {
      return json{{"name", "one"}, {"version", "1"}, {"entry", value}}.dump();
    };
    CAPTURE(kind.dump());
    CHECK(parse_manifest(with(all), "one.planner.json"));
    for (const auto& needed : branch["required"]) all.erase(needed.get<std::string>());
    CHECK_FALSE(parse_manifest(with(all), "one.planner.json"));
  }
}

TEST_CASE("The plan schema has exactly the keys of a plan, and no others are allowed") {
  const auto schema = plan_schema();
  CHECK(keys_of(schema["properties"]) == field_names(plan_json(plan{})));
  CHECK(keys_of(schema["$defs"]["task"]["properties"]) == field_names(to_json(plan_task{})));
  CHECK(keys_of(schema["$defs"]["evidence"]["properties"]) == field_names(to_json(plan_evidence{})));
  CHECK(schema["additionalProperties"] == false);
  CHECK(schema["$defs"]["task"]["additionalProperties"] == false);
  CHECK(schema["$defs"]["evidence"]["additionalProperties"] == false);
  for (const auto& risk : schema["$defs"]["task"]["properties"]["risk"]["enum"]) {
    CHECK(plan_from_json(json{{"tasks", {{{"id", "a"}, {"risk", json(risk)}}}}}));
  }
}

TEST_CASE("The configuration schema has every variable with the type that its file value has") {
  const auto schema = config_schema();
  CHECK(schema["additionalProperties"] == false);
  CHECK(schema["properties"].size() == config_fields().size());
  for (const auto& field : config_fields()) {
    INFO(field.variable);
    REQUIRE(schema["properties"].contains(field.json_key()));
    const auto& property = schema["properties"][field.json_key()];
    CHECK_FALSE(property["description"].get<std::string>().empty());
    if (!property.contains("default")) continue;
    // The default, as the schema writes it, is accepted and gives the default.
    const json file = {{field.json_key(), json(property["default"])}};
    const auto read = read_config_text(file.dump(), "c.json");
    CHECK(read.problems.empty());
    const auto load = load_config(read.settings);
    CHECK(load.problems.empty());
    CHECK(load.value == config{});
  }
  const auto& properties = schema["properties"];
  CHECK(properties["force_rediscover"]["type"] == ordered_json({"boolean", "string"}));
  CHECK(properties["min_reliability"]["type"] == ordered_json({"number", "string"}));
  CHECK(properties["max_profiles"]["type"] == ordered_json({"integer", "string"}));
  CHECK(properties["allowed_planners"]["type"] == ordered_json({"string", "array"}));
  CHECK(properties["overmind_env"]["type"] == "string");
  CHECK(properties["tie_break"]["enum"] == ordered_json({"name", "newest", "least_recent"}));
  CHECK(properties["sandbox"]["default"] == "require");
  CHECK(properties["sandbox"]["pattern"].get<std::string>().find("no-secrets") != std::string::npos);
}
