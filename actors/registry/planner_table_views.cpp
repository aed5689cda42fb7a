// Views of the records: snapshot, public records, failures. Health is in planner_table_health.cpp. One thread at a
// time.
#include <algorithm>
#include <cmath>
#include <utility>

#include "actors/registry/planner_table.hpp"
#include "messages/grants.hpp"
#include "messages/limits.hpp"
#include "messages/sandbox_text.hpp"
#include "messages/scrub.hpp"
#include "messages/text.hpp"

namespace planguild {
namespace {

/// Names that a message lists before it says how many more there are.
constexpr std::size_t names_in_message_max = 8;

std::string skipped_message(const skipped_planner& planner) {
  switch (planner.reason) {
    case skip_reason::not_allowed:
      return "Planner not in ALLOWED_PLANNERS: " + planner.name + "; " + planner.hint;
    case skip_reason::excluded:
      return "Planner in OVERMIND_PLANNER_EXCLUDE: " + planner.name + "; " + planner.hint;
    case skip_reason::blocked:
      break;
  }
  return "Planner in PLANNERS_BLOCK: " + planner.name + "; " + planner.hint;
}

}  // namespace

std::optional<double> planner_table::shown_score(const reliability& history, const record_state& record, double now_s) {
  if (record.admission == admission_state::pending || !record.ever_admitted) {
    return std::nullopt;
  }
  return text::rounded(history.score(now_s), 4);
}

std::optional<double> planner_table::shown_reliability(const std::string& name, const record_state& record,
                                                       double now_s) const {
  const auto at = histories_.find(name);
  return at == histories_.end() ? std::nullopt : shown_score(at->second, record, now_s);
}

snapshot planner_table::make_snapshot(double now_s, std::uint64_t version) {
  snapshot view;
  view.version = version;
  view.made_at_ms = std::llround(now_s * 1'000.0);
  view.config = settings_.ranking();
  view.profile_selections = settings_.profile_selection;
  view.rows.reserve(records_.size());
  // Records, histories and counts are all by name: walking them together saves two look-ups for each record.
  auto history = histories_.begin();
  auto counted = selections_.counts().begin();
  const auto last_counted = selections_.counts().end();
  for (auto& [name, record] : records_) {
    while (history != histories_.end() && history->first < name) {
      ++history;
    }
    while (counted != last_counted && counted->first < name) {
      ++counted;
    }
    const bool has_history = history != histories_.end() && history->first == name;
    const auto reliability = has_history ? shown_score(history->second, record, now_s) : std::nullopt;
    const auto selections = counted != last_counted && counted->first == name ? counted->second : 0;
    const auto* shown = record.shown.get();
    if (shown == nullptr || shown->admission != record.admission || shown->reliability != reliability ||
        shown->selections != selections || shown->error != record.error) {
      const auto& manifest = record.found.manifest;
      record.shown = std::make_shared<const snapshot_row>(
          snapshot_row{name, manifest.capabilities, manifest.tier, manifest.production_ready, record.admission,
                       record.error, reliability, record.found.entry_time_ns, selections});
    }
    view.rows.push_back(record.shown);
  }
  return view;
}

table_counts planner_table::counts() const {
  table_counts counts;
  counts.records = records_.size();
  for (const auto& [name, record] : records_) {
    counts.live += record.phase == instance_phase::running ? 1 : 0;
    switch (record.admission) {
      case admission_state::pending:
        ++counts.pending;
        break;
      case admission_state::quarantined:
        ++counts.quarantined;
        break;
      case admission_state::admitted:
        ++counts.admitted;
        ++(record.error.empty() ? counts.active : counts.with_error);
        break;
    }
  }
  return counts;
}

std::vector<std::string> planner_table::names() const {
  std::vector<std::string> result;
  result.reserve(records_.size());
  for (const auto& [name, record] : records_) {
    result.push_back(name);
  }
  return result;
}

std::vector<std::string> planner_table::pending() const {
  std::vector<std::string> result;
  for (const auto& [name, record] : records_) {
    if (record.admission == admission_state::pending) {
      result.push_back(name);
    }
  }
  return result;
}

const found_planner* planner_table::found(std::string_view name) const {
  const auto* record = find(name);
  return record == nullptr ? nullptr : &record->found;
}

std::optional<admission_state> planner_table::admission(std::string_view name) const {
  const auto* record = find(name);
  return record == nullptr ? std::nullopt : std::optional{record->admission};
}

std::optional<admission_verdict> planner_table::current_verdict(std::string_view name) const {
  const auto* record = find(name);
  if (record == nullptr) {
    return std::nullopt;
  }
  admission_verdict verdict{record->found.manifest.name,
                            record->found.digest,
                            record->admission,
                            record->self_test_passed,
                            record->by_operator,
                            record->reason,
                            record->evidence,
                            {},
                            record->posture};
  return with_conditions(std::move(verdict));
}

planner_record planner_table::make_record(const std::string& name, const record_state& record, bool full,
                                          double now_s) const {
  const auto& manifest = record.found.manifest;
  planner_record result;
  result.name = name;
  result.version = manifest.version;
  if (full) {
    result.description = text::cut_code_points(manifest.description, limits::description_code_points);
  }
  result.capabilities = manifest.capabilities;
  result.tags = manifest.tags;
  result.tier = manifest.tier;
  result.risk_rating = manifest.risk_rating;
  result.production_ready = manifest.production_ready;
  result.admission = record.admission;
  result.admission_reason = record.reason;
  result.self_test_passed = record.self_test_passed;
  result.error = record.error;
  if (const auto at = histories_.find(name); at != histories_.end()) {
    result.reliability = at->second.view(now_s);
  }
  result.reliability.score = shown_reliability(name, record, now_s);
  result.instance = record.phase;
  result.generation = record.generation;
  result.sandbox = sandbox_text(record.posture);
  result.posture = record.posture;
  const auto granted = granted_to(settings_.grants, name);
  result.requested = manifest.permissions;
  result.granted = effective_grants(manifest.permissions, granted);
  result.grants_needed = grants_needed(settings_.grants, name, manifest.permissions);
  result.source = record.found.source;
  result.where = record.found.path;
  result.digest = record.found.digest;
  result.entry_time_ns = record.found.entry_time_ns;
  result.selections = selections_.count(name);
  result.evidence = record.evidence;
  if (result.evidence && !full) {
    result.evidence->stderr_tail.clear();
  }
  return result;
}

std::optional<planner_record> planner_table::record(std::string_view name, bool full, double now_s) const {
  const auto* known = find(name);
  return known == nullptr ? std::nullopt : std::optional{make_record(known->found.manifest.name, *known, full, now_s)};
}

planner_list planner_table::list(const list_request& request, double now_s) const {
  planner_list result;
  for (const auto& [name, record] : records_) {
    const bool hidden = (record.admission == admission_state::quarantined && !request.include_quarantined) ||
                        (!record.error.empty() && !request.include_errors);
    if (!hidden) {
      result.planners.push_back(make_record(name, record, false, now_s));
    }
  }
  result.live = live(now_s);
  result.skipped = last_discovery_.skipped;
  result.import_failures = last_discovery_.failures;
  return result;
}

std::vector<std::string> planner_table::live(double now_s) const {
  std::vector<std::pair<std::uint64_t, std::string>> admitted;
  for (const auto& [name, record] : records_) {
    if (record.admission == admission_state::admitted) {
      admitted.emplace_back(record.sequence, name);
    }
  }
  std::sort(admitted.begin(), admitted.end());
  std::vector<std::string> result;
  for (auto& [sequence, name] : admitted) {
    const auto history = histories_.find(name);
    const bool reliable = history == histories_.end() || history->second.score(now_s) >= settings_.live_min_reliability;
    if (admitted.size() == 1 || reliable) {
      result.push_back(std::move(name));
    }
  }
  return result;
}

discovery_report planner_table::report() const {
  const auto now = counts();
  discovery_report result;
  result.signature = last_discovery_.signature;
  result.unchanged = last_discovery_.unchanged;
  result.runs = runs_;
  result.admitted = now.admitted;
  result.pending = now.pending;
  result.quarantined = now.quarantined;
  result.planners = names();
  result.import_failures = last_discovery_.failures;
  result.skipped = last_discovery_.skipped;
  result.warnings = last_discovery_.warnings;
  return result;
}

const skipped_planner* planner_table::skipped(std::string_view name) const {
  const auto key = text::normalised(name);
  const auto at = std::find_if(last_discovery_.skipped.begin(), last_discovery_.skipped.end(),
                               [&key](const auto& planner) { return text::normalised(planner.name) == key; });
  return at == last_discovery_.skipped.end() ? nullptr : &*at;
}

/// "no planner named X …", with the manifest of that name that was refused, or the names that there are.
std::string planner_table::unknown_message(const std::string& name) const {
  std::string message = "no planner named \"" + name + "\" is known";
  const std::string file = "/" + name + ".planner.json";
  for (const auto& problem : last_discovery_.failures) {
    if (text::lower(problem.where).ends_with(file)) {
      return message + "; its manifest was refused: " + problem.message;
    }
  }
  if (std::find(settings_.allowed_planners.begin(), settings_.allowed_planners.end(), name) !=
      settings_.allowed_planners.end()) {
    message += "; it is allowed, but no manifest of that name was found";
  }
  if (records_.empty()) {
    return message + "; there are none (`planguild discover` shows where they were looked for)";
  }
  std::vector<std::string> some;
  for (const auto& [known, record] : records_) {
    if (some.size() == names_in_message_max) {
      some.push_back("… (" + std::to_string(records_.size()) + " in all)");
      break;
    }
    some.push_back(known);
  }
  return message + "; known: " + text::join(some, ", ");
}

std::optional<failure> planner_table::find_failure(std::string_view name) const {
  const auto key = text::normalised(name);
  const auto at = records_.find(key);
  if (at == records_.end()) {
    if (const auto* left_out = skipped(key)) {
      return make_failure(failure_code::not_allowed, skipped_message(*left_out), left_out->name);
    }
    const auto shown = scrubbed_label(key, limits::planner_name_bytes_max);
    return make_failure(failure_code::not_found, unknown_message(shown), shown);
  }
  switch (at->second.admission) {
    case admission_state::pending:
      return make_failure(failure_code::deadline_exceeded, "its admission is not decided yet", key);
    case admission_state::quarantined:
      if (!at->second.by_operator && at->second.evidence && at->second.evidence->ending == process_ending::insecure) {
        return make_failure(failure_code::sandbox_insufficient, at->second.reason, key);
      }
      return make_failure(
          failure_code::quarantined,
          "the planner is quarantined: " + at->second.reason + " (`planguild describe " + key + "` shows the evidence)",
          key);
    case admission_state::admitted:
      break;
  }
  return std::nullopt;
}

outcome<crash_report> planner_table::last_crash(std::string_view name) const {
  const auto key = text::normalised(name);
  if (const auto* report = crashes_.find(key)) {
    return *report;
  }
  if (!records_.contains(key)) {
    return *find_failure(key);
  }
  return make_failure(failure_code::not_found, "no crash of " + key + " is known: nothing went wrong with it yet", key);
}

const reliability* planner_table::history(std::string_view name) const {
  const auto at = histories_.find(text::normalised(name));
  return at == histories_.end() ? nullptr : &at->second;
}

}  // namespace planguild
