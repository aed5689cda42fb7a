// The registry through its messages: discovery, admission, selection, acquiring, stopping. Test scheduler and clock.
#include <catch2/catch.hpp>

#include "messages/limits.hpp"
#include "messages/text.hpp"
#include "tests/support/guild_world.hpp"

using namespace planguild;        // NOLINT(google-build-using-namespace)
using namespace planguild::test;  // NOLINT(google-build-using-namespace)

TEST_CASE("A select right after the start waits for discovery and admissions, then chooses") {
  guild_world w;
  w.env.add_planner("alpha");
  w.env.add_planner("beta", R"("tier":"gold",)");
  w.env.processes->script("alpha").answer_delay_ms = 50;
  w.spawn();
  auto given = w.select();
  w.world.advance(40);
  CHECK_FALSE(given->has_value());
  w.world.advance(200);
  REQUIRE(is_value(given));
  CHECK((**given)->best == "beta");
  CHECK((**given)->candidates_considered == 2);
  CHECK(w.env.processes->running() == 0);
}

TEST_CASE("A select whose timeout passes before the first admissions are there is deadline_exceeded") {
  guild_world w;
  w.env.add_planner("alpha");
  w.env.processes->script("alpha").answer_delay_ms = 500;
  w.spawn();
  auto given = w.select(100);
  w.world.advance(101);
  CHECK(code_of(given) == failure_code::deadline_exceeded);
}

TEST_CASE("Without planners a select is no_active_planner, a batch is empty") {
  guild_world w;
  w.spawn();
  auto given = w.select();
  auto several = w.ask<outcome<batch_selection>>(batch_select{{}, 5});
  w.world.advance(5);
  CHECK(code_of(given) == failure_code::no_active_planner);
  REQUIRE(is_value(several));
  CHECK((**several)->names.empty());
}

TEST_CASE("A batch of nothing is answered at once and discovers nothing") {
  guild_world w;
  w.env.add_planner("alpha");
  w.spawn(false);
  for (const std::int64_t count : {0, -1}) {
    auto given = w.ask<outcome<batch_selection>>(batch_select{{}, count});
    w.world.run();
    REQUIRE(is_value(given));
    CHECK((**given)->names.empty());
  }
  w.world.advance(50);
  CHECK_FALSE(stats_of(w).discovered);
}

TEST_CASE("With discover_at_start off the first request discovers") {
  guild_world w;
  w.env.add_planner("alpha");
  w.spawn(false);
  w.world.advance(50);
  CHECK(w.env.processes->starts("alpha") == 0);
  auto before = w.ask<outcome<health_report>>(health_request{});
  w.world.advance(1);
  CHECK((**before)->records == 0);
  auto given = w.select();
  w.world.advance(50);
  CHECK(is_value(given));
}

TEST_CASE("A planner that fails its probe is quarantined with evidence and harms no other") {
  guild_world w;
  w.env.add_planner("alpha");
  w.env.add_planner("broken");
  w.env.processes->script("broken").on_start = [](scripted_process& process) { process.exit(9, "bad day"); };
  w.spawn();
  auto given = w.select();
  w.world.advance(50);
  REQUIRE(is_value(given));
  CHECK((**given)->best == "alpha");
  const auto record = w.describe("broken");
  CHECK(record.admission == admission_state::quarantined);
  REQUIRE(record.evidence.has_value());
  CHECK(record.evidence->exit_code == 9);
  CHECK(record.evidence->stderr_tail == "bad day");
  auto refused = w.acquire("broken");
  w.world.advance(10);
  CHECK(code_of(refused) == failure_code::quarantined);
}

TEST_CASE("Verdicts are kept in the store, and a known verdict needs no probe") {
  guild_world first;
  first.env.add_planner("alpha");
  first.spawn();
  first.world.advance(50);
  REQUIRE(first.env.store->updates.size() == 1);
  const auto verdicts = first.env.store->updates[0].verdicts;
  REQUIRE(verdicts.size() == 1);
  CHECK(verdicts[0].state == admission_state::admitted);

  guild_world second;
  second.env.add_planner("alpha");
  second.env.store->contents.verdicts = verdicts;
  second.spawn();
  auto given = second.select();
  second.world.advance(5);
  CHECK(is_value(given));
  CHECK(second.env.processes->starts("alpha") == 0);
}

TEST_CASE("64 concurrent acquires through the registry are one construction and 64 equal handles") {
  guild_world w;
  w.env.add_planner("alpha");
  w.env.processes->script("alpha").answer_delay_ms = 200;
  w.spawn();
  w.world.advance(1'000);
  const auto probes = w.env.processes->starts("alpha");
  std::vector<answer<outcome<planner_handle>>> answers;
  for (int i = 0; i < 64; ++i) {
    answers.push_back(w.acquire("alpha"));
  }
  w.world.advance(210);
  for (const auto& given : answers) {
    REQUIRE(is_value(given));
    CHECK(**given == **answers.front());
  }
  CHECK(w.env.processes->starts("alpha") == probes + 1);
  CHECK(w.spawned == 1);
}

TEST_CASE("An unknown name is not_found, a skipped one not_allowed with the line to set") {
  guild_world w;
  w.configuration.allowed_planners = {"alpha"};
  w.env.add_planner("alpha");
  w.env.add_planner("other");
  w.spawn();
  auto unknown = w.acquire("nobody");
  auto skipped = w.acquire("Other ");
  w.world.advance(50);
  CHECK(code_of(unknown) == failure_code::not_found);
  REQUIRE(code_of(skipped) == failure_code::not_allowed);
  CHECK((*skipped)->error->message.find("export FACTORY_ALLOWED_PLANNERS=") != std::string::npos);
}

TEST_CASE("Changed bytes are noticed on acquire: probed again, then started") {
  guild_world w;
  w.env.add_planner("alpha");
  w.spawn();
  w.world.advance(50);
  REQUIRE(w.env.processes->starts("alpha") == 1);
  w.env.files->put("/planners/alpha", "#!other program", 0755);
  auto given = w.acquire("alpha");
  w.world.advance(100);
  REQUIRE(is_value(given));
  CHECK(w.env.processes->starts("alpha") == 3);
}

TEST_CASE("A planner whose files vanished is not_found on acquire") {
  guild_world w;
  w.env.add_planner("alpha");
  w.spawn();
  w.world.advance(50);
  w.env.files->remove("/planners/alpha.planner.json");
  auto given = w.acquire("alpha");
  w.world.advance(50);
  CHECK(code_of(given) == failure_code::not_found);
}

TEST_CASE("A discovery that finds a planner gone stops its instance") {
  guild_world w;
  w.env.add_planner("alpha");
  w.spawn();
  auto handle = w.acquire("alpha");
  w.world.advance(50);
  REQUIRE(is_value(handle));
  CHECK(w.env.processes->running() == 1);
  w.env.files->remove("/planners/alpha.planner.json");
  auto report = w.ask<outcome<discovery_report>>(discover_request{false, true, 5'000});
  w.world.advance(500);
  REQUIRE(is_value(report));
  CHECK((**report)->planners.empty());
  CHECK(w.env.processes->running() == 0);
}

TEST_CASE("Discover tells unchanged, and a forced one looks anew") {
  guild_world w;
  w.env.add_planner("alpha");
  w.spawn();
  w.world.advance(50);
  auto unchanged = w.ask<outcome<discovery_report>>(discover_request{});
  w.world.advance(5);
  REQUIRE(is_value(unchanged));
  CHECK((**unchanged)->unchanged);
  CHECK((**unchanged)->planners == std::vector<std::string>{"alpha"});
  auto forced = w.ask<outcome<discovery_report>>(discover_request{true, false, 5'000});
  w.world.advance(5);
  REQUIRE(is_value(forced));
  CHECK_FALSE((**forced)->unchanged);
  CHECK((**forced)->admitted == 1);
}

TEST_CASE("Probes run at most four at once") {
  guild_world w;
  for (int i = 0; i < 10; ++i) {
    const auto name = "planner_" + std::to_string(i);
    w.env.add_planner(name);
    w.env.processes->script(name).answer_delay_ms = 100;
  }
  w.spawn();
  std::size_t most = 0;
  for (int i = 0; i < 1'500; ++i) {
    w.world.advance(1);
    most = std::max(most, w.env.processes->running());
  }
  CHECK(most >= 4);
  CHECK(most <= 8);  // four probes, and four on their way out after the verdict
  auto health = w.ask<outcome<health_report>>(health_request{});
  w.world.advance(1);
  CHECK((**health)->active == 10);
}

TEST_CASE("Invocations feed reliability and the store") {
  guild_world w;
  w.env.add_planner("alpha");
  w.spawn();
  auto handle = w.acquire("alpha");
  w.world.advance(50);
  REQUIRE(is_value(handle));
  run_plan request;
  request.generation = (**handle)->generation;
  request.objective = "improve it";
  auto planned = w.world.ask<outcome<plan_result>>((**handle)->address, request);
  w.world.advance(50);
  REQUIRE(planned->has_value());
  CHECK(w.describe("alpha").reliability.invocations == 1);
  CHECK(w.describe("alpha").reliability.score == Approx(0.6667));
  REQUIRE(w.env.store->updates.back().increments.size() == 1);
  CHECK(w.env.store->updates.back().increments[0].success);
}

TEST_CASE("A planner that dies too often is quarantined unless it is the last admitted one") {
  guild_world w;
  w.env.add_planner("alpha");
  w.env.add_planner("beta");
  w.spawn();
  auto handle = w.acquire("alpha");
  w.world.advance(50);
  REQUIRE(is_value(handle));
  for (int i = 0; i < 4; ++i) {
    w.env.processes->newest("alpha").die(11);
    w.world.advance(1'000);
  }
  CHECK(w.describe("alpha").admission == admission_state::quarantined);
  auto chosen = w.select();
  w.world.advance(5);
  CHECK((**chosen)->best == "beta");

  auto last = w.acquire("beta");
  w.world.advance(50);
  REQUIRE(is_value(last));
  for (int i = 0; i < 6; ++i) {
    w.env.processes->newest("beta").die(11);
    w.world.advance(2'100);
  }
  CHECK(w.describe("beta").admission == admission_state::admitted);
}

TEST_CASE("Cancelling an acquire that waits for admission, and one that waits for the start") {
  guild_world w;
  w.env.add_planner("alpha");
  w.env.processes->script("alpha").answer_delay_ms = 100;
  w.spawn();
  auto waiting = w.acquire("alpha", 10'000, 21);
  w.world.advance(20);
  w.ask<ack>(cancel_work{21});
  w.world.advance(1);
  CHECK(code_of(waiting) == failure_code::cancelled);
  w.world.advance(500);
  auto starting = w.acquire("alpha", 10'000, 22);
  w.world.advance(20);
  w.ask<ack>(cancel_work{22});
  w.world.advance(5);
  CHECK(code_of(starting) == failure_code::cancelled);
  CHECK(w.env.processes->running() == 0);
}

TEST_CASE("Probing by name runs a new process and tells the verdict") {
  guild_world w;
  w.env.add_planner("alpha");
  w.spawn();
  w.world.advance(50);
  auto verdict = w.ask<outcome<admission_verdict>>(probe_request{"alpha", 5'000});
  w.world.advance(50);
  REQUIRE(is_value(verdict));
  CHECK((**verdict)->state == admission_state::admitted);
  CHECK(w.env.processes->starts("alpha") == 2);
  auto unknown = w.ask<outcome<admission_verdict>>(probe_request{"nobody", 5'000});
  w.world.advance(5);
  CHECK(code_of(unknown) == failure_code::not_found);
}

TEST_CASE("Stopping answers everything that waits, ends every instance and refuses new work") {
  guild_world w;
  w.env.add_planner("alpha");
  w.env.add_planner("slow_one");
  w.env.processes->script("slow_one").answer_delay_ms = 5'000;
  w.spawn();
  auto handle = w.acquire("alpha");
  auto waiting = w.select();
  w.world.advance(50);
  REQUIRE(is_value(handle));
  auto report = w.ask<stop_report>(stop_registry{1'000});
  w.world.advance(1'000);
  CHECK(code_of(waiting) == failure_code::stopping);
  REQUIRE(report->has_value());
  CHECK((*report)->still_alive.empty());
  CHECK((*report)->processes_left == 0);
  CHECK(w.env.processes->running() == 0);
  auto late = w.select();
  w.world.advance(1);
  CHECK(code_of(late) == failure_code::stopping);
}

TEST_CASE("The profiler hears of the samples that the store recalled") {
  guild_world w;
  w.env.store->contents.samples.invocations = {{"alpha", 0.25, "ok", 7}};
  w.spawn();
  w.world.advance(1);
  auto report = w.world.ask<profile_report>(w.profiler, profiles_request{sample_kind::invocation, 10});
  w.world.advance(1);
  REQUIRE(report->has_value());
  CHECK((*report)->earlier == w.env.store->contents.samples);
  CHECK((*report)->counted == 0);
}

TEST_CASE("A required capability that is a secret is masked in samples, though it is compared in lower case") {
  guild_world w;
  w.env.add_planner("alpha");
  w.spawn();
  select_request request;
  request.required_capabilities = {"AKIAIOSFODNN7EXAMPLE", "Risk"};
  auto given = w.ask<outcome<selection>>(request);
  w.world.advance(50);
  REQUIRE(is_value(given));
  auto report = w.world.ask<profile_report>(w.profiler, profiles_request{sample_kind::selection, 10});
  w.world.advance(1);
  REQUIRE(report->has_value());
  REQUIRE((*report)->kept.selections.size() == 1);
  const auto shown = text::join((*report)->kept.selections[0].required_caps, " ");
  CHECK(shown.find("iosfodnn") == std::string::npos);
  CHECK(shown.find("risk") != std::string::npos);
}

TEST_CASE("The profiler has the samples of all that ends while the registry stops") {
  guild_world w;
  const std::vector<std::string> names = {"alpha", "beta_one", "gamma_one"};
  for (const auto& name : names) w.env.add_planner(name);
  w.spawn();
  std::vector<answer<outcome<plan_result>>> planned;
  for (const auto& name : names) {
    const auto handle = acquired(w, name);
    w.env.processes->script(name).answer_delay_ms = 60'000;
    run_plan request;
    request.generation = handle.generation;
    request.objective = "improve it";
    planned.push_back(w.world.ask<outcome<plan_result>>(handle.address, request));
  }
  w.world.advance(50);
  auto stopped = w.ask<stop_report>(stop_registry{1'000});
  w.world.advance(2'000);
  REQUIRE(stopped->has_value());
  for (const auto& each : planned) CHECK(each->has_value());
  auto report = w.world.ask<profile_report>(w.profiler, profiles_request{sample_kind::invocation, 10});
  w.world.advance(1);
  REQUIRE(report->has_value());
  CHECK((*report)->counted == names.size());
}

TEST_CASE("Selections are sampled unless profiling is off") {
  for (const bool on : {true, false}) {
    guild_world w;
    w.configuration.profile_selection = on;
    w.env.add_planner("alpha");
    w.spawn();
    auto given = w.select();
    w.world.advance(50);
    REQUIRE(is_value(given));
    auto report = w.world.ask<profile_report>(w.profiler, profiles_request{sample_kind::selection, 10});
    w.world.advance(1);
    REQUIRE(report->has_value());
    CHECK((*report)->kept.selections.size() == (on ? 1 : 0));
  }
}
