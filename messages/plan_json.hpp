// Plans as people and planners see them: `meta` is an object there, and bounded text inside messages.
// Pure functions, any thread.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "messages/failure.hpp"
#include "messages/plan.hpp"

namespace planguild {

/// The JSON of `made` with `meta` as a nested object (as text where it holds no JSON object).
nlohmann::ordered_json plan_json(const plan& made);

/// Reads what a planner sends. Fails with `invalid_request` at the path of what is wrong: unknown keys, wrong types, a
/// `meta` that is no object, and `order` or `critical_path`, which only the host adds. Absent keys keep their defaults;
/// whether ids, dependencies and files are sound is the plan check's business.
outcome<plan> plan_from_json(const nlohmann::json& json, std::string_view path = "plan");

}  // namespace planguild
