// Masks secrets in what a planner sends, before anything is made of it, so that no surface has to. Pure functions, any
// thread; without recursion, so the depth of what a planner sends does not matter.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace planguild {

/// Masks secrets in `candidate`, a planner's answer to `generate_plan` of whatever shape: in every text and key, and
/// every value (numbers too) whose key names a secret. Paths stay, so that targets can be used. Tasks whose ids differ
/// stay different and are referred to as before, and what names no task still names none: where masking makes two of
/// them equal, "(2)" and so on is added.
void scrub_plan(nlohmann::json& candidate);

/// The last bytes of a planner's standard error as they may be shown: UTF-8, secrets masked, paths shortened. If it was
/// cut (`tail` has limits::stderr_tail_bytes), what may be the rest of a secret at its start goes: the first line, and
/// the body of a private key whose beginning was cut off.
std::string scrub_stderr_tail(std::string_view tail);

}  // namespace planguild
