// A whole guild for tests: see the header.
#include "tests/support/guild_world.hpp"

#include "actors/discovery/discovery_actor.hpp"
#include "actors/instantiation/instantiation_actor.hpp"
#include "actors/profiler/profiler_actor.hpp"
#include "actors/registry/registry_actor.hpp"

namespace planguild::test {

guild_world::guild_world() {
  configuration.allowed_planners = {"*"};
  configuration.planner_path = {env.root};
}

guild_world::~guild_world() {
  if (!registry) {
    return;
  }
  auto stopped = ask<stop_report>(stop_registry{1'000});
  world.advance(1'100);
  compat::end(registry);
  compat::end(discovery);
  compat::end(profiler);
  world.run();
}

void guild_world::spawn(bool discover_at_start) {
  profiler = compat::spawn<profiler_state>(world.system(), configuration.max_profiles);
  discovery = compat::spawn<discovery_state>(world.system(), configuration, env.outside.files,
                                             std::vector<found_planner>{}, std::string{"test"}, env.outside.watcher);
  auto spawner = [this](const registry_actor& owner, const found_planner& planner) {
    ++spawned;
    return compat::spawn<instantiation_state>(world.system(), planner, configuration, env.outside,
                                              instance_owner{owner});
  };
  registry = compat::spawn<registry_state>(world.system(), configuration, env.outside,
                                           registry_peers{discovery, profiler, spawner},
                                           registry_options{"test", discover_at_start, env.outside.watcher != nullptr});
}

answer<outcome<selection>> guild_world::select(std::int64_t timeout_ms) {
  select_request request;
  request.objective = "improve it";
  request.timeout_ms = timeout_ms;
  return ask<outcome<selection>>(request);
}

answer<outcome<planner_handle>> guild_world::acquire(const std::string& planner, std::int64_t timeout_ms,
                                                     std::uint64_t ticket) {
  return ask<outcome<planner_handle>>(planguild::acquire{planner, timeout_ms, ticket, {}});
}

planner_record guild_world::describe(const std::string& planner) {
  auto given = ask<outcome<planner_record>>(describe_request{planner, false, 1'000});
  world.advance(1);
  return given->has_value() && **given ? ***given : planner_record{};
}

planner_handle acquired(guild_world& w, const std::string& planner) {
  auto given = w.acquire(planner);
  w.world.advance(50);
  return given->has_value() && **given ? ***given : planner_handle{};
}

stats_report stats_of(guild_world& w) {
  auto given = w.ask<outcome<stats_report>>(stats_request{});
  w.world.advance(1);
  return given->has_value() && **given ? ***given : stats_report{};
}

}  // namespace planguild::test
