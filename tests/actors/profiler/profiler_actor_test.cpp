// The profiler through its messages. Test scheduler.
#include "actors/profiler/profiler_actor.hpp"

#include <catch2/catch.hpp>

#include "messages/limits.hpp"
#include "tests/support/test_environment.hpp"
#include "tests/support/test_system.hpp"

using namespace planguild;        // NOLINT(google-build-using-namespace)
using namespace planguild::test;  // NOLINT(google-build-using-namespace)

namespace {

samples one_start(const std::string& name) {
  samples batch;
  batch.instantiations.push_back({name, 0.1, 1.0});
  return batch;
}

}  // namespace

TEST_CASE("The profiler keeps batches, answers with the newest and trims at once") {
  test_system world;
  auto profiler = compat::spawn<profiler_state>(world.system(), 3);
  samples batch;
  for (int i = 0; i < 5; ++i) {
    batch.instantiations.push_back({"planner_" + std::to_string(i), 0.1 * i, 1.0 * i});
  }
  batch.dropped = 2;
  compat::tell(profiler, batch);
  auto report = world.ask<profile_report>(profiler, profiles_request{sample_kind::instantiation, 2});
  world.run();
  REQUIRE(report->has_value());
  REQUIRE((*report)->kept.instantiations.size() == 2);
  CHECK((*report)->kept.instantiations[1].name == "planner_4");
  CHECK((*report)->counted == 5);
  CHECK((*report)->overwritten == 2);
  CHECK((*report)->dropped == 2);
  CHECK((*report)->durations.count == 5);

  auto trimmed = world.ask<ack>(profiler, profile_limits{1});
  auto after = world.ask<profile_report>(profiler, profiles_request{sample_kind::instantiation, 100});
  world.run();
  REQUIRE(after->has_value());
  CHECK((*after)->kept.instantiations.size() == 1);
  CHECK((*after)->trimmed == 2);
  compat::end(profiler);
  world.run();
}

TEST_CASE(
    "The profiler gives new samples to the store some seconds after the first of them, and does not wake without") {
  test_system world;
  const auto store = std::make_shared<memory_store>();
  auto profiler = compat::spawn<profiler_state>(world.system(), 10, store);
  compat::tell(profiler, recalled_samples{one_start("earlier")});
  world.run();
  CHECK_FALSE(world.next_timer_ms().has_value());

  compat::tell(profiler, one_start("one"));
  world.run();
  world.advance(limits::samples_saved_after_ms - 1);
  compat::tell(profiler, one_start("two"));
  world.run();
  CHECK(store->updates.empty());
  world.advance(1);
  auto both = one_start("one");
  both.instantiations.push_back(one_start("two").instantiations[0]);
  REQUIRE(store->updates.size() == 1);
  CHECK(store->updates[0].samples == both);
  CHECK_FALSE(world.next_timer_ms().has_value());

  const auto report = world.ask<profile_report>(profiler, profiles_request{sample_kind::instantiation, 10});
  world.run();
  CHECK((*report)->earlier == one_start("earlier"));
  CHECK((*report)->kept == both);
  compat::end(profiler);
  world.run();
}

TEST_CASE("A host that stops need not wait for the profiler's time to save") {
  test_system world;
  const auto store = std::make_shared<memory_store>();
  auto profiler = compat::spawn<profiler_state>(world.system(), 10, store);
  compat::tell(profiler, one_start("one"));
  compat::tell(profiler, save_samples{});
  compat::tell(profiler, save_samples{});
  world.run();
  REQUIRE(store->updates.size() == 1);
  CHECK(store->updates[0].samples == one_start("one"));
  compat::end(profiler);
  world.run();
}

TEST_CASE("Without a store that keeps anything the profiler sets no timer") {
  test_system world;
  const auto store = std::make_shared<memory_store>();
  store->why_nothing_is_kept = "no state directory was given";
  auto profiler = compat::spawn<profiler_state>(world.system(), 10, store);
  auto without = compat::spawn<profiler_state>(world.system(), 10);
  compat::tell(profiler, one_start("one"));
  compat::tell(without, one_start("one"));
  world.run();
  CHECK_FALSE(world.next_timer_ms().has_value());
  CHECK(store->updates.empty());
  compat::end(profiler);
  compat::end(without);
  world.run();
}
