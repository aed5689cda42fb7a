// Doctor's report as text and JSON. Owned by the command; pure functions, any thread.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "app/cli/doctor_checks.hpp"
#include "app/cli/text_layout.hpp"

namespace planguild::cli {

/// A line for every area, its findings below it, each with the line that mends it; then how many there are.
std::string doctor_text(const doctor_report& report, const text_style& style);

/// `{version, good, areas[{area, severity, summary}], findings[{severity, area, what, mend}]}`.
nlohmann::ordered_json doctor_json(const doctor_report& report);

}  // namespace planguild::cli
