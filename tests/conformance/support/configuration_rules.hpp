// What this project's rules say of configuration where the data says otherwise, and what the data's variables are in
// `config`: written again for the test, so that a mistake in the table of messages/config_table.cpp shows. Pure
// functions.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "messages/config.hpp"

namespace planguild::conformance {

/// What a flag's text means: true, false, or none for an error. `preset` is the answer for empty text.
std::optional<bool> flag_by_rule(const std::string& text, bool preset);

/// The value of `variable` in `loaded`, in the data's representation; null if it has none.
nlohmann::json value_in(const config& loaded, const std::string& variable);

/// Whether `variable` is a flag (with the default in `preset`).
bool is_flag(const std::string& variable, bool& preset);

}  // namespace planguild::conformance
