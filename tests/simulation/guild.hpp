// The real actors of one simulated run, wired as the host wires them, and what is planted among them. Owned by one run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "messages/config.hpp"
#include "messages/environment.hpp"
#include "messages/type_ids.hpp"
#include "tests/simulation/planted.hpp"
#include "tests/simulation/simulated_processes.hpp"

namespace planguild::simulation {

struct guild_options {
  config configuration;
  environment outside;  // without `processes`
  bool discover_at_start = true;
  plant planted = plant::none;
};

class guild {
 public:
  guild(caf::actor_system& system, simulated_processes& processes, guild_options options);

  const registry_actor& registry() const noexcept { return registry_; }
  const discovery_actor& discovery() const noexcept { return discovery_; }
  const profiler_actor& profiler() const noexcept { return profiler_; }
  /// A planning conversation, as the host starts them.
  planning_actor start_planning();

  /// Instantiation actors whose state is still there.
  std::size_t instances_alive() const;

  /// Sends everybody away, as the host does after stop.
  void end();
  /// Sends the instantiation actors away too, which in a healthy run is nobody any more.
  void end_instances();

 private:
  instantiation_actor spawn_instance(const registry_actor& owner, const found_planner& planner);

  caf::actor_system& system_;
  simulated_processes& processes_;
  guild_options options_;
  std::vector<std::weak_ptr<process_runner>> runners_;  // each is held by its instance's state alone
  std::vector<compat::weak<instantiation_actor>> instances_;
  std::vector<instantiation_actor> forgotten_;  // planted
  profiler_actor profiler_;
  discovery_actor discovery_;
  registry_actor registry_;
};

}  // namespace planguild::simulation
