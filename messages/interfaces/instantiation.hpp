// The typed interface of the one actor that each planner has. The actor is actors/instantiation/instantiation_actor.
#pragma once

#include "messages/caf.hpp"
#include "messages/environment.hpp"
#include "messages/instantiation.hpp"

namespace planguild {

/// From the actor to itself: a timer has run out. Counts only while `number` is the timer's current one.
struct instance_timer {
  std::uint64_t number = 0;
  bool operator==(const instance_timer&) const = default;
};
PLANGUILD_FIELDS(instance_timer, number);

/// From the process runner's thread: something happened to the process `id`.
struct process_news {
  std::uint64_t id = 0;
  process_event event;
  bool operator==(const process_news&) const = default;
};
PLANGUILD_FIELDS(process_news, id, event);

/// What an instantiation actor says to its owner, the registry.
using instance_owner = compat::actor_of<
    // News; not waited for.
    ack(instance_state_changed), ack(invocation_outcome),
    // A question: quarantine, or keep trying?
    budget_answer(restart_budget_spent)>;

using instantiation_actor = compat::actor_of<
    // Probes the planner in a process of its own and answers with the verdict; never fails.
    admission_verdict(admit),
    // Brings the planner to life. Fails with load_failed, load_timeout, start_failed, handshake_mismatch,
    // protocol_error, limit_exceeded, sandbox_insufficient, deadline_exceeded (this waiter's own), cancelled,
    // quarantined, stopping, overloaded.
    outcome<instance_info>(acquire_instance),
    // One invocation. Fails with stale_handle, overloaded, deadline_exceeded, cancelled, planner_error,
    // planner_crashed, protocol_error, limit_exceeded, plan_invalid, stopping, or what a start fails with.
    outcome<plan_result>(run_plan),
    // Ends an acquire or invocation; it is answered with `cancelled`.
    ack(cancel_work),
    // New bytes on disk: the generation grows.
    ack(replace_planner),
    // The generation grows; the bytes are the same.
    ack(reload_instance),
    // An operator's word.
    ack(quarantine_instance), ack(reinstate_instance),
    // Ends the actor's work; answers when no process is left or the deadline has passed.
    instance_stopped(stop_instance),
    // Internal.
    ack(process_news), ack(instance_timer)>;

}  // namespace planguild
