// Planners, discovery, health and verdicts as text. Owned by the command; pure functions, any thread.
#include "app/cli/catalogue_text.hpp"

#include <algorithm>
#include <set>

#include "app/cli/measures.hpp"
#include "app/cli/posture_text.hpp"
#include "app/cli/table.hpp"
#include "messages/text.hpp"

namespace planguild::cli {
namespace {

constexpr std::size_t label_columns = 14;
constexpr std::size_t skipped_shown_max = 20;
constexpr std::size_t stderr_lines_shown_max = 20;

std::string field(std::string_view label, std::string_view value, const text_style& style) {
  return value.empty() ? std::string{} : labelled(label, printable(value), style, label_columns);
}

std::string yes_or_no(bool value) {
  return value ? "yes" : "no";
}

paint colour_of(const planner_record& record) {
  if (record.admission == admission_state::quarantined || !record.error.empty()) return paint::red;
  return record.admission == admission_state::pending ? paint::yellow : paint::plain;
}

paint colour_of(admission_state state) {
  if (state == admission_state::admitted) return paint::green;
  return state == admission_state::pending ? paint::yellow : paint::red;
}

std::string reliability(const reliability_view& view) {
  return view.score ? fixed(*view.score, 4) : "-";
}

/// An operator's word counts whatever the planner's own verdicts are, so it is told apart from them.
std::string admission_word(const planner_record& record) {
  if (!record.error.empty()) return "error";
  const bool is_reinstated =
      record.admission == admission_state::admitted && record.admission_reason.starts_with("reinstated by an operator");
  return is_reinstated ? "reinstated" : std::string{to_string(record.admission)};
}

/// How the process came to its end, in words; empty: nothing is known.
std::string ending_text(const failure_evidence& evidence) {
  const auto with = [&evidence](std::string_view text) {
    return std::string{text} + (evidence.ending_detail.empty() ? "" : ": " + evidence.ending_detail);
  };
  switch (evidence.ending) {
    case process_ending::none:
      return {};
    case process_ending::exited:
      return "by itself";
    case process_ending::signalled:
      return "by a signal";
    case process_ending::filtered:
      return with("by the system call filter");
    case process_ending::timed_out:
      return with("killed, its time had run out");
    case process_ending::over_limit:
      return with("over a limit");
    case process_ending::protocol_broken:
      return with("killed for what it wrote");
    case process_ending::not_started:
      return "never started";
    case process_ending::insecure:
      return with("before its first byte, its sandbox lacked what is required");
  }
  return {};
}

std::string resources_text(const resource_use& used) {
  if (used == resource_use{}) return {};
  auto result = with_separators(static_cast<std::uint64_t>(std::max<std::int64_t>(used.wall_ms, 0))) + " ms, " +
                with_separators(static_cast<std::uint64_t>(std::max<std::int64_t>(used.cpu_ms, 0))) +
                " ms of processor";
  if (used.peak_memory_bytes > 0) result += ", " + bytes_text(used.peak_memory_bytes);
  return result;
}

/// `known` is what has been said already.
std::string evidence_text(const failure_evidence& evidence, std::string_view known, const text_style& style) {
  auto how = std::string{to_string(evidence.stage)} + ", " + std::string{to_string(evidence.code)};
  if (evidence.exit_code) how += ", exit code " + std::to_string(*evidence.exit_code);
  if (evidence.signal) how += ", signal " + std::to_string(*evidence.signal);
  auto result = field("evidence", how, style);
  result += field("ended", ending_text(evidence), style) + field("used", resources_text(evidence.resources), style);
  if (evidence.message != known) result += field("", evidence.message, style);
  std::vector<std::string> lines;
  for (std::string_view rest = evidence.stderr_tail; !rest.empty();) {
    const auto end = std::min(rest.find('\n'), rest.size());
    lines.push_back(printable(rest.substr(0, end)));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (lines.size() > stderr_lines_shown_max) {
    lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(stderr_lines_shown_max));
  }
  const auto columns = style.columns > label_columns + 8 ? style.columns - label_columns : 8;
  for (std::size_t index = 0; index < lines.size(); ++index) {
    result += labelled(index == 0 ? "stderr" : "", fit(lines[index], columns, style), style, label_columns);
  }
  return result;
}

/// What to do; the line to run, where it ends with one, stands below.
std::string suggestion_text(const std::string& suggestion, const text_style& style) {
  const auto at = suggestion.find(": export ");
  if (at == std::string::npos) return field("to do", suggestion, style);
  return field("to do", suggestion.substr(0, at + 1), style) + copied_line(suggestion.substr(at + 2));
}

/// The admitted that the live list leaves out.
std::vector<std::string> not_live(const planner_list& list) {
  const std::set<std::string_view> live{list.live.begin(), list.live.end()};
  std::vector<std::string> names;
  for (const auto& record : list.planners) {
    if (record.admission == admission_state::admitted && !live.contains(record.name)) {
      names.push_back(printable(record.name));
    }
  }
  return names;
}

}  // namespace

std::string alert_text(const alert& alert, const text_style& style) {
  // The label is painted by hand: bold like the others would not tell an alert from a fact.
  const auto text = labelled("alert", printable(alert.message), {style.columns, false}, label_columns);
  return painted(style, paint::yellow, "alert") + text.substr(std::string_view{"alert"}.size());
}

std::string skipped_text(const std::vector<skipped_planner>& skipped, const text_style& style) {
  auto result = "\n" + painted(style, paint::bold, "left out") + "\n";
  for (std::size_t index = 0; index < std::min(skipped.size(), skipped_shown_max); ++index) {
    std::string reason{to_string(skipped[index].reason)};
    std::replace(reason.begin(), reason.end(), '_', ' ');
    result += printable(skipped[index].name) + ": " + reason + "\n";
    if (!skipped[index].hint.empty()) result += copied_line(skipped[index].hint);
  }
  if (skipped.size() > skipped_shown_max) {
    result += "and " + std::to_string(skipped.size() - skipped_shown_max) + " more (see --json)\n";
  }
  return result;
}

std::string refused_text(const std::vector<import_failure>& failures, const text_style& style) {
  auto result = "\n" + painted(style, paint::bold, "refused") + "\n";
  for (std::size_t index = 0; index < std::min(failures.size(), skipped_shown_max); ++index) {
    const auto& each = failures[index];
    const text_style narrow{style.columns > 2 ? style.columns - 2 : 0, false};
    result += painted(style, paint::red, to_string(each.code)) + "  " + printable(each.where) + "\n";
    for (const auto& line : wrap(printable(each.message), narrow.columns)) result += "  " + line + "\n";
  }
  if (failures.size() > skipped_shown_max) {
    result += "and " + std::to_string(failures.size() - skipped_shown_max) + " more (see --json)\n";
  }
  return result;
}

std::string planners_table(const std::vector<planner_record>& planners, const text_style& style) {
  table rows{{{"planner", alignment::left, true, false, 12},
              {"version", alignment::left, true},
              {"admission"},
              {"reliability", alignment::right},
              {"tier"},
              {"ready"},
              {"sandbox", alignment::left, true},
              {"capabilities", alignment::left, true}}};
  for (const auto& record : planners) {
    rows.add(
        {printable(record.name), printable(record.version), admission_word(record), reliability(record.reliability),
         fit(printable(record.tier), 12, style), yes_or_no(record.production_ready), sandbox_cell(record),
         printable(text::join(record.capabilities, " "))},
        colour_of(record));
  }
  return rows.text(style);
}

std::string list_text(const planner_list& list, const text_style& style) {
  if (list.planners.empty()) {
    auto result = std::string{"No planner was found.\n"};
    if (!list.skipped.empty()) result += skipped_text(list.skipped, style);
    if (list.skipped.empty() && list.import_failures.empty()) {
      result += "Set FACTORY_PLANNER_PATH or --planner-path to a folder with NAME.planner.json files.\n";
    }
    if (!list.import_failures.empty()) result += refused_text(list.import_failures, style);
    return result;
  }
  auto result = planners_table(list.planners, style);
  if (const auto names = not_live(list); !names.empty()) {
    result +=
        labelled("not live:", text::join(names, ", ") + " (reliability below PLANNER_MIN_RELIABILITY)", style, 10);
  }
  std::vector<std::string> besides;
  if (!list.skipped.empty()) besides.push_back(std::to_string(list.skipped.size()) + " left out by configuration");
  if (!list.import_failures.empty()) besides.push_back(std::to_string(list.import_failures.size()) + " refused");
  if (!besides.empty()) result += text::join(besides, ", ") + ": see `planguild discover`\n";
  return result;
}

std::string record_text(const planner_record& record, const text_style& style) {
  const auto& behaviour = record.reliability;
  auto result = painted(style, paint::bold, printable(record.name + " " + record.version)) + "\n";
  result += field("description", record.description, style);
  result += field("capabilities", text::join(record.capabilities, ", "), style);
  result += field("tags", text::join(record.tags, ", "), style);
  result += field("tier", record.tier, style) + field("risk rating", record.risk_rating, style);
  result += field("ready", record.production_ready ? "for production" : "not for production", style);
  auto admission = std::string{to_string(record.admission)};
  if (!record.admission_reason.empty()) admission += ": " + record.admission_reason;
  result += field("admission", admission, style);
  if (record.self_test_passed) result += field("self-test", *record.self_test_passed ? "passed" : "failed", style);
  result += field("error", record.error, style);
  auto history = behaviour.score ? fixed(*behaviour.score, 4) : std::string{"none yet"};
  history += ", " +
             counted(static_cast<std::uint64_t>(std::max<std::int64_t>(behaviour.invocations, 0)), "invocation") +
             ", " + counted(static_cast<std::uint64_t>(std::max<std::int64_t>(behaviour.failures, 0)), "failure");
  if (behaviour.invocations > 0) history += ", " + fixed(behaviour.mean_duration_ms, 0) + " ms on average";
  result += field("reliability", history, style) + field("last error", behaviour.last_error, style);
  result += field("instance",
                  std::string{to_string(record.instance)} + ", generation " + std::to_string(record.generation), style);
  result += record_sandbox_text(record, style, label_columns) + field("source", to_string(record.source), style);
  result += field("manifest", record.where, style) + field("digest", record.digest, style);
  if (record.evidence) result += evidence_text(*record.evidence, record.admission_reason, style);
  return result;
}

std::string discovery_text(const discovery_report& report, const text_style& style) {
  auto result =
      labelled("found",
               counted(report.planners.size(), "planner") + ": " + std::to_string(report.admitted) + " admitted, " +
                   std::to_string(report.pending) + " pending, " + std::to_string(report.quarantined) + " quarantined",
               style, label_columns);
  result += field("planners", text::join(report.planners, ", "), style);
  result += field("signature", report.signature, style);
  if (!report.skipped.empty()) result += skipped_text(report.skipped, style);
  if (!report.import_failures.empty()) result += refused_text(report.import_failures, style);
  if (!report.warnings.empty()) {
    result += "\n" + painted(style, paint::bold, "warnings") + "\n";
    for (const auto& warning : report.warnings) result += labelled("", printable(warning), style, 2);
  }
  return result;
}

std::string health_text(const health_report& report, const text_style& style) {
  auto result = painted(style, report.ready ? paint::green : paint::red, report.ready ? "ready" : "not ready") + "\n";
  result += field("planners",
                  std::to_string(report.active) + " active, " + std::to_string(report.pending) + " pending, " +
                      std::to_string(report.quarantined) + " quarantined, " + counted(report.records, "record"),
                  style);
  const auto mean = report.mean_reliability ? fixed(*report.mean_reliability, 4) : std::string{"none yet"};
  result += field("reliability", mean + " on average, floor " + text::shortest(report.min_reliability), style);
  result += field("refused", counted(report.import_failures, "manifest") + " or roots", style);
  result += field("sandbox", report.sandbox, style);
  for (const auto& alert : report.alerts) result += alert_text(alert, style);
  for (const auto& suggestion : report.suggestions) result += suggestion_text(suggestion, style);
  return result;
}

std::string verdict_text(const admission_verdict& verdict, const planner_record& record, const text_style& style) {
  auto result = painted(style, paint::bold, printable(verdict.name)) + "  " +
                painted(style, colour_of(verdict.state), to_string(verdict.state)) + "\n";
  result += field("reason", verdict.reason, style);
  if (verdict.self_test_passed) result += field("self-test", *verdict.self_test_passed ? "passed" : "failed", style);
  if (verdict.by_operator) result += field("decided by", "an operator", style);
  const auto nothing = record.source == planner_source::builtin ? "none: it is builtin and runs in the host's process"
                                                                : "none: its process was not made";
  result +=
      posture_text(verdict.posture, nothing, style, label_columns) + permissions_text(record, style, label_columns);
  result += field("setting", verdict.conditions, style);
  result += field("digest", verdict.digest, style);
  if (verdict.evidence) result += evidence_text(*verdict.evidence, verdict.reason, style);
  return result;
}

std::string crash_text(const crash_report& report, const text_style& style) {
  const auto& evidence = report.evidence;
  auto result = painted(style, paint::bold, printable(report.name)) + "  " +
                painted(style, paint::red, to_string(evidence.code)) + "\n";
  result += field("when", moment_text(static_cast<double>(evidence.wall_ms) / 1e3), style);
  result += field("message", evidence.message, style);
  result += posture_text(report.posture, "none was on", style, label_columns);
  result += field("digest", report.digest, style);
  return result + evidence_text(evidence, evidence.message, style);
}

}  // namespace planguild::cli
