// Is there enough to work with, and if not, what to do about it. One thread at a time.
#include <algorithm>
#include <utility>

#include "actors/registry/planner_table.hpp"
#include "messages/sandbox_text.hpp"
#include "messages/text.hpp"

namespace planguild {
namespace {

/// Planners that are named one by one; with more than these the command that lists them is given.
constexpr std::size_t suggestions_per_kind_max = 3;

}  // namespace

void planner_table::fill(stats_report& report) const {
  const auto now = counts();
  report.runs = runs_;
  report.signature = last_discovery_.signature;
  report.active = now.active;
  report.pending = now.pending;
  report.quarantined = now.quarantined;
  report.instantiated = now.live;
  report.records = now.records;
  report.import_failures = import_failures();
  report.import_failure_details = last_discovery_.failures;
  report.archived_failures_count = archives_made_;
}

health_report planner_table::health(const health_request& request, double now_s) const {
  const auto now = counts();
  health_report report;
  report.ready = now.active >= request.min_required;
  report.active = now.active;
  report.pending = now.pending;
  report.quarantined = now.quarantined;
  report.records = now.records;
  report.import_failures = import_failures();
  report.min_reliability = settings_.min_reliability;
  report.sandbox = sandbox_summary();
  double sum = 0;
  std::size_t known = 0;
  for (const auto& [name, record] : records_) {
    if (const auto score = shown_reliability(name, record, now_s)) {
      sum += *score;
      ++known;
    }
  }
  if (known > 0) {
    report.mean_reliability = text::rounded(sum / static_cast<double>(known), 4);
  }
  if (!report.ready) {
    report.suggestions = suggestions(now, now_s);
  }
  return report;
}

/// The setting, the guarantees that hold for every active planner that was started, and who lacks which.
std::string planner_table::sandbox_summary() const {
  auto result = sandbox_policy_text(settings_.sandbox);
  std::vector<std::string> weakest(guarantees.begin(), guarantees.end());
  std::uint64_t started = 0;
  std::uint64_t not_started = 0;
  std::uint64_t builtin = 0;
  for (const auto& [name, record] : records_) {
    if (!record.is_active()) {
      continue;
    }
    if (record.found.manifest.entry.kind == entry_kind::builtin) {
      ++builtin;
    } else if (record.posture == sandbox_posture{}) {
      ++not_started;
    } else {
      ++started;
      const auto& holds = record.posture.holds;
      std::erase_if(weakest,
                    [&holds](const auto& each) { return std::find(holds.begin(), holds.end(), each) == holds.end(); });
    }
  }
  if (started > 0) {
    result += "; of " + std::to_string(started) +
              " started: " + (weakest.empty() ? std::string{"no guarantee holds for all"} : text::join(weakest, ", "));
  }
  if (not_started > 0) {
    result += "; " + std::to_string(not_started) + " not started yet";
  }
  if (builtin > 0) {
    result += "; " + std::to_string(builtin) + " builtin, without a sandbox";
  }
  return result;
}

std::vector<std::string> planner_table::suggestions(const table_counts& counts, double now_s) const {
  std::vector<std::string> result;
  if (counts.pending > 0) {
    result.push_back("Wait for " + std::to_string(counts.pending) +
                     " admissions that are not decided yet, then ask for health again");
  }
  std::size_t quarantined = 0;
  std::size_t failing = 0;
  double best_below_floor = -1;
  for (const auto& [name, record] : records_) {
    if (record.admission == admission_state::quarantined && ++quarantined <= suggestions_per_kind_max) {
      result.push_back(record.by_operator
                           ? "Reinstate " + name + ", which an operator quarantined"
                           : "Run `planguild probe " + name + "` and look at its evidence: " + record.reason);
    }
    if (record.admission == admission_state::admitted && !record.error.empty() &&
        ++failing <= suggestions_per_kind_max) {
      result.push_back("Run `planguild probe " + name + "`, which could not be started: " + record.error);
    }
    const double score = shown_reliability(name, record, now_s).value_or(settings_.default_reliability);
    if (record.is_active() && score < settings_.min_reliability) {
      best_below_floor = std::max(best_below_floor, score);
    }
  }
  if (quarantined > suggestions_per_kind_max || failing > suggestions_per_kind_max) {
    result.emplace_back("Run `planguild list` to see every planner that is quarantined or cannot be started");
  }
  if (best_below_floor >= 0) {
    result.push_back("Lower FACTORY_MIN_RELIABILITY to " + text::shortest(lasting_floor(best_below_floor)) +
                     " or less, so that active planners can be chosen");
  }
  std::size_t left_out = 0;
  for (const auto& planner : last_discovery_.skipped) {
    if (++left_out <= suggestions_per_kind_max) {
      result.push_back("Let " + planner.name + " in: " + planner.hint);
    }
  }
  if (const auto failures = import_failures(); failures > 0) {
    result.push_back("Run `planguild discover` and repair what could not be imported (" + std::to_string(failures) +
                     ")");
  }
  if (result.empty()) {
    result.emplace_back("Put more planners under FACTORY_PLANNER_PATH and their names into FACTORY_ALLOWED_PLANNERS");
  }
  return result;
}

}  // namespace planguild
