// The profiler's typed interface: who may say what to it. The actor is actors/profiler/profiler_actor.
#pragma once

#include "messages/caf.hpp"
#include "messages/profiling.hpp"

namespace planguild {

using profiler_actor = compat::actor_of<
    // Keeps the samples; never fails, what does not fit is counted.
    ack(samples), ack(selection_batch),
    // The newest samples of one kind with histogram and counters.
    profile_report(profiles_request),
    // All kinds at one moment.
    profile_reports(all_profiles_request),
    // Changes the ring size at once.
    ack(profile_limits)>;

}  // namespace planguild
