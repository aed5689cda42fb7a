// attributes.json, the extract cases: one attribute of a planner, here one key of its manifest. The data reads
// attributes of any type leniently; a manifest is strict, so values of another type must be refused. Sets are compared
// normalised, which is how a manifest keeps them. The merge cases do not apply.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "actors/discovery/manifest.hpp"
#include "messages/text.hpp"
#include "tests/conformance/support/conformance_data.hpp"

using namespace planguild;
using nlohmann::json;

namespace {

outcome<parsed_manifest> manifest_with(const std::string& key, const json& one, const json& value) {
  json manifest = {{"name", "one"}, {"version", "1"}, {"entry", {{"kind", "command"}, {"argv", {"./one"}}}}};
  if (one["present"].get<bool>()) manifest[key] = value;
  return parse_manifest(manifest.dump(), "one.planner.json");
}

/// The value as JSON has it: the data marks sets and tuples, which are arrays here.
json plain_value(const json& one) {
  if (!one.contains("value")) return nullptr;
  const json& value = one["value"];
  for (const char* kind : {"$set", "$tuple", "$frozenset"}) {
    if (value.is_object() && value.contains(kind)) return value[kind];
  }
  return value;
}

/// Whether a manifest takes `value` for the attribute of this kind.
bool is_taken(const std::string& operation, const json& one, const json& value) {
  if (!one["present"].get<bool>()) return true;
  if (operation == "extract_set") return value.is_null() || value.is_array();
  return operation == "extract_bool" ? value.is_boolean() : value.is_string();
}

void check_set(const json& one, const json& value) {
  const auto expected = text::capability_set(conformance::expected_of(one).get<std::vector<std::string>>());
  const auto capabilities = manifest_with("capabilities", one, value);
  const auto tags = manifest_with("tags", one, value);
  REQUIRE(capabilities);
  REQUIRE(tags);
  CHECK(capabilities->manifest.capabilities == expected);
  CHECK(tags->manifest.tags == expected);
  if (!value.is_array()) return;
  std::size_t dropped = 0;
  for (const auto& entry : value) dropped += !entry.is_string() || text::trim(entry.get<std::string>()).empty() ? 1 : 0;
  CHECK(capabilities->warnings.size() == dropped);
}

void check_flag(const json& one, const json& value) {
  const auto& expected = conformance::expected_of(one);
  const auto flag = expected.is_null() ? false : expected.get<bool>();
  const auto ready = manifest_with("production_ready", one, value);
  const auto self_test = manifest_with("self_test", one, value);
  REQUIRE(ready);
  REQUIRE(self_test);
  CHECK(ready->manifest.production_ready == flag);
  CHECK(self_test->manifest.self_test == flag);
}

void check_text(const json& one, const json& value) {
  const auto& expected = conformance::expected_of(one);
  const auto text = expected.is_null() ? std::string() : expected.get<std::string>();
  const auto tier = manifest_with("tier", one, value);
  const auto risk = manifest_with("risk_rating", one, value);
  REQUIRE(tier);
  REQUIRE(risk);
  CHECK(tier->manifest.tier == text);
  CHECK(risk->manifest.risk_rating == text);
}

void check_refusal(const std::string& operation, const json& one, const json& value) {
  const std::string key = operation == "extract_set" ? "tags" : operation == "extract_bool" ? "self_test" : "tier";
  const auto refused = manifest_with(key, one, value);
  REQUIRE_FALSE(refused);
  CHECK(refused.error->code == failure_code::invalid_manifest);
  CHECK(refused.error->message.find(key + " is ") == 0);
}

}  // namespace

TEST_CASE("Attributes are read from a manifest as the data says, or refused for their type") {
  const auto data = conformance::load("attributes.json");
  conformance::tally tally("attributes.json extract_cases");
  for (const auto& one : data["extract_cases"]) {
    INFO(one["id"].get<std::string>());
    const auto operation = one["op"].get<std::string>();
    const json value = plain_value(one);
    if (!is_taken(operation, one, value)) {
      check_refusal(operation, one, value);
      tally.skipped("a manifest refuses a value of this type; the refusal is checked");
      continue;
    }
    if (operation == "extract_set") {
      check_set(one, value);
    } else if (operation == "extract_bool") {
      check_flag(one, value);
    } else {
      check_text(one, value);
    }
    tally.ran();
  }
  CHECK(tally.ran_count() > 0);
  CHECK(tally.differences() == std::vector<std::string>{});
}

TEST_CASE("The merge cases of the attributes do not apply and are counted") {
  const auto data = conformance::load("attributes.json");
  conformance::tally tally("attributes.json merge_cases");
  for (std::size_t index = 0; index < data["merge_cases"].size(); ++index) {
    tally.skipped("a record is made anew from manifest, verdict and reliability");
  }
  CHECK(tally.differences() == std::vector<std::string>{});
}
