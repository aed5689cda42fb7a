// The typed interface of a planning conversation: one short-lived actor per `plan` call (app/host/planning).
#pragma once

#include "messages/caf.hpp"
#include "messages/planning.hpp"

namespace planguild {

/// From the conversation to itself: its deadline has passed.
struct planning_timer {
  bool operator==(const planning_timer&) const = default;
};
PLANGUILD_NO_FIELDS(planning_timer);

using planning_actor = compat::actor_of<
    // Select, acquire, run; with `fallback`, the next planners when one fails. Answers once, then the actor ends.
    outcome<plan_reply>(plan_request),
    // Ends the conversation and what it has under way; it is answered with `cancelled`.
    ack(cancel_work),
    // Internal.
    ack(planning_timer)>;

}  // namespace planguild
