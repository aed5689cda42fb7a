// What is said of required capabilities that nobody offers. Pure; any thread.
#include "actors/registry/capability_warning.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "actors/registry/ranking.hpp"
#include "messages/json.hpp"
#include "messages/limits.hpp"

using namespace planguild;  // NOLINT(google-build-using-namespace)

namespace {

snapshot offering(const std::vector<std::vector<std::string>>& capabilities) {
  snapshot view;
  for (const auto& set : capabilities) {
    snapshot_row row;
    row.name = "planner" + std::to_string(view.rows.size());
    row.capabilities = set;
    row.admission = admission_state::admitted;
    row.reliability = 0.5;
    view.rows.push_back(row);
  }
  return view;
}

std::vector<std::string> warnings_for(const snapshot& view, std::vector<std::string> required) {
  ranking_request request;
  request.required = std::move(required);
  return capability_warnings(view, request);
}

}  // namespace

TEST_CASE("A capability that nobody offers is named, with those that look like it") {
  const auto view = offering({{"import_cycles", "refactor"}, {"risk", "structural"}});
  CHECK(warnings_for(view, {"refactor", "risk"}).empty());
  CHECK(warnings_for(view, {}).empty());
  CHECK(warnings_for(view, {"risk", "structurall"}) ==
        std::vector<std::string>{"no known planner offers \"structurall\", so it adds nothing to any match; like it "
                                 "there is \"structural\""});
  CHECK(warnings_for(view, {"cycles"}).at(0).ends_with("like it there is \"import_cycles\""));
  CHECK(warnings_for(view, {"zzzzzz"})
            .at(0)
            .ends_with("there are \"import_cycles\", \"refactor\", \"risk\", \"structural\""));
  CHECK(warnings_for(offering({{}}), {"risk"}).at(0).ends_with("no planner names any capability"));
}

TEST_CASE(
    "A capability of planners that cannot be chosen is no mistake, but who offers it is told and why it does not "
    "count") {
  auto view = offering({{"risk"}, {"structural"}, {"structural"}});
  auto& row = view.rows.edit(1);
  row.admission = admission_state::quarantined;
  CHECK(warnings_for(view, {"structural"}).empty());
  view.rows.edit(2).error = "late";
  CHECK(warnings_for(view, {"structural"}) ==
        std::vector<std::string>{"no planner that can be chosen offers \"structural\", so it adds nothing to any "
                                 "match; planner1 does, and is quarantined (like 1 more)"});
  row.admission = admission_state::pending;
  CHECK(warnings_for(view, {"structural"}).at(0).find("is not admitted yet") != std::string::npos);
  row.admission = admission_state::admitted;
  CHECK(warnings_for(view, {"structural"}).empty());
  row.reliability = 0.2;
  CHECK(warnings_for(view, {"structural"}).at(0).find("is below the reliability floor") != std::string::npos);
  row.error = "late";
  CHECK(warnings_for(view, {"structural"}).at(0).find("could not be started") != std::string::npos);
}

TEST_CASE("Warnings are bounded, hold no secret, and leave the ranking as it is") {
  const auto view = offering({{"risk"}, {"structural"}});
  std::vector<std::string> many;
  for (int number = 0; number < 100; ++number) many.push_back("missing" + std::to_string(number + 100));
  const auto warnings = warnings_for(view, many);
  CHECK(warnings.size() == limits::capability_warnings_max);
  CHECK(warnings.back() == "nobody who can be chosen offers 93 more of the required capabilities");
  const auto secret = warnings_for(view, {"ghp_0123456789abcdefghijabcdefghij0123" + std::string(100'000, 'x')});
  REQUIRE(secret.size() == 1);
  CHECK(secret[0].find("ghp_") == std::string::npos);
  CHECK(secret[0].size() < 300);

  select_request typed;
  typed.required_capabilities = {"AKIAIOSFODNN7EXAMPLE", "risk"};  // a secret by its capital letters
  typed.explain = true;
  const auto told = select(view, typed);
  REQUIRE(told);
  REQUIRE(told->warnings.size() == 1);
  CHECK(told->warnings[0].find("no known planner offers \"***\"") == 0);
  CHECK(dump_json(to_json(*told)).find("iosfodnn") == std::string::npos);

  select_request request;
  request.required_capabilities = {"risk", "typo"};
  request.explain = true;
  const auto warned = select(view, request);
  request.explain = false;
  const auto plain = select(view, request);
  REQUIRE(warned);
  REQUIRE(plain);
  CHECK(warned->warnings.size() == 1);
  CHECK(plain->warnings.empty());
  CHECK(warned->breakdown == plain->breakdown);
}
