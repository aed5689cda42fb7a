// Discovery through its messages. Test scheduler, files in memory.
#include "actors/discovery/discovery_actor.hpp"

#include <catch2/catch.hpp>

#include "tests/support/test_environment.hpp"

using namespace planguild;        // NOLINT(google-build-using-namespace)
using namespace planguild::test;  // NOLINT(google-build-using-namespace)

TEST_CASE("Discovery finds, remembers and checks planners by message") {
  test_system world;
  test_environment env{world};
  config configuration;
  configuration.allowed_planners = {"*"};
  configuration.planner_path = {env.root};
  env.add_planner("alpha");
  auto discovery = compat::spawn<discovery_state>(world.system(), configuration, env.outside.files,
                                                  std::vector<found_planner>{}, std::string{"test"});
  auto first = world.ask<discovery_result>(discovery, scan{false});
  world.run();
  REQUIRE(first->has_value());
  REQUIRE((*first)->planners.size() == 1);
  CHECK_FALSE((*first)->unchanged);

  auto second = world.ask<discovery_result>(discovery, scan{false});
  auto same = world.ask<outcome<found_planner>>(discovery, check_planner{(*first)->planners[0]});
  world.run();
  REQUIRE(second->has_value());
  CHECK((*second)->unchanged);
  CHECK((*second)->signature == (*first)->signature);
  REQUIRE(same->has_value());
  CHECK(**same == (*first)->planners[0]);

  env.files->put("/planners/alpha", "#!changed", 0755);
  auto changed = world.ask<outcome<found_planner>>(discovery, check_planner{(*first)->planners[0]});
  world.run();
  REQUIRE(changed->has_value());
  REQUIRE(static_cast<bool>(**changed));
  CHECK((**changed)->digest != (*first)->planners[0].digest);
  compat::end(discovery);
  world.run();
}
