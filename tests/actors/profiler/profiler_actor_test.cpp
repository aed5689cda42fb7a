// The profiler through its messages. Test scheduler.
#include "actors/profiler/profiler_actor.hpp"

#include <catch2/catch.hpp>

#include "tests/support/test_system.hpp"

using namespace planguild;        // NOLINT(google-build-using-namespace)
using namespace planguild::test;  // NOLINT(google-build-using-namespace)

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
