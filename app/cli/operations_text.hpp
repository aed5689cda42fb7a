// The answers to what operators ask, as text: heal, reload, quarantine and reinstate, configure, stats, profiles. Owned
// by the command; pure functions, any thread.
#pragma once

#include <string>

#include "app/cli/text_layout.hpp"
#include "messages/operations.hpp"

namespace planguild::cli {

std::string heal_text(const heal_report& report, const text_style& style);
std::string reload_text(const reload_report& report, const text_style& style);

/// The record of a planner that an operator has just quarantined or reinstated. `memory_only` says why the runtime does
/// not keep that; empty: it does.
std::string decision_text(const planner_record& record, const std::string& memory_only, const text_style& style);

/// What is different now, and what was capped.
std::string configure_text(const configure_report& report, const text_style& style);

/// Counters, then the details of what was refused.
std::string stats_text(const stats_report& report, const text_style& style);

/// The lines of `stats_text` about one moment, without details: part of larger reports.
std::string counters_text(const stats_report& report, const text_style& style);

/// How many samples of `kind` there are and how long they took; then, with `with_samples`, a row for each, oldest
/// first.
std::string profile_text(const profile_report& report, sample_kind kind, bool with_samples, const text_style& style);

}  // namespace planguild::cli
