// The world of the instantiation tests: one instantiation actor with scripted processes, on the test clock.
#pragma once

#include <algorithm>

#include "actors/instantiation/instantiation_actor.hpp"
#include "tests/support/recording_actors.hpp"
#include "tests/support/test_environment.hpp"

namespace planguild::test {

struct instance_world {
  explicit instance_world(found_planner planner = make_planner("alpha"))
      : planner_(std::move(planner)), script(env.processes->script(planner_.manifest.name)) {}

  ~instance_world() {
    if (instance) {
      compat::end(instance);
    }
    compat::end(owner);
    world.run();
  }

  /// Spawns the actor; change `configuration` and `script` before.
  void spawn() {
    instance = compat::spawn<instantiation_state>(world.system(), planner_, configuration, env.outside, owner);
  }

  answer<outcome<instance_info>> acquire(std::int64_t timeout_ms = 30'000, std::uint64_t ticket = 0,
                                         const std::string& repository = "/repository") {
    return world.ask<outcome<instance_info>>(instance, acquire_instance{timeout_ms, ticket, repository});
  }
  answer<outcome<plan_result>> plan(std::optional<std::int64_t> timeout_ms = {}, std::uint64_t ticket = 0,
                                    std::uint64_t generation = 1, const std::string& repository = "/repository") {
    run_plan request;
    request.generation = generation;
    request.objective = "improve it";
    request.repository = repository;
    request.timeout_ms = timeout_ms;
    request.ticket = ticket;
    return world.ask<outcome<plan_result>>(instance, request);
  }
  /// Brings the instance to running.
  void start() {
    auto ready = acquire();
    world.advance(1 + script.answer_delay_ms);
  }
  /// Constructions that the owner was told of.
  std::size_t constructions() const {
    return static_cast<std::size_t>(std::count_if(record.states.begin(), record.states.end(),
                                                  [](const auto& news) { return news.start_duration_s > 0; }));
  }
  instance_phase phase() const { return record.states.empty() ? instance_phase::idle : record.states.back().phase; }

  test_system world;
  test_environment env{world};
  config configuration;
  found_planner planner_;
  planner_script& script;
  owner_record record;
  instance_owner owner = compat::spawn<recording_owner>(world.system(), &record);
  instantiation_actor instance;
};

/// The code of an answer that is a failure; `internal` if it is a value or there is none yet.
template <class T>
failure_code code_of(const answer<outcome<T>>& given) {
  return given->has_value() && (*given)->error ? (*given)->error->code : failure_code::internal;
}
template <class T>
bool is_value(const answer<outcome<T>>& given) {
  return given->has_value() && static_cast<bool>(**given);
}

}  // namespace planguild::test
