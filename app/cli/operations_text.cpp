// The answers to what operators ask, as text. Owned by the command; pure functions, any thread.
#include "app/cli/operations_text.hpp"

#include <algorithm>

#include "app/cli/catalogue_text.hpp"
#include "app/cli/measures.hpp"
#include "app/cli/table.hpp"
#include "messages/text.hpp"

namespace planguild::cli {
namespace {

constexpr std::size_t label_columns = 14;
constexpr std::size_t profile_label_columns = 16;

std::string field(std::string_view label, std::string_view value, const text_style& style) {
  return value.empty() ? std::string{} : labelled(label, printable(value), style, label_columns);
}

std::string planners_line(const stats_report& report) {
  return with_separators(report.active) + " active, " + with_separators(report.pending) + " pending, " +
         with_separators(report.quarantined) + " quarantined, " + counted(report.records, "record");
}

/// Where a time is unknown: nothing was counted.
std::string duration_or_none(const histogram_summary& durations, double seconds) {
  return durations.count == 0 ? std::string{"-"} : duration_text(seconds);
}

std::string selection_rows(const std::vector<selection_sample>& samples, const text_style& style) {
  table rows{{{"time"},
              {"took", alignment::right},
              {"best", alignment::left, true, false, 12},
              {"score", alignment::right},
              {"of", alignment::right},
              {"objective", alignment::right},
              {"context"},
              {"required", alignment::left, true}}};
  for (const auto& sample : samples) {
    std::string context = sample.deep_index ? "index" : "";
    if (sample.hotspots > 0) {
      context += (context.empty() ? "" : ", ") + counted(static_cast<std::uint64_t>(sample.hotspots), "hotspot");
    }
    rows.add({time_of_day_text(sample.ts), duration_text(sample.duration_s), printable(sample.best),
              fixed(sample.score, 4), with_separators(sample.candidates_considered),
              with_separators(sample.objective_len), context, printable(text::join(sample.required_caps, " "))},
             sample.best.empty() ? paint::yellow : paint::plain);
  }
  return rows.text(style);
}

std::string instantiation_rows(const std::vector<instantiation_sample>& samples, const text_style& style) {
  table rows{{{"time"}, {"took", alignment::right}, {"planner", alignment::left, true, false, 12}}};
  for (const auto& sample : samples) {
    rows.add({time_of_day_text(sample.ts), duration_text(sample.duration_s), printable(sample.name)});
  }
  return rows.text(style);
}

std::string invocation_rows(const std::vector<invocation_sample>& samples, const text_style& style) {
  table rows{{{"time"}, {"took", alignment::right}, {"planner", alignment::left, true, false, 12}, {"outcome"}}};
  for (const auto& sample : samples) {
    rows.add({time_of_day_text(sample.ts), duration_text(sample.duration_s), printable(sample.name),
              printable(sample.outcome)},
             sample.outcome == "ok" ? paint::plain : paint::red);
  }
  return rows.text(style);
}

/// The title row and the samples; empty where there are none.
std::string sample_rows(const samples& kept, sample_kind kind, const text_style& style) {
  switch (kind) {
    case sample_kind::selection:
      return kept.selections.empty() ? std::string{} : selection_rows(kept.selections, style);
    case sample_kind::instantiation:
      return kept.instantiations.empty() ? std::string{} : instantiation_rows(kept.instantiations, style);
    case sample_kind::invocation:
      return kept.invocations.empty() ? std::string{} : invocation_rows(kept.invocations, style);
  }
  return {};
}

/// Those from before this runtime, under a line that gives their day; empty where there are none.
std::string earlier_rows(const samples& earlier, sample_kind kind, const text_style& style) {
  const auto rows = sample_rows(earlier, kind, style);
  if (rows.empty()) return rows;
  const auto count = earlier.selections.size() + earlier.instantiations.size() + earlier.invocations.size();
  const auto first_ts = !earlier.selections.empty()       ? earlier.selections.front().ts
                        : !earlier.instantiations.empty() ? earlier.instantiations.front().ts
                                                          : earlier.invocations.front().ts;
  const auto from = with_separators(count) + " taken before this runtime began, from " + moment_text(first_ts) + " on";
  return labelled("earlier", from, style, profile_label_columns) + rows;
}

}  // namespace

std::string heal_text(const heal_report& report, const text_style& style) {
  const bool active = report.after_active > 0;
  const auto* verdict = report.before_active > 0 ? "nothing to heal" : active ? "healed" : "not healed";
  auto result = painted(style, active ? paint::green : paint::red, verdict) + "\n";
  result +=
      field("active",
            with_separators(report.before_active) + " before, " + with_separators(report.after_active) + " now", style);
  auto attempts = counted(report.attempts, "attempt");
  if (report.cooldown_skip) attempts += "; the last heal began less than five seconds ago: ask again later";
  result += field("attempts", attempts, style);
  if (!active) result += field("to do", "look at `planguild health` and `planguild doctor`", style);
  return result;
}

std::string reload_text(const reload_report& report, const text_style& style) {
  auto result = painted(style, paint::green, "reloaded") + "\n";
  result += field("archived", counted(report.archived_failures, "import failure"), style);
  result += field("draining", counted(report.instances_draining, "instance"), style);
  return result + discovery_text(report.discovery, style);
}

std::string decision_text(const planner_record& record, const std::string& memory_only, const text_style& style) {
  const bool admitted = record.admission == admission_state::admitted;
  auto result = painted(style, paint::bold, printable(record.name)) + "  " +
                painted(style, admitted ? paint::green : paint::red, to_string(record.admission)) + "\n";
  result += field("reason", record.admission_reason, style);
  result += field("until",
                  admitted ? "somebody quarantines it: its own verdicts do not count meanwhile"
                           : "somebody reinstates it: planguild reinstate " + record.name,
                  style);
  if (!memory_only.empty()) {
    result += field("kept", "no: it ends with the running runtime, which stores nothing: " + memory_only, style);
  }
  result += field("error", record.error, style);
  return result;
}

std::string configure_text(const configure_report& report, const text_style& style) {
  std::string result;
  if (report.changes.empty()) {
    result = "Nothing is different: these values were set already.\n";
  } else {
    table rows{{{"variable"}, {"before", alignment::left, true}, {"now", alignment::left, true, false, 12}}};
    for (const auto& change : report.changes) {
      rows.add({printable(change.variable), change.before.empty() ? "(empty)" : printable(change.before),
                change.after.empty() ? "(empty)" : printable(change.after)});
    }
    result = rows.text(style);
  }
  for (const auto& note : report.notes) result += labelled("note:", printable(note), style, 6);
  return result;
}

std::string counters_text(const stats_report& report, const text_style& style) {
  auto result = field("planners", planners_line(report), style);
  result +=
      field("instances",
            with_separators(report.instantiated) + " live; " + counted(report.total_instantiations, "construction") +
                " since start, " + counted(report.starts_joined, "acquire") + " joined one under way",
            style);
  result += field("selections", with_separators(report.selections), style);
  result += field("invocations", with_separators(report.invocations), style);
  result +=
      field("discovery",
            report.discovered ? counted(report.runs, "run") + ", signature " + report.signature : "none yet", style);
  result += field("refused",
                  counted(report.import_failures, "manifest") + " or roots; " +
                      counted(report.archived_failures_count, "reload") + " put earlier ones away",
                  style);
  if (!report.memory_only.empty()) {
    result += field("store", "none, verdicts and decisions end with this runtime: " + report.memory_only, style);
  }
  return result;
}

std::string stats_text(const stats_report& report, const text_style& style) {
  auto title = "planguild " + report.version + ", up " + uptime_text(report.uptime_s);
  if (report.resident_bytes > 0) title += ", " + bytes_text(report.resident_bytes) + " resident";
  auto result = painted(style, paint::bold, printable(title)) + "\n" + counters_text(report, style);
  if (!report.import_failure_details.empty()) result += refused_text(report.import_failure_details, style);
  return result;
}

std::string profile_text(const profile_report& report, sample_kind kind, bool with_samples, const text_style& style) {
  const auto& durations = report.durations;
  auto counts = with_separators(report.counted) + " counted";
  if (report.overwritten > 0) counts += ", " + with_separators(report.overwritten) + " overwritten";
  if (report.trimmed > 0) counts += ", " + with_separators(report.trimmed) + " trimmed";
  if (report.dropped > 0) counts += ", " + with_separators(report.dropped) + " dropped";
  auto result = labelled(std::string{to_string(kind)} + "s", counts, style, profile_label_columns);
  result += labelled("took",
                     "mean " + duration_or_none(durations, durations.mean_s) + ", p50 " +
                         duration_or_none(durations, durations.p50_s) + ", p99 " +
                         duration_or_none(durations, durations.p99_s) + ", max " +
                         duration_or_none(durations, durations.max_s),
                     style, profile_label_columns);
  if (!with_samples) return result;
  const auto earlier = earlier_rows(report.earlier, kind, style);
  const auto rows = sample_rows(report.kept, kind, style);
  result += earlier;
  if (!earlier.empty() && !rows.empty()) result += "\n";
  return result + (earlier.empty() && rows.empty() ? "No samples.\n" : rows);
}

}  // namespace planguild::cli
