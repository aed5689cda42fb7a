// The record shows the last crash, until another one or other bytes take its place. Test clock, scripted processes.
#include <catch2/catch.hpp>

#include "tests/support/guild_world.hpp"

using namespace planguild;        // NOLINT(google-build-using-namespace)
using namespace planguild::test;  // NOLINT(google-build-using-namespace)

namespace {

void crash_at_work(guild_world& w, int signal, const std::string& last_words) {
  const auto handle = acquired(w, "alpha");
  run_plan work;
  work.generation = handle.generation;
  work.objective = "improve it";
  w.env.processes->script("alpha").on_request = [=](scripted_process& process, const nlohmann::json& request) {
    if (request["method"] != "generate_plan") return false;
    process.die(signal, last_words);
    return true;
  };
  const auto given = w.world.ask<outcome<plan_result>>(handle.address, work);
  w.world.advance(5'000);  // crashed, and started again after the pause
  CHECK(code_of(given) == failure_code::planner_crashed);
}

}  // namespace

TEST_CASE("A crash at work is in the planner's record from then on, also when it runs again or passes a probe") {
  guild_world w;
  w.env.add_planner("alpha");
  w.spawn();
  w.world.advance(50);
  CHECK_FALSE(w.describe("alpha").evidence.has_value());

  crash_at_work(w, 11, "out of cheese");
  auto record = w.describe("alpha");
  CHECK(record.instance == instance_phase::running);
  REQUIRE(record.evidence.has_value());
  CHECK(record.evidence->stage == planner_stage::plan);
  CHECK(record.evidence->code == failure_code::planner_crashed);
  CHECK(record.evidence->signal == 11);
  CHECK(record.evidence->stderr_tail == "out of cheese");

  const auto verdict = w.ask<outcome<admission_verdict>>(probe_request{"alpha", 5'000});
  w.world.advance(100);
  REQUIRE(is_value(verdict));
  record = w.describe("alpha");
  CHECK(record.admission == admission_state::admitted);
  REQUIRE(record.evidence.has_value());
  CHECK(record.evidence->signal == 11);

  crash_at_work(w, 6, "out of tea");
  record = w.describe("alpha");
  REQUIRE(record.evidence.has_value());
  CHECK(record.evidence->signal == 6);
  CHECK(record.evidence->stderr_tail == "out of tea");
}

TEST_CASE("A probe that passes refutes the failure of an earlier probe") {
  guild_world w;
  w.env.add_planner("alpha");
  w.env.processes->script("alpha").on_start = [](scripted_process& process) { process.exit(9, "bad day"); };
  w.spawn();
  w.world.advance(50);
  REQUIRE(w.describe("alpha").evidence.has_value());
  w.env.processes->script("alpha").on_start = {};
  const auto verdict = w.ask<outcome<admission_verdict>>(probe_request{"alpha", 5'000});
  w.world.advance(100);
  REQUIRE(is_value(verdict));
  CHECK((**verdict)->state == admission_state::admitted);
  CHECK_FALSE(w.describe("alpha").evidence.has_value());
}
