// JSON Schema (draft 2020-12) of what people and other programs write for planguild or read from it. Owned by the
// command; pure functions, any thread.
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace planguild::cli {

/// NAME.planner.json. Unknown keys are allowed, as the reader allows them (with a warning).
nlohmann::ordered_json manifest_schema();

/// A plan as a planner sends it, and as the command prints it (then with `order` and `critical_path`).
nlohmann::ordered_json plan_schema();

/// A configuration file; made from the table of variables.
nlohmann::ordered_json config_schema();

/// Of each rpc method, under `methods`, the params and the result; made from the messages' lists of fields. `$ref`s are
/// into its `$defs`.
nlohmann::ordered_json rpc_schema();

}  // namespace planguild::cli
