// What becomes of a planner whose process died too often: the table with times chosen by the test, and the registry on
// the test scheduler and clock.
#include <catch2/catch.hpp>

#include "actors/registry/planner_table.hpp"
#include "tests/support/guild_world.hpp"

using namespace planguild;        // NOLINT(google-build-using-namespace)
using namespace planguild::test;  // NOLINT(google-build-using-namespace)

namespace {

admission_verdict admitted(const std::string& name) {
  admission_verdict verdict;
  verdict.name = name;
  verdict.digest = "digest-of-" + name;
  verdict.state = admission_state::admitted;
  verdict.self_test_passed = true;
  return verdict;
}

/// Aaa, bbb and ccc, admitted at time 0.
planner_table three(config settings = {}) {
  planner_table table(std::move(settings));
  discovery_result found;
  for (const auto* name : {"aaa", "bbb", "ccc"}) {
    found.planners.push_back(make_planner(name));
    found.planners.back().manifest.production_ready = true;
  }
  table.merge(found, 0);
  for (const auto* name : {"aaa", "bbb", "ccc"}) {
    CHECK(table.apply_verdict(admitted(name), 0));
  }
  return table;
}

restart_budget_spent spent(const std::string& name) {
  restart_budget_spent report;
  report.name = name;
  report.digest = "digest-of-" + name;
  report.evidence.stage = planner_stage::restart;
  report.evidence.code = failure_code::planner_crashed;
  report.evidence.message = "died";
  report.evidence.signal = 11;
  return report;
}

/// Lets the process of `planner`, which runs, die until its restart budget is spent.
void let_die(guild_world& w, const std::string& planner) {
  for (int death = 0; death < 4; ++death) {
    w.env.processes->newest(planner).die(11);
    w.world.advance(1'000);
  }
}

}  // namespace

TEST_CASE("A spent restart budget quarantines, but never the last admitted planner") {
  auto table = three();
  const auto decided = [&table](const char* name) { return table.decide_budget(spent(name), 50).decision; };
  CHECK(decided("aaa") == budget_decision::quarantine);
  CHECK(table.admission("aaa") == admission_state::quarantined);
  CHECK_THAT(table.record("aaa", true, 0)->admission_reason, Catch::Contains("died"));
  CHECK(decided("bbb") == budget_decision::quarantine);
  CHECK(decided("bbb") == budget_decision::quarantine);
  CHECK(decided("ccc") == budget_decision::keep_trying);
  CHECK(table.admission("ccc") == admission_state::admitted);
  CHECK(table.record("ccc", true, 0)->evidence->signal == 11);
  CHECK(decided("nobody") == budget_decision::quarantine);

  config off;
  off.disable_quarantine = true;
  auto open = three(off);
  CHECK(open.decide_budget(spent("aaa"), 1).decision == budget_decision::keep_trying);
}

TEST_CASE("A planner that an operator has reinstated is not quarantined by its deaths") {
  auto table = three();
  auto word = admitted("aaa");
  word.by_operator = true;
  table.apply_verdict(word, 1);
  const auto effect = table.decide_budget(spent("aaa"), 2);
  CHECK(effect.decision == budget_decision::keep_trying);
  CHECK_FALSE(effect.verdict);
  CHECK(table.admission("aaa") == admission_state::admitted);
  CHECK(table.current_verdict("aaa")->by_operator);
  CHECK(table.record("aaa", true, 0)->evidence->signal == 11);
}

TEST_CASE("A spent budget is a verdict on the bytes: it is known after a reload and to the next process") {
  auto table = three();
  const auto effect = table.decide_budget(spent("aaa"), 1);
  REQUIRE(effect.verdict);
  CHECK(effect.verdict->state == admission_state::quarantined);
  CHECK(effect.verdict->digest == "digest-of-aaa");
  CHECK_FALSE(effect.verdict->by_operator);
  CHECK_FALSE(table.decide_budget(spent("aaa"), 2).verdict);  // it is known
  CHECK(table.known_verdict("aaa")->state == admission_state::quarantined);

  store_contents stored;
  stored.verdicts.push_back(*effect.verdict);
  planner_table next{config{}};
  next.apply_recall(stored, 0, 0);
  discovery_result found;
  found.planners = {make_planner("aaa")};
  next.merge(found, 0);
  REQUIRE(next.known_verdict("aaa"));
  next.apply_verdict(*next.known_verdict("aaa"), 0);
  CHECK(next.admission("aaa") == admission_state::quarantined);
  CHECK_THAT(next.record("aaa", true, 0)->admission_reason, Catch::Contains("died more than"));
}

TEST_CASE("The deaths of former bytes do not quarantine the present ones") {
  auto table = three();
  auto former = spent("aaa");
  former.digest = "digest of others";
  CHECK_FALSE(table.decide_budget(former, 1).verdict);
  CHECK(table.admission("aaa") == admission_state::admitted);
  CHECK_FALSE(table.record("aaa", true, 0)->evidence);
}

TEST_CASE("That the sandbox did not suffice too often is not kept: it says nothing about the planner") {
  auto table = three();
  auto report = spent("aaa");
  report.evidence.ending = process_ending::insecure;
  const auto effect = table.decide_budget(report, 1);
  CHECK(effect.decision == budget_decision::quarantine);
  CHECK_FALSE(effect.verdict);
  CHECK(table.known_verdict("aaa")->state == admission_state::admitted);
}

TEST_CASE("Operator's word and restart budget: who is reinstated keeps backing off however often it dies") {
  guild_world w;
  w.env.add_planner("alpha");
  w.env.add_planner("beta");
  w.spawn();
  auto handle = w.acquire("alpha");
  w.world.advance(50);
  REQUIRE(is_value(handle));
  auto word = w.ask<outcome<planner_record>>(reinstate_request{"alpha", "I know it", 1'000});
  w.world.advance(5);
  REQUIRE(is_value(word));
  let_die(w, "alpha");
  const auto record = w.describe("alpha");
  CHECK(record.admission == admission_state::admitted);
  CHECK_THAT(record.admission_reason, Catch::Contains("reinstated by an operator"));
  w.world.advance(3'000);
  CHECK(w.describe("alpha").instance == instance_phase::running);
}

TEST_CASE("A crash-looper's quarantine is told to the store") {
  guild_world w;
  w.env.add_planner("alpha");
  w.env.add_planner("beta");
  w.spawn();
  auto handle = w.acquire("alpha");
  w.world.advance(50);
  REQUIRE(is_value(handle));
  let_die(w, "alpha");
  const auto record = w.describe("alpha");
  REQUIRE(record.admission == admission_state::quarantined);
  std::vector<admission_verdict> told;
  for (const auto& update : w.env.store->updates) {
    for (const auto& verdict : update.verdicts) {
      if (verdict.name == "alpha") {
        told.push_back(verdict);
      }
    }
  }
  REQUIRE(told.size() == 2);  // the probe's, and this one
  CHECK(told.back().state == admission_state::quarantined);
  CHECK(told.back().digest == record.digest);
  CHECK(told.back().conditions == told.front().conditions);

  guild_world next;
  next.env.add_planner("alpha");
  next.env.store->contents.verdicts = {told.back()};
  next.spawn();
  next.world.advance(50);
  CHECK(next.describe("alpha").admission == admission_state::quarantined);
  CHECK(next.env.processes->starts("alpha") == 0);
}
