// Which admissions selections wait for, when the store is slow; and what is left when discovery has ended. Test
// scheduler and clock.
#include <catch2/catch.hpp>

#include "tests/support/guild_world.hpp"

using namespace planguild;        // NOLINT(google-build-using-namespace)
using namespace planguild::test;  // NOLINT(google-build-using-namespace)

namespace {

/// Answers load() only when the test says so.
class late_store final : public planner_store {
 public:
  void load(std::function<void(outcome<store_contents>)> done) override { done_ = std::move(done); }
  void save(store_update) override {}
  bool flush(std::int64_t) override { return true; }
  void answer() const { done_(store_contents{}); }

 private:
  std::function<void(outcome<store_contents>)> done_;
};

}  // namespace

TEST_CASE("A select waits for the first admissions, however many discoveries were over before the store answered") {
  for (const int scans : {1, 2, 3}) {
    INFO("discoveries: " << scans);
    guild_world w;
    const auto store = std::make_shared<late_store>();
    w.env.outside.store = store;
    w.env.add_planner("alpha");
    w.env.processes->script("alpha").answer_delay_ms = 50;
    w.spawn();
    w.world.advance(10);
    for (int scan = 1; scan < scans; ++scan) {
      auto found = w.ask<outcome<discovery_report>>(discover_request{true, false, 1'000});
      w.world.advance(10);
    }
    REQUIRE(stats_of(w).runs == static_cast<std::uint64_t>(scans));
    store->answer();
    auto given = w.select();
    w.world.advance(10);
    CHECK_FALSE(given->has_value());
    w.world.advance(300);
    REQUIRE(is_value(given));
    CHECK((**given)->best == "alpha");
  }
}

TEST_CASE("What is pending after the first admissions delays no select") {
  guild_world w;
  w.env.add_planner("alpha");
  w.spawn();
  w.world.advance(50);
  w.env.add_planner("beta");
  w.env.processes->script("beta").answer_delay_ms = 5'000;
  auto found = w.ask<outcome<discovery_report>>(discover_request{true, false, 1'000});
  w.world.advance(10);
  REQUIRE(is_value(found));
  auto given = w.select();
  w.world.advance(5);
  REQUIRE(is_value(given));
  CHECK((**given)->best == "alpha");
}

TEST_CASE("When discovery has ended, planners are as last seen") {
  guild_world w;
  w.env.add_planner("alpha");
  w.spawn();
  const auto handle = acquired(w, "alpha");
  compat::end(w.discovery);
  w.world.run();
  auto found = w.ask<outcome<discovery_report>>(discover_request{true, true, 1'000});
  auto reloaded = w.ask<outcome<reload_report>>(reload_request{true});
  w.world.advance(50);
  REQUIRE(is_value(found));
  CHECK((**found)->planners == std::vector<std::string>{"alpha"});
  REQUIRE(is_value(reloaded));
  CHECK(w.env.log->count(log_level::error, "Discovery has ended") > 0);
  CHECK(w.describe("alpha").admission == admission_state::admitted);
  auto given = w.select();
  w.world.advance(5);
  REQUIRE(is_value(given));
  CHECK((**given)->best == "alpha");
}
