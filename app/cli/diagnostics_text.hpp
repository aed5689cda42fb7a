// The diagnostics as a text report. Owned by the command; pure functions, any thread.
#pragma once

#include <string>

#include "app/cli/text_layout.hpp"
#include "messages/operations.hpp"

namespace planguild::cli {

/// The whole report in sections: runtime, health, planners, what was left out or refused, profiles, warnings,
/// configuration. `verbose` adds every planner's record with its evidence, archived failures, the newest samples, and
/// the variables that have their default values.
std::string diagnostics_text(const diagnostics_report& report, bool verbose, const text_style& style);

}  // namespace planguild::cli
