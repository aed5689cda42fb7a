// Plans as planners send them. In JSON (to_json too) `meta` is an object; inside messages it is bounded text, which
// stands in JSON as it is where it holds no object. Pure functions, any thread.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "messages/failure.hpp"
#include "messages/plan.hpp"

namespace planguild {

/// Reads what a planner sends. Fails with `invalid_request` at the path of what is wrong: unknown keys, wrong types, a
/// `meta` that is no object, and `order` or `critical_path`, which only the host adds. Absent keys keep their defaults;
/// whether ids, dependencies and files are sound is the plan check's business.
outcome<plan> plan_from_json(const nlohmann::json& json, std::string_view path = "plan");

}  // namespace planguild
