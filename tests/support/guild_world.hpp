// A whole guild for tests: registry, discovery and instantiation actors with files in memory and scripted
// processes, on the test clock. Owned by one test.
#pragma once

#include "messages/config.hpp"
#include "messages/type_ids.hpp"
#include "tests/support/test_environment.hpp"

namespace planguild::test {

/// What is spawned and asked for often is in the .cpp file: every test that includes this would compile it again.
struct guild_world {
  guild_world();
  ~guild_world();

  /// Spawns the actors; change `configuration`, files and scripts before.
  void spawn(bool discover_at_start = true);

  template <class Reply, class Request>
  answer<Reply> ask(Request request) {
    return world.ask<Reply>(registry, std::move(request));
  }

  answer<outcome<selection>> select(std::int64_t timeout_ms = 30'000);
  answer<outcome<planner_handle>> acquire(const std::string& planner, std::int64_t timeout_ms = 30'000,
                                          std::uint64_t ticket = 0);
  planner_record describe(const std::string& planner);

  test_system world;
  test_environment env{world};
  config configuration;
  int spawned = 0;
  profiler_actor profiler;
  discovery_actor discovery;
  registry_actor registry;
};

/// The handle of a planner that is brought to life within 50 ms.
planner_handle acquired(guild_world& w, const std::string& planner);
stats_report stats_of(guild_world& w);

template <class T>
failure_code code_of(const answer<outcome<T>>& given) {
  return given->has_value() && (*given)->error ? (*given)->error->code : failure_code::internal;
}
template <class T>
bool is_value(const answer<outcome<T>>& given) {
  return given->has_value() && static_cast<bool>(**given);
}

}  // namespace planguild::test
