// Faults that are planted to show that the invariants bite. Each stands at a seam where the runtime takes its parts
// from the host: the process runner, the spawn function, the profiler's address, what is between host and registry.
// Nothing in the runtime itself knows of them. Owned by one run.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "messages/enums.hpp"
#include "messages/interfaces/instantiation.hpp"
#include "messages/interfaces/profiler.hpp"
#include "tests/simulation/chance.hpp"

namespace planguild::simulation {

enum class plant : std::uint8_t {
  none,
  stale_answer,       // a cache before the registry gives old selections the version of today
  old_answer,         // the same cache, honest about the version
  double_start,       // the spawn function's process runner starts some planners twice
  lost_waiter,        // an instance forgets one of several waiters
  late_waiter,        // an instance answers a waiter half a second after its deadline
  uncounted_drop,     // a profiler that does not count what was dropped before it
  forgotten_actor,    // the spawn function spawns one instance too many, which nobody ends
  undying_process,    // kills are not carried out after stop
  stale_handle_used,  // an instance takes every generation for its present one
  quarantine_missed,  // an instance does not hear of an operator's quarantine
};
PLANGUILD_ENUM(plant, none, stale_answer, old_answer, double_start, lost_waiter, late_waiter, uncounted_drop,
               forgotten_actor, undying_process, stale_handle_used, quarantine_missed);

/// The plant of this name; none for an unknown one.
std::optional<plant> plant_named(std::string_view name);

/// An instance that hands on everything to `inner`, but for what `what` spoils. Ends `inner` when it ends.
instantiation_actor spoil_instance(caf::actor_system& system, const instantiation_actor& inner, plant what);

/// A profiler that does not count what senders dropped.
profiler_actor forgetful_profiler(caf::actor_system& system, const profiler_actor& inner);

}  // namespace planguild::simulation
