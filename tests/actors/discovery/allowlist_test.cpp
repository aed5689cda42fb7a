// The lists that leave planners out, and the line that would let them in.
#include "actors/discovery/allowlist.hpp"

#include <catch2/catch.hpp>

using namespace planguild;

namespace {

config lists(std::vector<std::string> allowed, std::vector<std::string> excluded = {},
             std::vector<std::string> allow = {}, std::vector<std::string> block = {}) {
  config settings;
  settings.allowed_planners = std::move(allowed);
  settings.excluded_planners = std::move(excluded);
  settings.admission_allow = std::move(allow);
  settings.admission_block = std::move(block);
  return settings;
}

}  // namespace

TEST_CASE("A name outside the allowlist is skipped with the exact line to set") {
  const allowlist names(lists({"risk_planner", "structural_planner"}));
  CHECK_FALSE(names.check("risk_planner", planner_source::root));
  const auto skipped = names.check("other_planner", planner_source::root);
  REQUIRE(skipped);
  CHECK(skipped->name == "other_planner");
  CHECK(skipped->reason == skip_reason::not_allowed);
  CHECK(skipped->hint == "export FACTORY_ALLOWED_PLANNERS=risk_planner,structural_planner,other_planner");
}

TEST_CASE("The allowlist compares names as they are written on disk") {
  const allowlist names(lists({"risk_planner"}));
  const auto skipped = names.check("Risk_Planner", planner_source::root);
  REQUIRE(skipped);
  CHECK(skipped->name == "risk_planner");
  CHECK(skipped->hint == "export FACTORY_ALLOWED_PLANNERS=risk_planner,Risk_Planner");
  CHECK_FALSE(allowlist(lists({"Risk_Planner"})).check("Risk_Planner", planner_source::root));
}

TEST_CASE("An empty allowlist lets nothing in, a star everything") {
  const auto skipped = allowlist(lists({})).check("any_planner", planner_source::root);
  REQUIRE(skipped);
  CHECK(skipped->hint == "export FACTORY_ALLOWED_PLANNERS=any_planner");
  CHECK_FALSE(allowlist(lists({"*"})).check("any_planner", planner_source::root));
}

TEST_CASE("Excluded and blocked names are skipped even if allowed, and blocked is said first") {
  const allowlist names(lists({"*"}, {"aaa", "bbb"}, {}, {"bbb", "ccc"}));
  CHECK(names.check("aaa", planner_source::root)->reason == skip_reason::excluded);
  CHECK(names.check("aaa", planner_source::root)->hint == "export OVERMIND_PLANNER_EXCLUDE=bbb");
  CHECK(names.check("ccc", planner_source::root)->hint == "export PLANNERS_BLOCK=bbb");
  const auto both = names.check("bbb", planner_source::root);
  REQUIRE(both);
  CHECK(both->reason == skip_reason::blocked);
  CHECK(both->hint == "export PLANNERS_BLOCK=ccc; export OVERMIND_PLANNER_EXCLUDE=aaa");
}

TEST_CASE("Manual manifests bypass allowlist and exclude list, but meet the admission lists in any case") {
  const allowlist names(lists({}, {"aaa"}, {"aaa", "bbb"}, {"bbb"}));
  CHECK_FALSE(names.check("aaa", planner_source::manual));
  CHECK_FALSE(names.check("AAA", planner_source::manual));
  CHECK(names.check("BBB", planner_source::manual)->reason == skip_reason::blocked);
  const auto outside = names.check("CCC", planner_source::manual);
  REQUIRE(outside);
  CHECK(outside->reason == skip_reason::not_allowed);
  CHECK(outside->hint == "export PLANNERS_ALLOW=aaa,bbb,ccc");
  CHECK_FALSE(names.check("ccc", planner_source::builtin));
}

TEST_CASE("A hint names every setting that must change") {
  const auto skipped = allowlist(lists({"aaa"}, {}, {"aaa"})).check("bbb", planner_source::root);
  REQUIRE(skipped);
  CHECK(skipped->hint == "export FACTORY_ALLOWED_PLANNERS=aaa,bbb; export PLANNERS_ALLOW=aaa,bbb");
}

TEST_CASE("A hint is safe to paste into a shell whatever the list holds") {
  CHECK(export_line("X", {"a b", "$(c)"}) == "export X='a b,$(c)'");
  CHECK(export_line("X", {"it's"}) == R"(export X='it'\''s')");
  CHECK(export_line("X", {}) == "export X=");
}

TEST_CASE("A hint does not repeat a very long list") {
  std::vector<std::string> many;
  for (int index = 0; index < 10'000; ++index) many.push_back("planner_" + std::to_string(index));
  const auto skipped = allowlist(lists(many)).check("other", planner_source::root);
  REQUIRE(skipped);
  CHECK(skipped->hint == "export FACTORY_ALLOWED_PLANNERS=\"$FACTORY_ALLOWED_PLANNERS,other\"");
}

TEST_CASE("Names register in order, the first of a name wins, and refusals come in their order") {
  name_register names({"Aaa", "bbb", "ccc"}, {"CCC"});
  CHECK(names.add(" AAA\n") == name_refusal::none);
  CHECK(names.add("aaa") == name_refusal::duplicate);
  CHECK(names.add("ccc") == name_refusal::blocked);
  CHECK(names.add("ddd") == name_refusal::not_allowed);
  CHECK(names.add("d") == name_refusal::invalid_pattern);
  CHECK(names.add("bbb") == name_refusal::none);
  CHECK(names.names() == std::vector<std::string>{"aaa", "bbb"});
}
