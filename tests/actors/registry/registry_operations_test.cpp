// What operators ask, through the registry's messages: heal, reload, quarantine, reinstate.
// Test scheduler and clock.
#include <catch2/catch.hpp>

#include "messages/limits.hpp"
#include "tests/support/guild_world.hpp"

using namespace planguild;        // NOLINT(google-build-using-namespace)
using namespace planguild::test;  // NOLINT(google-build-using-namespace)

namespace {

answer<outcome<heal_report>> heal(guild_world& w, heal_request request = {}) {
  return w.ask<outcome<heal_report>>(request);
}

answer<outcome<plan_result>> run(guild_world& w, const planner_handle& handle) {
  run_plan work;
  work.generation = handle.generation;
  work.objective = "improve it";
  return w.world.ask<outcome<plan_result>>(handle.address, work);
}

answer<outcome<planner_record>> quarantine(guild_world& w, const std::string& name) {
  return w.ask<outcome<planner_record>>(quarantine_request{name, "bad plans", 1'000});
}

}  // namespace

// -- heal
// ---------------------------------------------------------------------------------------------------------------

TEST_CASE("A heal scans at 0, 200 and 600 ms and answers after the third attempt") {
  guild_world w;
  w.spawn();
  w.world.advance(10);
  w.env.files->reset_counts();
  auto given = heal(w);
  w.world.advance(1);
  CHECK(w.env.files->counts().lists == 1);
  w.world.advance(198);
  CHECK(w.env.files->counts().lists == 1);
  w.world.advance(2);
  CHECK(w.env.files->counts().lists == 2);
  w.world.advance(398);
  CHECK(w.env.files->counts().lists == 2);
  CHECK_FALSE(given->has_value());
  w.world.advance(5);
  CHECK(w.env.files->counts().lists == 3);
  REQUIRE(is_value(given));
  CHECK(***given == heal_report{0, 3, 0, false});
}

TEST_CASE("A heal ends as soon as a planner is there, and concurrent heals share one run") {
  guild_world w;
  w.spawn();
  w.world.advance(10);
  auto first = heal(w);
  w.world.advance(100);
  auto second = heal(w);
  w.env.add_planner("alpha");
  w.world.advance(200);
  REQUIRE(is_value(first));
  REQUIRE(is_value(second));
  CHECK(***first == heal_report{0, 2, 1, false});
  CHECK(***second == ***first);
  auto after = heal(w);
  w.world.advance(1);
  CHECK(***after == heal_report{1, 0, 1, false});
}

TEST_CASE("A heal within the cooldown is skipped, and its waiter's timeout does not end the run") {
  guild_world w;
  w.spawn();
  w.world.advance(10);
  heal_request impatient;
  impatient.timeout_ms = 50;
  auto given = heal(w, impatient);
  w.world.advance(60);
  CHECK(code_of(given) == failure_code::deadline_exceeded);
  auto patient = heal(w);
  w.world.advance(1'000);
  CHECK((**patient)->attempts == 3);
  auto skipped = heal(w);
  w.world.advance(1);
  CHECK((**skipped)->cooldown_skip);
  w.world.advance(5'000);
  auto again = heal(w);
  w.world.advance(1'000);
  CHECK((**again)->attempts == 3);
}

TEST_CASE("A select heals first where the configuration says so, and chooses what came") {
  guild_world w;
  w.configuration.self_heal_on_empty = true;
  w.spawn();
  w.world.advance(10);
  auto given = w.select();
  w.world.advance(100);
  CHECK_FALSE(given->has_value());
  w.env.add_planner("alpha");
  w.world.advance(150);
  REQUIRE(is_value(given));
  CHECK((**given)->best == "alpha");
}

TEST_CASE("A select that heals in vain is no_active_planner, one that has no time left is deadline_exceeded") {
  guild_world w;
  w.configuration.self_heal_on_empty = true;
  w.spawn();
  w.world.advance(10);
  auto late = w.select(100);
  auto given = w.select();
  w.world.advance(101);
  CHECK(code_of(late) == failure_code::deadline_exceeded);
  w.world.advance(1'000);
  CHECK(code_of(given) == failure_code::no_active_planner);
}

TEST_CASE("Stopping ends a heal: who waits gets stopping") {
  guild_world w;
  w.spawn();
  w.world.advance(10);
  auto given = heal(w);
  w.world.advance(50);
  auto stopped = w.ask<stop_report>(stop_registry{100});
  w.world.advance(200);
  CHECK(code_of(given) == failure_code::stopping);
  CHECK(stopped->has_value());
}

// -- reload
// -------------------------------------------------------------------------------------------------------------

TEST_CASE("A reload lets the running invocation finish, makes queued ones stale and keeps the address") {
  guild_world w;
  w.env.add_planner("alpha");
  w.spawn();
  const auto handle = acquired(w, "alpha");
  w.env.processes->script("alpha").answer_delay_ms = 300;
  auto running = run(w, handle);
  auto queued = run(w, handle);
  w.world.advance(10);
  auto reloaded = w.ask<outcome<reload_report>>(reload_request{});
  w.world.advance(20);
  REQUIRE(is_value(reloaded));
  CHECK((**reloaded)->instances_draining == 1);
  CHECK((**reloaded)->discovery.planners == std::vector<std::string>{"alpha"});
  CHECK(code_of(queued) == failure_code::stale_handle);
  auto stale = run(w, handle);
  w.world.advance(1);
  CHECK(code_of(stale) == failure_code::stale_handle);
  w.world.advance(400);
  CHECK(is_value(running));
  w.env.processes->script("alpha").answer_delay_ms = 0;
  const auto again = acquired(w, "alpha");
  CHECK(again.address == handle.address);
  CHECK(again.generation == 2);
}

TEST_CASE("A reload forgets records, but no probe is made for bytes that are known") {
  guild_world w;
  w.env.add_planner("alpha");
  w.spawn();
  (void)acquired(w, "alpha");
  const auto starts = w.env.processes->starts("alpha");
  auto reloaded = w.ask<outcome<reload_report>>(reload_request{true, 1'000});
  auto during = w.select();
  w.world.advance(50);
  REQUIRE(is_value(reloaded));
  CHECK((**reloaded)->discovery.admitted == 1);
  CHECK(is_value(during));
  CHECK(w.env.processes->starts("alpha") == starts);
  CHECK(stats_of(w).total_instantiations == 1);
  CHECK(w.describe("alpha").generation == 2);
}

TEST_CASE("A reload archives import failures and gives warnings again") {
  guild_world w;
  w.env.files->put(w.env.root + "/bad.planner.json", "{");
  w.spawn();
  w.world.advance(10);
  CHECK(w.env.log->count(log_level::warning, "no planner is active") == 1);
  for (std::uint64_t round = 1; round <= limits::failure_archives_max + 2; ++round) {
    auto reloaded = w.ask<outcome<reload_report>>(reload_request{});
    w.world.advance(10);
    REQUIRE(is_value(reloaded));
    CHECK((**reloaded)->archived_failures == 1);
    CHECK(stats_of(w).archived_failures_count == round);
  }
  CHECK(w.env.log->count(log_level::warning, "no planner is active") == limits::failure_archives_max + 3);
  auto report = w.ask<outcome<diagnostics_report>>(diagnostics_request{true, 1'000});
  w.world.advance(5);
  CHECK((**report)->archives.size() == limits::failure_archives_max);
}

// -- an operator's word
// -------------------------------------------------------------------------------------------------

TEST_CASE("An operator's quarantine stops new work at once, lets running work finish, and is kept in the store") {
  guild_world w;
  w.env.add_planner("alpha");
  w.spawn();
  const auto handle = acquired(w, "alpha");
  w.env.processes->script("alpha").answer_delay_ms = 300;
  auto running = run(w, handle);
  auto queued = run(w, handle);
  w.world.advance(10);
  auto given = quarantine(w, " ALPHA ");
  w.world.advance(5);
  REQUIRE(is_value(given));
  CHECK((**given)->admission == admission_state::quarantined);
  CHECK((**given)->admission_reason.find("bad plans") != std::string::npos);
  CHECK(code_of(queued) == failure_code::quarantined);
  auto selected = w.select();
  auto wanted = w.acquire("alpha");
  auto direct = run(w, handle);
  w.world.advance(5);
  CHECK(code_of(selected) == failure_code::no_active_planner);
  CHECK(code_of(wanted) == failure_code::quarantined);
  CHECK(code_of(direct) == failure_code::quarantined);
  w.world.advance(600);
  CHECK(is_value(running));
  CHECK(w.env.processes->running() == 0);
  CHECK(w.describe("alpha").admission == admission_state::quarantined);  // its success does not lift it
  REQUIRE_FALSE(w.env.store->updates.empty());
  bool kept = false;
  for (const auto& update : w.env.store->updates) {
    for (const auto& verdict : update.verdicts) {
      kept = kept || (verdict.by_operator && verdict.state == admission_state::quarantined && verdict.name == "alpha");
    }
  }
  CHECK(kept);
}

TEST_CASE("A reinstated planner is chosen and started again") {
  guild_world w;
  w.env.add_planner("alpha");
  w.spawn();
  (void)acquired(w, "alpha");
  auto out = quarantine(w, "alpha");
  w.world.advance(300);
  auto in = w.ask<outcome<planner_record>>(reinstate_request{"alpha", "mended", 1'000});
  w.world.advance(5);
  REQUIRE(is_value(in));
  CHECK((**in)->admission == admission_state::admitted);
  CHECK(is_value(out));
  CHECK(acquired(w, "alpha").name == "alpha");
  auto selected = w.select();
  w.world.advance(1);
  CHECK(is_value(selected));
}

TEST_CASE("What the store says an operator decided holds in the next process") {
  guild_world w;
  w.env.add_planner("alpha");
  admission_verdict verdict;
  verdict.name = "alpha";
  verdict.state = admission_state::quarantined;
  verdict.by_operator = true;
  w.env.store->contents.verdicts.push_back(verdict);
  w.spawn();
  auto selected = w.select();
  w.world.advance(50);
  CHECK(code_of(selected) == failure_code::no_active_planner);
  CHECK(w.describe("alpha").admission == admission_state::quarantined);
}

TEST_CASE("Quarantining a planner that nobody knows is not_found") {
  guild_world w;
  w.env.add_planner("alpha");
  w.spawn();
  auto given = quarantine(w, "omega");
  w.world.advance(20);
  CHECK(code_of(given) == failure_code::not_found);
}

TEST_CASE("A probe that fails does not shut out a planner that an operator reinstated") {
  guild_world w;
  w.env.add_planner("alpha");
  w.spawn();
  w.world.advance(50);
  auto in = w.ask<outcome<planner_record>>(reinstate_request{"alpha", "trusted", 1'000});
  w.world.advance(5);
  w.env.processes->script("alpha").version = "9.9.9";
  auto verdict = w.ask<outcome<admission_verdict>>(probe_request{"alpha", 1'000});
  w.world.advance(500);
  REQUIRE(is_value(verdict));
  CHECK(w.describe("alpha").admission == admission_state::admitted);
  w.env.processes->script("alpha").version = "1.0.0";
  CHECK(acquired(w, "alpha").name == "alpha");
}

TEST_CASE("What is stopped includes the instances of planners that are gone and still work") {
  guild_world w;
  w.env.add_planner("alpha");
  w.spawn();
  const auto handle = acquired(w, "alpha");
  w.env.processes->script("alpha").answer_delay_ms = 3'000;
  auto working = run(w, handle);
  w.world.advance(10);
  w.env.files->remove(w.env.root + "/alpha.planner.json");
  auto scanned = w.ask<outcome<discovery_report>>(discover_request{true, false, 1'000});
  w.world.advance(20);
  CHECK((**scanned)->planners.empty());
  CHECK(w.env.processes->running() == 1);
  auto stopped = w.ask<stop_report>(stop_registry{1'000});
  w.world.advance(1'100);
  REQUIRE(stopped->has_value());
  CHECK((*stopped)->workers_ended >= 1);
  CHECK(w.env.processes->running() == 0);
}
