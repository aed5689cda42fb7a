// What the former bytes of a planner still do after others have come says nothing of whether these may be used. The
// table with times chosen by the test, and the registry on the test scheduler and clock.
#include <catch2/catch.hpp>

#include "actors/registry/planner_table.hpp"
#include "tests/support/guild_world.hpp"

using namespace planguild;        // NOLINT(google-build-using-namespace)
using namespace planguild::test;  // NOLINT(google-build-using-namespace)

namespace {

discovery_result discovered(const std::string& digest, bool production_ready = true) {
  auto found = make_planner("alpha");
  found.digest = digest;
  found.manifest.production_ready = production_ready;
  discovery_result result;
  result.planners = {found};
  return result;
}

admission_verdict verdict_on(const std::string& digest, admission_state state, std::optional<bool> self_test) {
  admission_verdict verdict;
  verdict.name = "alpha";
  verdict.digest = digest;
  verdict.state = state;
  verdict.self_test_passed = self_test;
  verdict.reason = "the probe says so";
  if (state == admission_state::quarantined) {
    verdict.evidence.emplace();
    verdict.evidence->stage = planner_stage::handshake;
    verdict.evidence->message = "it exited";
  }
  return verdict;
}

/// A success that was under way from time 5 to time 20.
invocation_outcome success_of(const std::string& digest) {
  invocation_outcome ended;
  ended.name = "alpha";
  ended.verdict = invocation_verdict::success;
  ended.code = "ok";
  ended.duration_s = 15;
  ended.digest = digest;
  return ended;
}

/// At time 12 the bytes "new" are quarantined by their probe, after "old" ones that were admitted.
planner_table replaced(bool removed_between) {
  planner_table table{config{}};
  table.merge(discovered("old"), 0);
  table.apply_verdict(verdict_on("old", admission_state::admitted, true), 0);
  if (removed_between) {
    table.merge(discovery_result{}, 9);
  }
  table.merge(discovered("new"), 10);
  table.apply_verdict(verdict_on("new", admission_state::quarantined, std::nullopt), 12);
  return table;
}

/// Alpha's program is another one from now on, which exits at once.
void break_alpha(guild_world& w) {
  w.env.files->put("/planners/alpha", "#!broken program", 0755);
  w.env.processes->script("alpha").on_start = [](scripted_process& process) { process.exit(9); };
}

void look_again(guild_world& w) {
  auto found = w.ask<outcome<discovery_report>>(discover_request{true, true, 1'000});
  w.world.advance(100);
  REQUIRE(is_value(found));
}

/// Alpha and beta are admitted, and alpha is at a plan that takes 2 s.
answer<outcome<plan_result>> plan_slowly(guild_world& w) {
  w.env.add_planner("alpha");
  w.env.add_planner("beta");
  w.env.processes->script("alpha").on_request = [&w](scripted_process& process, const nlohmann::json& request) {
    if (request["method"] != "generate_plan") {
      return false;
    }
    w.world.after(2'000, [&w, &process, request] { process.reply(request, w.env.processes->script("alpha").plan); });
    return true;
  };
  w.spawn();
  const auto handle = acquired(w, "alpha");
  run_plan request;
  request.generation = handle.generation;
  request.objective = "improve it";
  auto given = w.world.ask<outcome<plan_result>>(handle.address, request);
  w.world.advance(100);
  return given;
}

/// Alpha is quarantined, nobody chooses it, and the store has not heard that its present bytes are admitted.
void is_shut_out(guild_world& w) {
  const auto record = w.describe("alpha");
  CHECK(record.admission == admission_state::quarantined);
  CHECK(record.reliability.invocations == 1);  // the success counts, whatever bytes it was of
  auto chosen = w.select();
  w.world.advance(5);
  REQUIRE(is_value(chosen));
  CHECK((**chosen)->best == "beta");
  CHECK((**chosen)->candidates_considered == 1);
  for (const auto& update : w.env.store->updates) {
    for (const auto& verdict : update.verdicts) {
      CHECK((verdict.digest != record.digest || verdict.state == admission_state::quarantined));
    }
  }
}

}  // namespace

TEST_CASE("A success of former bytes does not lift the quarantine of the present ones, and one of these does") {
  for (const bool removed_between : {false, true}) {
    INFO("removed between: " << removed_between);
    auto table = replaced(removed_between);
    const auto effect = table.apply_outcome(success_of("old"), 20, 0);
    CHECK_FALSE(effect.lifted);
    CHECK(effect.increment);
    CHECK(table.admission("alpha") == admission_state::quarantined);
    CHECK(table.apply_outcome(success_of("new"), 20, 0).lifted);
    CHECK(table.admission("alpha") == admission_state::admitted);
  }
}

TEST_CASE("A success of former bytes lets nothing into prod that is not production-ready") {
  config settings;
  settings.environment_label = "prod";
  planner_table table{settings};
  table.merge(discovered("old"), 0);
  table.apply_verdict(verdict_on("old", admission_state::admitted, true), 0);
  table.merge(discovered("new", false), 10);
  table.apply_verdict(verdict_on("new", admission_state::admitted, true), 12);
  REQUIRE(table.admission("alpha") == admission_state::quarantined);
  CHECK_FALSE(table.apply_outcome(success_of("old"), 20, 0).lifted);
  CHECK(table.admission("alpha") == admission_state::quarantined);
}

TEST_CASE("A success of former bytes does not clear the error of the present ones") {
  planner_table table{config{}};
  table.merge(discovered("new"), 0);
  table.apply_verdict(verdict_on("new", admission_state::admitted, true), 0);
  instance_state_changed news;
  news.name = "alpha";
  news.error = "it does not start";
  table.apply_instance_state(news);
  table.apply_outcome(success_of("old"), 20, 0);
  CHECK(table.counts().with_error == 1);
  table.apply_outcome(success_of("new"), 20, 0);
  CHECK(table.counts().with_error == 0);
}

TEST_CASE("A lifted quarantine stays lifted over a reload, and for the next process that reads the store") {
  auto table = replaced(false);
  REQUIRE(table.apply_outcome(success_of("new"), 20, 0).lifted);
  store_contents stored;
  stored.verdicts.push_back(*table.current_verdict("alpha"));
  table.merge(discovered("new"), 30, true);
  REQUIRE(table.known_verdict("alpha"));
  table.apply_verdict(*table.known_verdict("alpha"), 30);
  CHECK(table.admission("alpha") == admission_state::admitted);

  planner_table next{config{}};
  next.apply_recall(stored, 0, 0);
  next.merge(discovered("new"), 0);
  REQUIRE(next.known_verdict("alpha"));
  next.apply_verdict(*next.known_verdict("alpha"), 0);
  CHECK(next.admission("alpha") == admission_state::admitted);
}

TEST_CASE("A plan that outlives its bytes does not admit the ones that replaced them") {
  guild_world w;
  auto given = plan_slowly(w);
  break_alpha(w);
  look_again(w);
  REQUIRE(w.describe("alpha").admission == admission_state::quarantined);
  w.world.advance(2'000);
  REQUIRE(is_value(given));
  is_shut_out(w);
}

TEST_CASE("A plan that outlives its planner's removal does not admit the planner that comes back under its name") {
  guild_world w;
  auto given = plan_slowly(w);
  w.env.files->remove("/planners/alpha.planner.json");
  look_again(w);
  w.env.add_planner("alpha");
  break_alpha(w);
  look_again(w);
  REQUIRE(w.describe("alpha").admission == admission_state::quarantined);
  w.world.advance(2'000);
  REQUIRE(is_value(given));
  is_shut_out(w);
}
