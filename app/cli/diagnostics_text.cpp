// The diagnostics as a text report. Owned by the command; pure functions, any thread.
#include "app/cli/diagnostics_text.hpp"

#include <algorithm>
#include <string_view>

#include "app/cli/catalogue_text.hpp"
#include "app/cli/measures.hpp"
#include "app/cli/operations_text.hpp"
#include "app/cli/table.hpp"
#include "messages/config.hpp"

namespace planguild::cli {
namespace {

constexpr std::size_t warnings_shown_max = 100;

std::string section(std::string_view title, const text_style& style) {
  return "\n" + painted(style, paint::bold, title) + "\n";
}

std::string planners_section(const diagnostics_report& report, bool verbose, const text_style& style) {
  auto result = section("PLANNERS", style);
  result += report.planners.empty() ? list_text({}, style) : planners_table(report.planners, style);
  if (!report.skipped.empty()) result += skipped_text(report.skipped, style);
  const auto& refused = report.stats.import_failure_details;
  if (!refused.empty()) result += refused_text(refused, style);
  if (!verbose) return result;
  for (const auto& planner : report.planners) result += "\n" + record_text(planner, style);
  return result;
}

std::string archives_section(const std::vector<archived_failures>& archives, const text_style& style) {
  auto result = section("ARCHIVED FAILURES", style);
  for (const auto& archive : archives) {
    result += "of the reload at " + moment_text(archive.ts) + ", " + counted(archive.failures.size(), "failure");
    result += archive.failures.empty() ? "\n" : ":" + refused_text(archive.failures, style);
  }
  return result;
}

std::string profiles_section(const profile_reports& profile, bool verbose, const text_style& style) {
  auto result = section("PROFILES", style);
  bool is_apart = false;  // the last one ended with a table
  const auto add = [&](const profile_report& each, sample_kind kind) {
    if (is_apart) result += "\n";
    is_apart = verbose && (each.counted > 0 || each.earlier != samples{});
    result += profile_text(each, kind, is_apart, style);
  };
  add(profile.selection, sample_kind::selection);
  add(profile.instantiation, sample_kind::instantiation);
  add(profile.invocation, sample_kind::invocation);
  return result;
}

std::string warnings_section(const std::vector<std::string>& warnings, const text_style& style) {
  auto result = section("WARNINGS", style);
  for (std::size_t index = 0; index < std::min(warnings.size(), warnings_shown_max); ++index) {
    result += labelled("-", printable(warnings[index]), style, 2);
  }
  if (warnings.size() > warnings_shown_max) {
    result += "and " + std::to_string(warnings.size() - warnings_shown_max) + " more (see --json)\n";
  }
  return result;
}

/// `all` false: only what differs from its default.
std::string configuration_section(const std::vector<config_value>& values, bool all, const text_style& style) {
  static const config defaults;
  table rows{{{"variable"}, {"value", alignment::left, true, false, 12}, {"default", alignment::left, true}}};
  std::uint64_t left_out = 0;
  for (const auto& value : values) {
    const auto* field = find_config_field(value.variable);
    const auto usual = field == nullptr ? std::string{} : field->show(defaults);
    if (value.text == usual && !all) {
      ++left_out;
      continue;
    }
    rows.add({printable(value.variable), printable(value.text), value.text == usual ? "" : printable(usual)},
             value.text == usual ? paint::plain : paint::bold);
  }
  auto result = section("CONFIGURATION", style) + (rows.empty() ? std::string{} : rows.text(style));
  if (left_out > 0) result += counted(left_out, "more variable") + " at their defaults (--verbose shows them)\n";
  return result;
}

}  // namespace

std::string diagnostics_text(const diagnostics_report& report, bool verbose, const text_style& style) {
  const auto& stats = report.stats;
  auto title = "planguild " + stats.version + ": diagnostics of " + moment_text(report.ts);
  auto state = "up " + uptime_text(stats.uptime_s);
  if (stats.resident_bytes > 0) state += ", " + bytes_text(stats.resident_bytes) + " resident";
  auto result = painted(style, paint::bold, printable(title)) + "\n" + state + "\n";
  result += section("RUNTIME", style) + counters_text(stats, style);
  result += section("HEALTH", style) + health_text(report.health, style);
  result += planners_section(report, verbose, style);
  if (!report.archives.empty()) result += archives_section(report.archives, style);
  result += profiles_section(report.profile, verbose, style);
  if (!report.warnings_issued.empty()) result += warnings_section(report.warnings_issued, style);
  return result + configuration_section(report.configuration, verbose, style);
}

}  // namespace planguild::cli
