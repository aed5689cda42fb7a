// Live configuration, reports, events and changes under the roots, through the registry's messages. Test scheduler and
// clock.
#include <algorithm>
#include <catch2/catch.hpp>

#include "messages/limits.hpp"
#include "tests/support/guild_world.hpp"
#include "tests/support/recording_actors.hpp"

using namespace planguild;        // NOLINT(google-build-using-namespace)
using namespace planguild::test;  // NOLINT(google-build-using-namespace)

namespace {

answer<outcome<configure_report>> configure(guild_world& w, std::vector<config_value> patch) {
  return w.ask<outcome<configure_report>>(configure_request{std::move(patch)});
}

}  // namespace

// -- configure
// ----------------------------------------------------------------------------------------------------------

TEST_CASE("A patch is taken whole or not at all, and every problem is named") {
  guild_world w;
  w.env.add_planner("alpha");
  w.spawn();
  auto refused = configure(w, {{"FACTORY_MIN_RELIABILITY", "0.9"},
                               {"FACTORY_MAX_PROFILES", "many"},
                               {"PLANNER_IMPORT_TIMEOUT", "3"},
                               {"NO_SUCH_THING", "1"}});
  w.world.advance(20);
  REQUIRE(code_of(refused) == failure_code::invalid_configuration);
  for (const auto* name : {"FACTORY_MAX_PROFILES", "PLANNER_IMPORT_TIMEOUT", "NO_SUCH_THING"}) {
    CHECK((**refused).error->message.find(name) != std::string::npos);
  }
  auto selected = w.select();
  w.world.advance(1);
  CHECK(is_value(selected));
  auto taken = configure(w, {{"FACTORY_MIN_RELIABILITY", "0.9"}});
  w.world.advance(1);
  REQUIRE(is_value(taken));
  CHECK((**taken)->changes == std::vector<config_change>{{"FACTORY_MIN_RELIABILITY", "0.25", "0.9"}});
  auto below = w.select();
  w.world.advance(1);
  CHECK(code_of(below) == failure_code::no_candidate);
}

TEST_CASE("A smaller live ring trims at once; profiling and the log level change at once") {
  guild_world w;
  w.env.add_planner("alpha");
  w.spawn();
  for (int i = 0; i < 5; ++i) {
    auto selected = w.select();
    w.world.advance(10);
  }
  auto taken = configure(w, {{"FACTORY_MAX_PROFILES", "2"}, {"FACTORY_LOG_LEVEL", "ERROR"}});
  w.world.advance(1);
  REQUIRE(is_value(taken));
  CHECK(w.env.log->least_level == log_level::error);
  auto report = w.world.ask<profile_report>(w.profiler, profiles_request{sample_kind::selection, 10});
  w.world.advance(1);
  CHECK((*report)->kept.selections.size() == 2);
  CHECK((*report)->trimmed == 3);
  taken = configure(w, {{"FACTORY_PROFILE_SELECTION", "0"}});
  auto selected = w.select();
  w.world.advance(1);
  report = w.world.ask<profile_report>(w.profiler, profiles_request{sample_kind::selection, 10});
  w.world.advance(1);
  CHECK((*report)->counted == 5);
}

TEST_CASE("A new allowlist rescans by itself") {
  guild_world w;
  w.configuration.allowed_planners = {"alpha"};
  w.env.add_planner("alpha");
  w.env.add_planner("beta");
  w.spawn();
  w.world.advance(20);
  CHECK(stats_of(w).records == 1);
  auto taken = configure(w, {{"FACTORY_ALLOWED_PLANNERS", "beta"}});
  w.world.advance(50);
  REQUIRE(is_value(taken));
  CHECK(w.describe("beta").admission == admission_state::admitted);
  CHECK(w.describe("alpha").name.empty());
}

TEST_CASE("least_recent takes turns among equals, newest prefers the younger entry file") {
  guild_world w;
  for (const auto* name : {"alpha", "beta"}) w.env.add_planner(name);
  w.env.files->touch(w.env.root + "/beta");
  w.spawn();
  std::vector<std::string> chosen;
  auto choose = [&] {
    auto given = w.select();
    w.world.advance(20);
    REQUIRE(is_value(given));
    chosen.push_back((**given)->best);
  };
  choose();
  auto taken = configure(w, {{"FACTORY_TIE_BREAK", "least_recent"}});
  for (int i = 0; i < 4; ++i) choose();
  taken = configure(w, {{"FACTORY_TIE_BREAK", "newest"}});
  choose();
  CHECK(chosen == std::vector<std::string>{"alpha", "beta", "alpha", "beta", "alpha", "beta"});
}

// -- reports and events
// -------------------------------------------------------------------------------------------------

TEST_CASE("Stats say why verdicts and decisions are not stored, and nothing where they are") {
  guild_world w;
  w.spawn();
  CHECK(stats_of(w).memory_only.empty());
  w.env.store->why_nothing_is_kept = "cannot write /secret/place/planguild.db: the disk is full";
  CHECK(stats_of(w).memory_only == "cannot write <path>/planguild.db: the disk is full");
}

TEST_CASE("Stats look at what is there, before any discovery too") {
  guild_world w;
  w.env.add_planner("alpha");
  w.spawn(false);
  auto before = stats_of(w);
  CHECK_FALSE(before.discovered);
  CHECK(before.records == 0);
  CHECK(before.version == "test");
  for (int i = 0; i < 3; ++i) auto waiting = w.acquire("alpha");
  w.world.advance(50);
  const auto after = stats_of(w);
  CHECK(after.discovered);
  CHECK(after.instantiated == 1);
  CHECK(after.total_instantiations == 1);
  CHECK(after.starts_joined == 2);
}

TEST_CASE("Diagnostics are of one moment: counters and samples agree while others select") {
  guild_world w;
  w.env.add_planner("alpha");
  w.spawn();
  std::vector<answer<outcome<diagnostics_report>>> reports;
  for (int round = 0; round < 20; ++round) {
    for (int client = 0; client < 8; ++client) auto selected = w.select();
    reports.push_back(w.ask<outcome<diagnostics_report>>(diagnostics_request{}));
    for (int client = 0; client < 8; ++client) auto selected = w.select();
    if (round % 3 == 0) w.world.advance(7);
  }
  w.world.advance(50);
  for (const auto& report : reports) {
    REQUIRE(is_value(report));
    const auto& value = ***report;
    CHECK(value.profile.selection.counted == value.stats.selections);
    CHECK(value.stats.records == value.planners.size());
    CHECK(value.health.active == value.stats.active);
    CHECK(value.profile.selection.kept.selections.size() <= static_cast<std::size_t>(limits::diagnostics_samples));
  }
}

TEST_CASE("Health shows alerts, and subscribers hear when they begin and end") {
  guild_world w;
  w.configuration.alert_import_failures = 0;
  w.spawn();
  w.world.advance(10);
  std::vector<runtime_event> events;
  std::vector<runtime_event> states;
  auto all = compat::spawn<recording_subscriber>(w.world.system(), &events);
  auto some = compat::spawn<recording_subscriber>(w.world.system(), &states);
  auto taken = w.ask<outcome<ack>>(subscribe_request{all, {}});
  auto taken_too = w.ask<outcome<ack>>(subscribe_request{some, {false, true, false}});
  w.env.files->put(w.env.root + "/bad.planner.json", "{");
  w.env.add_planner("alpha");
  auto scanned = w.ask<outcome<discovery_report>>(discover_request{true, true, 1'000});
  w.world.advance(50);
  REQUIRE(is_value(taken));
  auto health = w.ask<outcome<health_report>>(health_request{});
  w.world.advance(1);
  REQUIRE((**health)->alerts.size() == 2);
  CHECK((**health)->alerts[0].kind == alert_kind::import_failures);
  auto of_kind = [&](event_kind kind) {
    return std::count_if(events.begin(), events.end(), [kind](const auto& each) { return each.kind == kind; });
  };
  CHECK(of_kind(event_kind::alert) == 2);
  CHECK(of_kind(event_kind::admission) == 1);
  CHECK(of_kind(event_kind::instance_state) == static_cast<std::ptrdiff_t>(states.size()));
  CHECK_FALSE(states.empty());
  for (std::size_t i = 1; i < events.size(); ++i) CHECK(events[i].sequence > events[i - 1].sequence);
  w.env.files->remove(w.env.root + "/bad.planner.json");
  scanned = w.ask<outcome<discovery_report>>(discover_request{true, true, 1'000});
  w.world.advance(50);
  CHECK(of_kind(event_kind::alert) == 4);
  CHECK_FALSE(events.back().alert_active);
  auto gone = w.ask<ack>(unsubscribe_request{all});
  w.world.advance(1);
  const auto heard = events.size();
  (void)acquired(w, "alpha");
  CHECK(events.size() == heard);
  compat::end(all);
  compat::end(some);
  w.world.run();
}

TEST_CASE("Every decision reaches the sink with the view it was taken on") {
  struct sink final : decision_sink {
    void decided(const snapshot_ptr& view, const select_request& request, const outcome<selection>& chosen) override {
      rows.push_back(view->rows.size());
      objectives.push_back(request.objective);
      answered += chosen ? 1 : 0;
    }
    std::vector<std::size_t> rows;
    std::vector<std::string> objectives;
    int answered = 0;
  };
  guild_world w;
  auto decisions = std::make_shared<sink>();
  w.env.outside.decisions = decisions;
  w.env.add_planner("alpha");
  w.spawn();
  auto given = w.select();
  w.world.advance(50);
  CHECK(decisions->rows == std::vector<std::size_t>{1});
  CHECK(decisions->objectives == std::vector<std::string>{"improve it"});
  CHECK(decisions->answered == 1);
}

// -- changes under the roots
// --------------------------------------------------------------------------------------------

namespace {

/// Remembers what is to be watched; the test says when something changes.
class manual_watcher final : public directory_watcher {
 public:
  std::size_t watch(const std::vector<std::string>& directories, std::function<void()> changed) override {
    watched = directories;
    change = std::move(changed);
    return 0;
  }
  std::vector<std::string> watched;
  std::function<void()> change;
};

}  // namespace

TEST_CASE("A change under a root is scanned after 200 ms of quiet, a root that never rests after 2 s") {
  guild_world w;
  auto watcher = std::make_shared<manual_watcher>();
  w.env.outside.watcher = watcher;
  w.spawn();
  w.world.advance(500);
  CHECK(watcher->watched == std::vector<std::string>{w.env.root});
  w.env.add_planner("alpha");
  const auto runs = stats_of(w).runs;
  watcher->change();
  w.world.advance(150);
  watcher->change();
  w.world.advance(150);
  CHECK(stats_of(w).runs == runs);
  w.world.advance(100);
  CHECK(stats_of(w).runs == runs + 1);
  CHECK(w.describe("alpha").name == "alpha");
  for (int i = 0; i < 30; ++i) {
    watcher->change();
    w.world.advance(100);
  }
  CHECK(stats_of(w).runs >= runs + 2);
}
