// A whole guild for tests: registry, discovery and instantiation actors with files in memory and scripted
// processes, on the test clock. Owned by one test.
#pragma once

#include "actors/discovery/discovery_actor.hpp"
#include "actors/instantiation/instantiation_actor.hpp"
#include "actors/profiler/profiler_actor.hpp"
#include "actors/registry/registry_actor.hpp"
#include "tests/support/test_environment.hpp"

namespace planguild::test {

struct guild_world {
  guild_world() {
    configuration.allowed_planners = {"*"};
    configuration.planner_path = {env.root};
  }

  ~guild_world() {
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

  /// Spawns the actors; change `configuration`, files and scripts before.
  void spawn(bool discover_at_start = true) {
    profiler = compat::spawn<profiler_state>(world.system(), configuration.max_profiles);
    discovery = compat::spawn<discovery_state>(world.system(), configuration, env.outside.files,
                                               std::vector<found_planner>{}, std::string{"test"}, env.outside.watcher);
    auto spawner = [this](const registry_actor& owner, const found_planner& planner) {
      ++spawned;
      return compat::spawn<instantiation_state>(world.system(), planner, configuration, env.outside,
                                                instance_owner{owner});
    };
    registry = compat::spawn<registry_state>(
        world.system(), configuration, env.outside, registry_peers{discovery, profiler, spawner},
        registry_options{"test", discover_at_start, env.outside.watcher != nullptr});
  }

  template <class Reply, class Request>
  answer<Reply> ask(Request request) {
    return world.ask<Reply>(registry, std::move(request));
  }

  answer<outcome<selection>> select(std::int64_t timeout_ms = 30'000) {
    select_request request;
    request.objective = "improve it";
    request.timeout_ms = timeout_ms;
    return ask<outcome<selection>>(request);
  }

  answer<outcome<planner_handle>> acquire(const std::string& planner, std::int64_t timeout_ms = 30'000,
                                          std::uint64_t ticket = 0) {
    return ask<outcome<planner_handle>>(planguild::acquire{planner, timeout_ms, ticket});
  }

  planner_record describe(const std::string& planner) {
    auto given = ask<outcome<planner_record>>(describe_request{planner, false, 1'000});
    world.advance(1);
    return given->has_value() && **given ? ***given : planner_record{};
  }

  test_system world;
  test_environment env{world};
  config configuration;
  int spawned = 0;
  profiler_actor profiler;
  discovery_actor discovery;
  registry_actor registry;
};

/// The handle of a planner that is brought to life within 50 ms.
inline planner_handle acquired(guild_world& w, const std::string& planner) {
  auto given = w.acquire(planner);
  w.world.advance(50);
  return given->has_value() && **given ? ***given : planner_handle{};
}

inline stats_report stats_of(guild_world& w) {
  auto given = w.ask<outcome<stats_report>>(stats_request{});
  w.world.advance(1);
  return given->has_value() && **given ? ***given : stats_report{};
}

template <class T>
failure_code code_of(const answer<outcome<T>>& given) {
  return given->has_value() && (*given)->error ? (*given)->error->code : failure_code::internal;
}
template <class T>
bool is_value(const answer<outcome<T>>& given) {
  return given->has_value() && static_cast<bool>(**given);
}

}  // namespace planguild::test
