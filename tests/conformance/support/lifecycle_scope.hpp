// Which cases of lifecycle.json have a counterpart here: decided from a case's data, never from its id. Pure functions,
// any thread.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace planguild::conformance {

/// Why `one` (of `cases`) does not run; empty: it is in scope.
std::string out_of_scope(const nlohmann::json& one);

}  // namespace planguild::conformance
