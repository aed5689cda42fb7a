// The profiler's typed interface: who may say what to it. The actor is actors/profiler/profiler_actor.
#pragma once

#include "messages/caf.hpp"
#include "messages/profiling.hpp"

namespace planguild {

/// Registry to profiler: the newest samples from before this runtime, as the store recalled them.
struct recalled_samples {
  samples earlier;
  bool operator==(const recalled_samples&) const = default;
};
PLANGUILD_FIELDS(recalled_samples, earlier);

/// To the profiler, from itself some time after a first new sample and from a host that stops: give the store what is
/// new.
struct save_samples {
  bool operator==(const save_samples&) const = default;
};
PLANGUILD_NO_FIELDS(save_samples);

using profiler_actor = compat::actor_of<
    // Keeps the samples; never fails, what does not fit is counted.
    ack(samples), ack(selection_batch),
    // The newest samples of one kind with histogram and counters.
    profile_report(profiles_request),
    // All kinds at one moment.
    profile_reports(all_profiles_request),
    // Changes the ring size at once.
    ack(profile_limits),
    // What the store remembers, and what it is to remember.
    ack(recalled_samples), ack(save_samples)>;

}  // namespace planguild
