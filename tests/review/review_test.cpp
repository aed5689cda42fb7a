// One test for each finding of the review of the predecessor, by its number: what was wrong there does not happen here.
// Through the real actors, on the test scheduler and clock.
#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "messages/context.hpp"
#include "tests/support/guild_world.hpp"

using namespace planguild;        // NOLINT(google-build-using-namespace)
using namespace planguild::test;  // NOLINT(google-build-using-namespace)

namespace {

profile_report selections_kept(guild_world& w) {
  auto given = w.world.ask<profile_report>(w.profiler, profiles_request{sample_kind::selection, 1'000});
  w.world.advance(1);
  return given->has_value() ? **given : profile_report{};
}

health_report health_of(guild_world& w) {
  auto given = w.ask<outcome<health_report>>(health_request{});
  w.world.advance(1);
  return given->has_value() && **given ? ***given : health_report{};
}

}  // namespace

TEST_CASE("Finding 1: capabilities and tags are sets, whatever case, blanks and repetitions a manifest has") {
  guild_world w;
  w.env.files->put(w.env.root + "/alpha.planner.json",
                   R"({"name":"alpha","version":"1.0.0","capabilities":[" Risk","risk","LLM "],"tags":["b","a","B"],
                       "self_test":true,"entry":{"kind":"command","argv":["./alpha"]}})");
  w.env.files->put(w.env.root + "/alpha", "#!program", 0755);
  w.env.processes->script("alpha").capabilities = {"risk", "llm"};
  w.spawn();
  w.world.advance(50);
  const auto record = w.describe("alpha");
  CHECK(record.admission == admission_state::admitted);
  CHECK(record.capabilities == std::vector<std::string>{"llm", "risk"});
  CHECK(record.tags == std::vector<std::string>{"a", "b"});
}

TEST_CASE("Finding 2: no guarantee is claimed that does not hold") {
  const auto none = sandbox_posture{
      {{"landlock", layer_state::off, ""}}, {}, {"no-host-reads", "no-host-writes", "no-network", "no-secrets"}};
  for (const auto& posture : {full_posture(), posture_without_landlock(), none, sandbox_posture{}}) {
    guild_world w;
    w.configuration.sandbox.mode = sandbox_mode::best;
    w.env.add_planner("alpha");
    w.env.processes->script("alpha").posture = posture;
    w.spawn();
    const auto handle = acquired(w, "alpha");
    const auto record = w.describe("alpha");
    const auto health = health_of(w).sandbox;
    for (const auto* guarantee : {"no-host-reads", "no-host-writes", "no-network", "no-secrets"}) {
      INFO(guarantee);
      const bool holds = std::find(posture.holds.begin(), posture.holds.end(), guarantee) != posture.holds.end();
      for (const auto& said : {handle.instance.sandbox, record.sandbox, health}) {
        INFO(said);
        CHECK((said.find(guarantee) != std::string::npos) == holds);
      }
    }
    CHECK((record.sandbox == "none") == posture.holds.empty());
    CHECK((handle.instance.sandbox == "none") == posture.holds.empty());
  }
}

TEST_CASE("Finding 3: sixteen who ask at once share one construction and one process") {
  guild_world w;
  w.env.add_planner("alpha");
  w.spawn();
  w.world.advance(50);
  std::vector<answer<outcome<planner_handle>>> given;
  for (int each = 0; each < 16; ++each) given.push_back(w.acquire("alpha"));
  w.world.advance(50);
  for (const auto& each : given) {
    REQUIRE(is_value(each));
    CHECK((**each)->instance.process == (**given.front())->instance.process);
  }
  CHECK(w.env.processes->starts("alpha") == 2);  // the probe and the one construction
  CHECK(stats_of(w).total_instantiations == 1);
  CHECK(stats_of(w).starts_joined == 15);
}

TEST_CASE("Finding 4: no outcome is lost when a hundred arrive together") {
  guild_world w;
  w.env.add_planner("alpha");
  w.spawn();
  w.world.advance(50);
  std::vector<answer<ack>> told;
  for (int each = 0; each < 100; ++each) {
    const bool failed = each % 4 == 0;
    invocation_outcome ended;
    ended.name = "alpha";
    ended.verdict = failed ? invocation_verdict::failed : invocation_verdict::success;
    ended.code = failed ? "planner_error" : "ok";
    ended.duration_s = 0.5;
    told.push_back(w.ask<ack>(ended));
  }
  w.world.advance(5);
  const auto history = w.describe("alpha").reliability;
  CHECK(history.invocations == 100);
  CHECK(history.failures == 25);
  CHECK(history.mean_duration_ms == Approx(500));
  CHECK(*history.score == Approx(76.0 / 102.0).margin(1e-3));
}

TEST_CASE("Finding 5: a hotspot count that is no number is 0 and breaks no selection") {
  guild_world w;
  w.env.add_planner("alpha");
  w.spawn();
  w.world.advance(50);
  for (const auto* count : {"null", "\"many\"", "[]", "{}", "\"\"", "\"9x\"", "true", "1e300", "-1e300"}) {
    INFO(count);
    const auto context = context_facts_of(
        nlohmann::json::parse(std::string{R"({"deep_index_summary":"s","hotspots_count":)"} + count + "}"));
    if (count[0] != '1' && count[0] != '-') CHECK(context.hotspots <= 1);
    select_request request;
    request.context = context;
    auto given = w.ask<outcome<selection>>(request);
    w.world.advance(1);
    CHECK(is_value(given));
  }
}

TEST_CASE("Finding 6: looking again at files that did not change reads none of them") {
  guild_world w;
  for (const auto* name : {"alpha", "beta", "gamma"}) w.env.add_planner(name);
  w.spawn();
  w.world.advance(50);
  w.env.files->reset_counts();
  auto given = w.ask<outcome<discovery_report>>(discover_request{});
  w.world.advance(5);
  REQUIRE(is_value(given));
  CHECK((**given)->unchanged);
  CHECK(w.env.files->counts().reads == 0);
  CHECK(w.env.files->counts().stats > 0);
}

TEST_CASE("Finding 7: the allow list is configuration, also of a running runtime") {
  guild_world w;
  w.env.add_planner("alpha");
  w.env.add_planner("beta");
  w.configuration.allowed_planners = {"beta"};
  w.spawn();
  w.world.advance(50);
  auto refused = w.acquire("alpha");
  w.world.advance(5);
  CHECK(code_of(refused) == failure_code::not_allowed);
  auto changed = w.ask<outcome<configure_report>>(configure_request{{{"FACTORY_ALLOWED_PLANNERS", "alpha,beta"}}});
  w.world.advance(50);
  REQUIRE(is_value(changed));
  CHECK(acquired(w, "alpha").name == "alpha");
}

TEST_CASE("Finding 9: while a heal pauses, others are answered at once") {
  guild_world w;
  w.spawn();
  w.world.advance(10);
  auto heal = w.ask<outcome<heal_report>>(heal_request{});
  w.world.advance(100);  // within the first pause
  CHECK_FALSE(heal->has_value());
  auto health = w.ask<outcome<health_report>>(health_request{});
  w.world.run();  // no time passes
  CHECK(is_value(health));
  CHECK_FALSE(heal->has_value());
  w.world.advance(1'000);
  CHECK(is_value(heal));
}

TEST_CASE("Finding 11: the rings never hold more than their limit, and a smaller limit trims at once") {
  guild_world w;
  w.env.add_planner("alpha");
  w.configuration.max_profiles = 5;
  w.spawn();
  w.world.advance(50);
  for (int each = 0; each < 12; ++each) {
    auto given = w.select();
    w.world.advance(1);
    REQUIRE(is_value(given));
    CHECK(selections_kept(w).kept.selections.size() <= 5);
  }
  w.world.advance(1'000);
  CHECK(selections_kept(w).kept.selections.size() == 5);
  auto changed = w.ask<outcome<configure_report>>(configure_request{{{"FACTORY_MAX_PROFILES", "2"}}});
  w.world.run();
  REQUIRE(is_value(changed));
  const auto report = selections_kept(w);
  CHECK(report.kept.selections.size() == 2);
  CHECK(report.counted == 12);
  CHECK(report.counted == report.kept.selections.size() + report.overwritten + report.trimmed);
}

TEST_CASE("Ties are broken the same way every time, whatever the order in which planners came") {
  for (const bool reversed : {false, true}) {
    guild_world w;
    w.env.add_planner(reversed ? "beta" : "alpha");
    w.spawn();
    w.world.advance(50);
    w.env.add_planner(reversed ? "alpha" : "beta");
    auto again = w.ask<outcome<discovery_report>>(discover_request{false, true});
    w.world.advance(50);
    for (int each = 0; each < 20; ++each) {
      auto given = w.select();
      w.world.advance(1);
      REQUIRE(is_value(given));
      CHECK((**given)->candidates_considered == 2);
      CHECK((**given)->best == "alpha");
    }
  }
}

TEST_CASE("Secrets that a planner writes are masked in its evidence and in the answer to who asks for it") {
  const std::string secret = "abcdefghijklmnop1234567890";
  guild_world w;
  w.env.add_planner("alpha");
  w.env.processes->script("alpha").on_start = [&](scripted_process& process) {
    process.exit(1, "api_key=" + secret + "\nAuthorization: Bearer " + secret + "\n");
  };
  w.spawn();
  w.world.advance(100);
  const auto record = w.describe("alpha");
  REQUIRE(record.evidence);
  CHECK(record.evidence->stderr_tail.find("***") != std::string::npos);
  CHECK(record.evidence->stderr_tail.find(secret) == std::string::npos);
  auto given = w.acquire("alpha");
  w.world.advance(50);
  REQUIRE(code_of(given) == failure_code::quarantined);
  CHECK((*given)->error->message.find(secret) == std::string::npos);
}
