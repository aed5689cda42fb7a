// Everything that changes a record. Views are in planner_table_views.cpp. One thread at a time.
#include "actors/registry/planner_table.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "actors/registry/admission_policy.hpp"
#include "messages/grants.hpp"
#include "messages/limits.hpp"
#include "messages/text.hpp"

namespace planguild {
namespace {

bool same_place(const found_planner& a, const found_planner& b) {
  return a.source == b.source && a.path == b.path && a.directory == b.directory;
}

}  // namespace

planner_table::planner_table(config settings) : settings_(std::move(settings)) {}

void planner_table::configure(config settings) {
  settings_ = std::move(settings);
}

planner_table::record_state* planner_table::find(std::string_view name) {
  const auto at = records_.find(text::normalised(name));
  return at == records_.end() ? nullptr : &at->second;
}

const planner_table::record_state* planner_table::find(std::string_view name) const {
  const auto at = records_.find(text::normalised(name));
  return at == records_.end() ? nullptr : &at->second;
}

reliability& planner_table::history_of(const std::string& name, double now_s) {
  return histories_.try_emplace(name, settings_.decay_half_life_s, now_s).first->second;
}

void planner_table::set_admission(record_state& record, admission_state state, std::string reason, double now_s) {
  record.admission = state;
  record.reason = std::move(reason);
  record.ever_admitted = record.ever_admitted || state == admission_state::admitted;
  if (state == admission_state::quarantined) {
    record.verdict_s = now_s;
  }
}

/// Forgets what was known of the bytes; an operator's word stays.
void planner_table::reset_admission(record_state& record, double now_s) {
  record.self_test_passed.reset();
  record.evidence.reset();
  record.error.clear();
  const auto decision = verdicts_.operator_decision(record.found.manifest.name);
  record.by_operator = decision.has_value();
  const auto decided = decision ? decide(*decision, record.found.manifest, settings_)
                                : admission_decision{admission_state::pending, "", ""};
  set_admission(record, decided.state, decided.reason, now_s);
}

void planner_table::add(const found_planner& planner, double now_s) {
  const auto& name = planner.manifest.name;
  auto& record = records_[name];
  record.found = planner;
  record.shown.reset();
  record.sequence = next_sequence_++;
  history_of(name, now_s);
  reset_admission(record, now_s);
}

void planner_table::drop_missing(const discovery_result& result, table_changes& changes) {
  std::set<std::string_view> present;
  for (const auto& planner : result.planners) {
    present.insert(planner.manifest.name);
  }
  for (auto at = records_.begin(); at != records_.end();) {
    if (present.contains(at->first)) {
      ++at;
      continue;
    }
    changes.removed.push_back(at->first);
    // Histories of planners that are gone are kept only within the bound of planners that may exist.
    if (histories_.size() > limits::planners_max) {
      histories_.erase(at->first);
    }
    at = records_.erase(at);
  }
}

table_changes planner_table::merge(const discovery_result& result, double now_s, bool anew) {
  table_changes changes;
  if (result.unchanged) {
    last_discovery_.unchanged = true;
    changes.unchanged = names();
    return changes;
  }
  ++runs_;
  drop_missing(result, changes);
  for (const auto& planner : result.planners) {
    const auto at = records_.find(planner.manifest.name);
    if (at == records_.end()) {
      if (records_.size() < limits::planners_max) {
        add(planner, now_s);
        changes.added.push_back(planner.manifest.name);
      }
      continue;
    }
    auto& record = at->second;
    const bool same_bytes = record.found.digest == planner.digest;
    const bool stayed = same_place(record.found, planner);
    record.found = planner;
    record.shown.reset();
    if (!same_bytes || anew) {
      reset_admission(record, now_s);
    }
    (!same_bytes ? changes.changed : !stayed ? changes.moved : changes.unchanged).push_back(at->first);
  }
  for (auto* list : {&changes.added, &changes.changed, &changes.moved, &changes.unchanged}) {
    std::sort(list->begin(), list->end());
  }
  last_discovery_ = result;
  last_discovery_.planners.clear();
  return changes;
}

std::uint64_t planner_table::archive_failures(std::int64_t wall_ms) {
  const auto count = import_failures();
  if (count == 0) {
    return 0;
  }
  archives_.push_back({static_cast<double>(wall_ms) / 1'000.0, std::exchange(last_discovery_.failures, {})});
  last_discovery_.failures_dropped = 0;
  ++archives_made_;
  if (archives_.size() > limits::failure_archives_max) {
    archives_.pop_front();
  }
  return count;
}

void planner_table::apply_recall(const store_contents& contents, double now_s, std::int64_t wall_ms) {
  const auto decided_here = verdicts_;
  for (const auto& verdict : contents.verdicts) {
    if (verdict.by_operator && decided_here.operator_decision(verdict.name)) {
      continue;  // an operator was faster than the store, and speaks later than it remembers
    }
    verdicts_.remember(verdict);
    auto* record = verdict.by_operator ? find(verdict.name) : nullptr;
    if (record != nullptr && verdict.state != admission_state::pending) {
      record->by_operator = true;
      auto decided = decide(verdict, record->found.manifest, settings_);
      set_admission(*record, decided.state, std::move(decided.reason), now_s);
    }
  }
  crashes_.recall(contents.crashes);
  for (const auto& stored : contents.reliabilities) {
    if (histories_.size() < limits::planners_max || histories_.contains(stored.name)) {
      history_of(stored.name, now_s).recall(stored, now_s, wall_ms);
    }
  }
}

std::optional<admission_verdict> planner_table::known_verdict(std::string_view name) const {
  const auto* record = find(name);
  if (record == nullptr) {
    return std::nullopt;
  }
  auto known = verdicts_.find(record->found.manifest.name, record->found.digest);
  if (!known || known->conditions != conditions_of(*record)) {
    return std::nullopt;
  }
  known->posture = {};  // of a process that is gone
  return known;
}

std::string planner_table::conditions_of(const record_state& record) const {
  return probe_conditions(settings_.sandbox, settings_.grants, record.found.manifest);
}

admission_verdict planner_table::with_conditions(admission_verdict verdict) const {
  const auto* record = verdict.by_operator ? nullptr : find(verdict.name);
  verdict.conditions = record == nullptr ? std::string{} : conditions_of(*record);
  return verdict;
}

void planner_table::note_crash(std::string_view name, const failure_evidence& evidence,
                               const sandbox_posture& posture) {
  if (const auto* record = find(name)) {
    crashes_.note({record->found.manifest.name, record->found.digest, evidence, posture});
  }
}

std::vector<crash_report> planner_table::take_new_crashes() {
  return crashes_.take_new();
}

bool planner_table::apply_verdict(const admission_verdict& verdict, double now_s) {
  auto* record = find(verdict.name);
  if (record == nullptr || (!verdict.by_operator && verdict.digest != record->found.digest)) {
    return false;
  }
  auto kept = verdict;
  kept.name = record->found.manifest.name;
  if (!is_insecure(verdict)) {
    verdicts_.remember(with_conditions(std::move(kept)));
  }
  if (!verdict.by_operator) {
    if (verdict.posture != sandbox_posture{}) record->posture = verdict.posture;
    record->self_test_passed = verdict.self_test_passed;
    // A probe that passes refutes an earlier probe, but no crash at work.
    const bool is_of_probe = record->evidence && (record->evidence->stage == planner_stage::load ||
                                                  record->evidence->stage == planner_stage::handshake ||
                                                  record->evidence->stage == planner_stage::self_test);
    if (verdict.evidence || is_of_probe) record->evidence = verdict.evidence;
    if (record->by_operator) {
      return true;
    }
  }
  record->by_operator = verdict.by_operator;
  auto decided = decide(verdict, record->found.manifest, settings_);
  if (!verdict.by_operator) {
    record->error = std::move(decided.error);
  } else if (decided.state == admission_state::admitted) {
    record->error.clear();  // reinstated means: may be chosen again
  }
  set_admission(*record, decided.state, std::move(decided.reason), now_s);
  return true;
}

outcome_effect planner_table::apply_outcome(const invocation_outcome& result, double now_s, std::int64_t wall_ms,
                                            std::optional<double> started_s) {
  outcome_effect effect;
  auto* record = find(result.name);
  if (record == nullptr || result.verdict == invocation_verdict::ignored) {
    return effect;
  }
  const auto& name = record->found.manifest.name;
  const bool success = result.verdict == invocation_verdict::success;
  const double duration_ms = result.duration_s * 1'000.0;
  history_of(name, now_s).update(success, duration_ms, result.error, now_s);
  effect.increment = reliability_increment{
      name, success, duration_ms, success ? std::string{} : result.error, wall_ms, settings_.decay_half_life_s};
  if (!success || result.digest != record->found.digest) {
    return effect;  // what former bytes can do says nothing of whether the present ones may be used
  }
  record->error.clear();
  const double started = started_s.value_or(now_s - result.duration_s);
  if (record->admission == admission_state::quarantined && !record->by_operator && record->self_test_passed != false &&
      started <= record->verdict_s) {
    set_admission(*record, admission_state::admitted,
                  "an invocation that was running when it was quarantined succeeded", now_s);
    effect.lifted = true;
    if (auto verdict = current_verdict(name); !is_insecure(*verdict)) {
      verdicts_.remember(*verdict);
      effect.verdict = std::move(verdict);
    }
  }
  return effect;
}

void planner_table::apply_instance_state(const instance_state_changed& news) {
  auto* record = find(news.name);
  if (record == nullptr) {
    return;
  }
  record->phase = news.phase;
  record->generation = news.generation;
  if (!news.error.empty()) {
    record->error = news.error;
  } else if (news.phase == instance_phase::running || news.start_duration_s > 0) {
    record->error.clear();
  }
  if (news.posture != sandbox_posture{}) {
    record->posture = news.posture;
  }
  if (news.evidence) {
    record->evidence = news.evidence;
    note_crash(news.name, *news.evidence, news.posture);
  }
}

budget_effect planner_table::decide_budget(const restart_budget_spent& report, double now_s) {
  auto* record = find(report.name);
  if (record == nullptr) {
    return {budget_decision::quarantine, {}};
  }
  if (report.digest != record->found.digest) {
    return {budget_decision::keep_trying, {}};  // its instance is on the way to the present bytes
  }
  record->evidence = report.evidence;
  if (record->admission == admission_state::quarantined) {
    return {budget_decision::quarantine, {}};  // for its present reason, which may be an operator's
  }
  const bool last = record->admission == admission_state::admitted && counts().admitted == 1;
  if (settings_.disable_quarantine || last || record->by_operator) {
    return {budget_decision::keep_trying, {}};  // an operator's word holds until an operator takes it back
  }
  set_admission(*record, admission_state::quarantined,
                "it died more than " + std::to_string(limits::restarts_max) + " times in " +
                    std::to_string(limits::restart_window_ms / 1'000) + " s: " + report.evidence.message,
                now_s);
  auto verdict = current_verdict(report.name);
  if (is_insecure(*verdict)) {
    return {budget_decision::quarantine, {}};
  }
  verdicts_.remember(*verdict);
  return {budget_decision::quarantine, std::move(verdict)};
}

}  // namespace planguild
