// Planners, discovery, health and verdicts as text. Owned by the command; pure functions, any thread.
#pragma once

#include <string>

#include "app/cli/text_layout.hpp"
#include "messages/health.hpp"

namespace planguild::cli {

/// The table of planners, and how many there are besides.
std::string list_text(const planner_list& list, const text_style& style);

/// Everything known of one planner: record, admission, evidence.
std::string record_text(const planner_record& record, const text_style& style);

std::string discovery_text(const discovery_report& report, const text_style& style);
std::string health_text(const health_report& report, const text_style& style);
std::string verdict_text(const admission_verdict& verdict, const text_style& style);

}  // namespace planguild::cli
