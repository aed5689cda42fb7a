// The registry's typed interface: the door of the runtime. The actor is actors/registry/registry_actor.
#pragma once

#include "messages/caf.hpp"
#include "messages/health.hpp"
#include "messages/interfaces/discovery.hpp"
#include "messages/interfaces/events.hpp"
#include "messages/interfaces/instantiation.hpp"
#include "messages/interfaces/snapshots.hpp"
#include "messages/operations.hpp"
#include "messages/profiling.hpp"
#include "messages/selection.hpp"
#include "messages/store.hpp"

namespace planguild {

/// A live planner: where it is and which generation was meant.
struct planner_handle {
  instantiation_actor address;
  std::string name;
  std::uint64_t generation = 1;
  instance_info instance;
  bool operator==(const planner_handle&) const = default;
};
PLANGUILD_FIELDS(planner_handle, address, name, generation, instance);

/// From the registry to itself: a deadline of waiting requests may have passed.
struct registry_timer {
  std::uint64_t number = 0;
  bool operator==(const registry_timer&) const = default;
};
PLANGUILD_FIELDS(registry_timer, number);

/// From the store's thread: what it recalled, or why nothing.
struct store_recalled {
  outcome<store_contents> contents;
  bool operator==(const store_recalled&) const = default;
};
PLANGUILD_FIELDS(store_recalled, contents);

using registry_actor = compat::actor_of<
    // Ranks. Fails with no_active_planner, no_candidate, deadline_exceeded, invalid_request, limit_exceeded, stopping.
    outcome<selection>(select_request),
    // The first names of the ranking; an empty list where select would fail for want of a planner.
    outcome<batch_selection>(batch_select),
    // Many selections in one message. Fails as a whole with deadline_exceeded, stopping, limit_exceeded; each answer is
    // its own.
    outcome<many_selections>(select_many),
    // Brings a planner to life. Fails with not_found, not_allowed, quarantined, sandbox_insufficient and whatever its
    // start fails with.
    outcome<planner_handle>(acquire),
    // Scans now.
    outcome<discovery_report>(discover_request),
    // All records.
    outcome<planner_list>(list_request),
    // One record. Fails with not_found, not_allowed.
    outcome<planner_record>(describe_request),
    // The last crash of one planner, known or not. Fails with not_found, not_allowed.
    outcome<crash_report>(crash_request),
    // Probes again and keeps the verdict. Fails with not_found, not_allowed.
    outcome<admission_verdict>(probe_request),
    // Looks at what is there.
    outcome<health_report>(health_request),
    // Scans and admits again if nothing is active. Fails with deadline_exceeded, stopping, overloaded.
    outcome<heal_report>(heal_request),
    // Starts over: forgets records, scans. Fails with deadline_exceeded, stopping, overloaded.
    outcome<reload_report>(reload_request),
    // An operator's word on one planner; it outlives the process. Fails with not_found, not_allowed.
    outcome<planner_record>(quarantine_request), outcome<planner_record>(reinstate_request),
    // Takes live configuration values. Fails with invalid_configuration, naming every problem, and changes nothing.
    outcome<configure_report>(configure_request),
    // Counters; look at what is there.
    outcome<stats_report>(stats_request),
    // The newest samples of one kind, those of everything that was answered before included. Fails with stopping.
    outcome<profile_report>(profiles_request),
    // Everything at one moment.
    outcome<diagnostics_report>(diagnostics_request),
    // Events to a subscriber, from now on. Fails with overloaded, stopping.
    outcome<ack>(subscribe_request), ack(unsubscribe_request),
    // Snapshots to a subscriber of the same process, from now on; the answer is the present one (none while stopping,
    // or for more than limits::subscribers_max).
    snapshot_published(subscribe_snapshots),
    // From selectors: the snapshot is getting old, publish a fresh one; what was selected.
    ack(refresh_snapshot), ack(selection_batch),
    // From discovery.
    ack(roots_changed),
    // Ends an acquire that is under way; it is answered with `cancelled`.
    ack(cancel_work),
    // Ends all instances, then answers; everything that waits gets `stopping`.
    stop_report(stop_registry),
    // From instantiation actors.
    ack(instance_state_changed), ack(invocation_outcome), budget_answer(restart_budget_spent),
    // Internal.
    ack(store_recalled), ack(registry_timer)>;

}  // namespace planguild
