// Discovery's typed interface: who may say what to it. The actor is actors/discovery/discovery_actor.
#pragma once

#include "messages/caf.hpp"
#include "messages/discovery.hpp"

namespace planguild {

/// Discovery to whoever listens: something under a root is not as it was at the last scan.
struct roots_changed {
  bool operator==(const roots_changed&) const = default;
};
PLANGUILD_NO_FIELDS(roots_changed);

using roots_listener = compat::actor_of<ack(roots_changed)>;

/// Registry to discovery: watch the roots from the next scan on, and tell `listener` of changes.
struct watch_roots {
  roots_listener listener;
  bool operator==(const watch_roots&) const = default;
};
PLANGUILD_FIELDS(watch_roots, listener);

/// From the directory watcher's thread to discovery.
struct directories_changed {
  bool operator==(const directories_changed&) const = default;
};
PLANGUILD_NO_FIELDS(directories_changed);

using discovery_actor = compat::actor_of<
    // Looks at the roots. What is broken is in the result; the scan itself never fails.
    discovery_result(scan),
    // Is this planner still what was found? `load_failed` or `invalid_manifest` if it is no planner any more.
    outcome<found_planner>(check_planner),
    // Another allowlist, from the next scan on.
    ack(allow_planners),
    // Says from now on when something under the roots changes. May say so without a reason, never twice for one.
    ack(watch_roots),
    // Internal.
    ack(directories_changed)>;

}  // namespace planguild
