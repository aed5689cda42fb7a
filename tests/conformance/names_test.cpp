// names.json, the cases: which names register under the admission lists, in which order refusals come, and what is
// registered then. Names go through the registration that discovery uses; what is no text goes through the manifest
// reader.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "actors/discovery/allowlist.hpp"
#include "actors/discovery/manifest.hpp"
#include "messages/text.hpp"
#include "tests/conformance/support/conformance_data.hpp"

using namespace planguild;
using nlohmann::json;

namespace {

/// Why the whole case is taken out; empty if it is not.
std::string taken_out(const json& one) {
  for (const auto& registration : one["registrations"]) {
    const auto& reason = registration["expect"]["reason"];
    if (reason == "registration_off") return "there is no switch that turns registration off";
    if (reason == "no_own_name") return "a manifest always has a name of its own";
  }
  return {};
}

/// A manifest whose name is `name`, whatever that is, in a file with a good name.
outcome<parsed_manifest> manifest_named(const json& name) {
  const json manifest = {{"name", name}, {"version", "1"}, {"entry", {{"kind", "command"}, {"argv", {"./run"}}}}};
  return parse_manifest(manifest.dump(), "good_name.planner.json");
}

/// The case's expectations for an implementation that knows ASCII only, where they differ.
json expectations(const json& one) {
  if (one.contains("expected_ascii_only")) return one["expected_ascii_only"];
  json expects = json::array();
  for (const auto& registration : one["registrations"]) expects.push_back(registration["expect"]);
  return {{"expects", expects}, {"registry_after", one["registry_after"]}};
}

void check_registration(name_register& names, const json& raw_name, const json& expect) {
  if (!raw_name.is_string()) {
    CHECK(expect["reason"] == "not_a_string");
    const auto refused = manifest_named(raw_name);
    REQUIRE_FALSE(refused);
    CHECK(refused.error->code == failure_code::invalid_manifest);
    return;
  }
  const auto refusal = names.add(raw_name.get<std::string>());
  const auto reason = refusal == name_refusal::none ? std::string("registered") : std::string(to_string(refusal));
  CHECK(reason == expect["reason"].get<std::string>());
  CHECK((refusal == name_refusal::none) == expect["registered"].get<bool>());
  if (refusal == name_refusal::none) CHECK(names.names().back() == expect["key"].get<std::string>());
}

}  // namespace

TEST_CASE("Names register, or are refused for the first reason that applies, as the data says") {
  const auto data = conformance::load("names.json");
  conformance::tally tally("names.json cases");
  for (const auto& one : data["cases"]) {
    INFO(one["id"].get<std::string>());
    if (const auto reason = taken_out(one); !reason.empty()) {
      tally.skipped(reason);
      continue;
    }
    const auto expected = expectations(one);
    name_register names(text::split_list(one["allow"].get<std::string>()),
                        text::split_list(one["block"].get<std::string>()));
    for (std::size_t index = 0; index < one["registrations"].size(); ++index) {
      CAPTURE(index);
      check_registration(names, one["registrations"][index]["raw_name"], expected["expects"][index]);
    }
    CHECK(names.names() == expected["registry_after"].get<std::vector<std::string>>());
    tally.ran();
  }
  CHECK(tally.ran_count() > 0);
  CHECK(tally.differences() == std::vector<std::string>{});
}
