// The configuration and what is wrong with it, as text and JSON. Owned by the command; pure functions, any thread.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "app/cli/text_layout.hpp"
#include "messages/config.hpp"

namespace planguild::cli {

/// Every variable: value, where it comes from, whether it is live, what it means; then the notes.
std::string config_text(const config_load& load, const text_style& style);

/// `{variables[{variable, key, value, source, live, meaning, accepted}], notes[], problems[]}`.
nlohmann::ordered_json config_json(const config_load& load);

/// Every problem: variable, offending text, source, what is accepted.
std::string problems_text(const std::vector<config_problem>& problems);

}  // namespace planguild::cli
