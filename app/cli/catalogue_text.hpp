// Planners, discovery, health and verdicts as text. Owned by the command; pure functions, any thread.
#pragma once

#include <string>

#include "app/cli/text_layout.hpp"
#include "messages/health.hpp"

namespace planguild::cli {

/// The table of planners, and how many there are besides.
std::string list_text(const planner_list& list, const text_style& style);
/// One row for each.
std::string planners_table(const std::vector<planner_record>& planners, const text_style& style);

/// Everything known of one planner: record, admission, evidence.
std::string record_text(const planner_record& record, const text_style& style);

std::string discovery_text(const discovery_report& report, const text_style& style);
/// With every alert and every suggestion.
std::string health_text(const health_report& report, const text_style& style);
/// `record` is the planner's, for what it requests and is granted.
std::string verdict_text(const admission_verdict& verdict, const planner_record& record, const text_style& style);
/// The last crash: stage, code, how it ended, what it used, what held it in, and the end of its standard error.
std::string crash_text(const crash_report& report, const text_style& style);

/// One alert as a labelled line of a report.
std::string alert_text(const alert& alert, const text_style& style);

/// Planners that the configuration leaves out, each with the line that lets it in; begins with a blank line and a
/// title.
std::string skipped_text(const std::vector<skipped_planner>& skipped, const text_style& style);

/// What could not become a planner, and why; begins with a blank line and a title.
std::string refused_text(const std::vector<import_failure>& failures, const text_style& style);

}  // namespace planguild::cli
