// What the layers around a process amount to, and whether that is what the operator requires. Plain functions without
// state, any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "messages/planner.hpp"
#include "messages/sandbox.hpp"

namespace planguild {

/// The guarantees that `layers` give to a process with these grants, and the rest as missing, both in their order. A
/// layer that is not listed counts as off; nothing holds without no_new_privileges, since a set-user-id program would
/// undo the rest. What a grant opens is no breach of a guarantee, but it may need another layer that keeps the grant
/// narrow.
sandbox_posture judge_layers(std::vector<sandbox_layer> layers, const planner_permissions& grants);

/// Empty if `posture` satisfies `policy` (`best` and `off` are always satisfied). Otherwise one to three sentences for
/// the operator: which guarantees are missing, why (layer and reason), and the exact setting that goes on without them.
std::string why_insufficient(const sandbox_policy& policy, const sandbox_posture& posture,
                             const planner_permissions& grants, std::string_view planner);

}  // namespace planguild
