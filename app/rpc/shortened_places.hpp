// Replies as they leave by rpc: where a planner or failure is, without the folders of this machine. (Secrets are masked
// and paths in sentences shortened where texts are made.) Pure functions, any thread.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "messages/failure.hpp"

namespace planguild {

/// Absolute paths become `<path>/last-component` in every `where`, and in every text of a list named `warnings` or
/// `warnings_issued`, wherever they are in `reply` but in the free object `meta` of a plan.
void shorten_places(nlohmann::ordered_json& reply);
/// The same for one failure.
failure with_short_place(failure problem);

}  // namespace planguild
