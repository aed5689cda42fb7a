// Comparing what was expected with what came out, as replay does it. Pure functions, any thread.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace planguild {

/// Whether `line` says what is expected.
bool states_expectation(const nlohmann::json& line);

/// What differs between the expectation in `line` and `answer` (both as described at replay_line). Only keys on both
/// sides are compared; doubles must be equal to the last bit. Where the line has `expected_ascii_only` (the answer of
/// who lower-cases and trims ASCII only) it is as good as `expected`. Required capabilities in a `profile` are compared
/// only if they are ASCII. A `ranking` shorter than its `candidates_considered` is compared as far as it goes. At most
/// 20 differences; the rest is counted.
std::vector<std::string> compare_replay(const nlohmann::json& line, const nlohmann::json& answer);

}  // namespace planguild
