// Selections by message, one and many, and the snapshots that go to subscribers. Test scheduler and clock.
#include <catch2/catch.hpp>

#include "actors/registry/ranking.hpp"
#include "messages/limits.hpp"
#include "tests/support/guild_world.hpp"
#include "tests/support/recording_actors.hpp"

using namespace planguild;        // NOLINT(google-build-using-namespace)
using namespace planguild::test;  // NOLINT(google-build-using-namespace)

namespace {

/// A guild with two planners, whose snapshots go to `views`.
struct watched_guild : guild_world {
  watched_guild() {
    env.add_planner("alpha");
    env.add_planner("beta_planner");
    spawn();
    world.advance(50);
    sink = compat::spawn<recording_snapshots>(world.system(), &views);
    auto first = ask<snapshot_published>(subscribe_snapshots{sink});
    world.advance(1);
    REQUIRE(first->has_value());
    view = (*first)->view;
    REQUIRE(view);
  }
  ~watched_guild() { compat::end(sink); }

  void quarantine(const std::string& planner) {
    auto done = ask<outcome<planner_record>>(quarantine_request{planner, "for a test", 1'000});
    world.run();
    REQUIRE(is_value(done));
  }

  std::vector<snapshot_ptr> views;
  snapshot_sink sink;
  snapshot_ptr view;  // the first one
};

select_request requiring(const std::string& capability) {
  select_request request;
  request.objective = "improve it";
  request.required_capabilities = {capability};
  return request;
}

}  // namespace

TEST_CASE("Many selections in one message are answered in their order, each as if it had been asked alone") {
  guild_world w;
  w.env.add_planner("alpha");
  w.spawn();
  select_request too_long = requiring("x");
  too_long.objective.assign(limits::objective_bytes_max + 1, 'x');
  auto many = w.ask<outcome<many_selections>>(select_many{{requiring("x"), too_long, requiring("y")}, 1'000});
  w.world.advance(50);
  REQUIRE(is_value(many));
  const auto& answers = (**many)->answers;
  REQUIRE(answers.size() == 3);
  CHECK(answers[0]->best == "alpha");
  CHECK(answers[1].error->code == failure_code::limit_exceeded);
  CHECK(answers[2]->best == "alpha");
  CHECK(answers[0]->snapshot_version == answers[2]->snapshot_version);
  CHECK(stats_of(w).selections == 2);
}

TEST_CASE("More selections in one message than the bound are refused, naming it") {
  guild_world w;
  w.spawn();
  select_many request;
  request.requests.resize(limits::selections_per_message_max + 1);
  auto many = w.ask<outcome<many_selections>>(request);
  w.world.advance(1);
  REQUIRE(code_of(many) == failure_code::limit_exceeded);
  CHECK((**many).error->message.find("selections_per_message_max") != std::string::npos);
}

TEST_CASE("Many selections wait for the first admissions within their timeout, once for all") {
  guild_world w;
  w.env.add_planner("alpha");
  w.spawn(false);
  auto late = w.ask<outcome<many_selections>>(select_many{{requiring("x")}, 0});
  w.world.run();
  CHECK(code_of(late) == failure_code::deadline_exceeded);
  auto in_time = w.ask<outcome<many_selections>>(select_many{{requiring("x"), requiring("y")}, 5'000});
  w.world.advance(100);
  REQUIRE(is_value(in_time));
  CHECK((**in_time)->answers.size() == 2);
}

TEST_CASE("A subscriber gets the present snapshot at once and the next when something has changed") {
  watched_guild w;
  CHECK(w.view->rows.size() == 2);
  CHECK_FALSE(w.view->admissions_pending);
  w.world.advance(500);
  CHECK(w.views.empty());
  w.quarantine("alpha");
  w.world.advance(limits::snapshot_interval_ms);
  REQUIRE(w.views.size() == 1);
  CHECK(w.views[0]->version > w.view->version);
  CHECK(w.views[0]->rows[0].admission == admission_state::quarantined);
  CHECK(w.views[0]->rows.shared(1) == w.view->rows.shared(1));
}

TEST_CASE("Changes that come close together are published as one") {
  watched_guild w;
  w.quarantine("alpha");
  w.world.advance(limits::snapshot_interval_ms);
  REQUIRE(w.views.size() == 1);
  for (int times = 0; times < 5; ++times) {
    auto back = w.ask<outcome<planner_record>>(reinstate_request{"alpha", "for a test", 1'000});
    w.world.run();
    w.quarantine("alpha");
  }
  w.quarantine("beta_planner");
  CHECK(w.views.size() == 1);
  w.world.advance(limits::snapshot_interval_ms);
  REQUIRE(w.views.size() == 2);
  CHECK(w.views[1]->rows[1].admission == admission_state::quarantined);
  w.world.advance(5'000);
  CHECK(w.views.size() == 2);  // an idle guild is not woken
}

TEST_CASE("A selection by message and one on the published snapshot of the same version are the same") {
  watched_guild w;
  auto asked = w.select();
  w.world.run();
  REQUIRE(is_value(asked));
  CHECK((**asked)->snapshot_version == w.view->version);
  CHECK(**asked == planguild::select(*w.view, [] {
    select_request request;
    request.objective = "improve it";
    return request;
  }()));
}

TEST_CASE("A snapshot that gets old is made anew when a reader asks, and only then") {
  watched_guild w;
  compat::tell(w.registry, refresh_snapshot{});
  w.world.advance(limits::snapshot_interval_ms);
  CHECK(w.views.empty());  // it is young
  w.world.advance(limits::snapshot_max_age_ms / 2);
  compat::tell(w.registry, refresh_snapshot{});
  w.world.run();
  REQUIRE(w.views.size() == 1);
  CHECK(w.views[0]->version > w.view->version);
  CHECK(w.views[0]->made_at_ms > w.view->made_at_ms);
}

TEST_CASE("What selectors chose counts as selections, for the reports, the samples and the tie-break") {
  watched_guild w;
  selection_batch batch;
  batch.patterns.resize(1);
  batch.patterns[0].best = "beta_planner";
  batch.points.assign(3, {0, 0.001, 5.0});
  batch.dropped = 2;
  auto told = w.ask<ack>(batch);
  w.world.run();
  CHECK(stats_of(w).selections == 5);
  CHECK(w.describe("beta_planner").selections == 3);
  auto profile = w.world.ask<profile_report>(w.profiler, profiles_request{});
  w.world.run();
  REQUIRE(profile->has_value());
  CHECK((*profile)->counted == 3);
  CHECK((*profile)->dropped == 2);
}

TEST_CASE("Selections that selectors only counted count too, and the profiler does not hear of them") {
  watched_guild w;
  selection_batch batch;
  batch.counts = {{"beta_planner", 3}, {"alpha", 1}, {"beta_planner", 2}};
  auto told = w.ask<ack>(batch);
  w.world.run();
  CHECK(stats_of(w).selections == 6);
  CHECK(w.describe("beta_planner").selections == 5);
  CHECK(w.describe("alpha").selections == 1);
  auto profile = w.world.ask<profile_report>(w.profiler, profiles_request{});
  w.world.run();
  REQUIRE(profile->has_value());
  CHECK((*profile)->counted == 0);
  CHECK((*profile)->dropped == 0);
}

TEST_CASE("Counted selections publish a new snapshot where the tie-break goes by them") {
  watched_guild w;
  auto taken = w.ask<outcome<configure_report>>(configure_request{{{"FACTORY_TIE_BREAK", "least_recent"}}});
  w.world.advance(limits::snapshot_interval_ms);
  const auto before = w.views.size();
  selection_batch batch;
  batch.counts = {{"alpha", 3}};
  auto told = w.ask<ack>(batch);
  w.world.advance(limits::snapshot_interval_ms);
  REQUIRE(w.views.size() == before + 1);
  CHECK(w.views.back()->rows[0].selections == 3);
}

TEST_CASE("The profiler hears of a burst of selections at once and then in batches, and a question misses none") {
  guild_world w;
  w.env.add_planner("alpha");
  w.spawn();
  w.world.advance(50);
  const auto counted_by_profiler = [&] {
    auto profile = w.world.ask<profile_report>(w.profiler, profiles_request{});
    w.world.run();
    return profile->has_value() ? (*profile)->counted : 0;
  };
  for (int i = 0; i < 5; ++i) {
    auto selected = w.select();
    w.world.run();
    CHECK(is_value(selected));
  }
  CHECK(counted_by_profiler() == 1);
  auto asked = w.ask<outcome<profile_report>>(profiles_request{sample_kind::selection, 10});
  w.world.run();
  REQUIRE(is_value(asked));
  CHECK((**asked)->counted == 5);
  auto last = w.select();
  w.world.run();
  CHECK(counted_by_profiler() == 5);
  w.world.advance(limits::samples_interval_ms);
  CHECK(counted_by_profiler() == 6);
}

TEST_CASE("A selection's sample says what won and with which boosts") {
  guild_world w;
  w.configuration.hotspot_threshold = 5;
  w.env.add_planner("alpha");
  w.spawn();
  auto selected = w.select();
  w.world.advance(50);
  REQUIRE(is_value(selected));
  auto profile = w.world.ask<profile_report>(w.profiler, profiles_request{});
  w.world.run();
  REQUIRE((*profile)->kept.selections.size() == 1);
  const auto& sample = (*profile)->kept.selections[0];
  CHECK(sample.breakdown == (**selected)->breakdown[0]);
  CHECK(sample.boost_config == boost_config{0.05, 0.03, 5});
}

TEST_CASE("A subscriber to events is told of snapshots only if it asks for them") {
  guild_world w;
  w.env.add_planner("alpha");
  w.spawn();
  w.world.advance(50);
  std::vector<runtime_event> events;
  auto subscriber = compat::spawn<recording_subscriber>(w.world.system(), &events);
  event_filter filter{false, false, false, true};
  auto subscribed = w.ask<outcome<ack>>(subscribe_request{subscriber, filter});
  w.world.run();
  auto done = w.ask<outcome<planner_record>>(quarantine_request{"alpha", "for a test", 1'000});
  w.world.advance(limits::snapshot_interval_ms + 1);
  REQUIRE(events.size() == 1);
  CHECK(events[0].kind == event_kind::snapshot);
  CHECK(events[0].snapshot_version > 0);
  compat::end(subscriber);
}
