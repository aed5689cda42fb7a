// Discovery's typed interface: who may say what to it. The actor is actors/discovery/discovery_actor.
#pragma once

#include "messages/caf.hpp"
#include "messages/discovery.hpp"

namespace planguild {

using discovery_actor = compat::actor_of<
    // Looks at the roots. What is broken is in the result; the scan itself never fails.
    discovery_result(scan),
    // Is this planner still what was found? `load_failed` or `invalid_manifest` if it is no planner any more.
    outcome<found_planner>(check_planner)>;

}  // namespace planguild
