// Every record of the registry and everything that changes one: discovery results, verdicts, outcomes of invocations,
// news of instances. Views of it (snapshot, list, health) are made from the same records. Owned by the registry actor
// alone, one thread at a time. Knows no clock, store or actor: times are passed in (`now_s`: monotonic seconds;
// `wall_ms`: milliseconds since 1970) and what the owner has to do next is returned. Nothing throws for any input.
// Names are normalised in every call.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/registry/crash_memory.hpp"
#include "actors/registry/recent_selections.hpp"
#include "actors/registry/reliability.hpp"
#include "actors/registry/verdict_memory.hpp"
#include "messages/config.hpp"
#include "messages/discovery.hpp"
#include "messages/environment.hpp"
#include "messages/health.hpp"
#include "messages/instantiation.hpp"
#include "messages/operations.hpp"
#include "messages/planner.hpp"
#include "messages/snapshot.hpp"

namespace planguild {

/// What a discovery did to the records; every list by name.
struct table_changes {
  std::vector<std::string> added;    // admission pending, unless an operator has decided
  std::vector<std::string> changed;  // other bytes: admission pending again, unless an operator has decided
  std::vector<std::string>
      moved;  // the same bytes at another place: history and admission stay, the instance must be told
  std::vector<std::string> removed;  // the record is gone; its instance must be stopped
  std::vector<std::string> unchanged;
};

struct table_counts {
  std::uint64_t records = 0;
  std::uint64_t active = 0;  // admitted and without error
  std::uint64_t admitted = 0;
  std::uint64_t pending = 0;
  std::uint64_t quarantined = 0;
  std::uint64_t with_error = 0;  // admitted, but could not be brought to life last time
  std::uint64_t live = 0;        // a process of theirs runs now
};

/// What an invocation's outcome did.
struct outcome_effect {
  bool lifted = false;  // a quarantine was lifted: the planner is admitted now
  std::optional<reliability_increment>
      increment;                             // for the store; none for outcomes that say nothing about the planner
  std::optional<admission_verdict> verdict;  // for the store, where a quarantine that is kept was lifted
};

/// What is to become of an instance that has died too often.
struct budget_effect {
  budget_decision decision = budget_decision::quarantine;
  std::optional<admission_verdict> verdict;  // for the store; none: nothing new, or nothing that is kept
};

class planner_table {
 public:
  explicit planner_table(config settings);

  /// Takes new settings. Ranking and health use them from now on; verdicts that have fallen stay.
  void configure(config settings);

  // -- what changes records -------------------------------------------------------------------------------------------

  /// Makes the records what `result` says: what is gone is dropped, what has other bytes is pending again, what is new
  /// is added, what is unchanged keeps its history. Reliability stays in every case, even over a removal. An
  /// `unchanged` result changes nothing. At most limits::planners_max records are kept; the rest is left out, by name.
  /// With `anew` (a reload) records that stay are forgotten as well, but for their instance's phase and generation:
  /// they are judged again, by what is known of their bytes.
  table_changes merge(const discovery_result& result, double now_s, bool anew = false);

  /// Puts the import failures of the last discovery, if there are any, into the archive (the last
  /// limits::failure_archives_max are kept, all are counted). Returns how many failures that were.
  std::uint64_t archive_failures(std::int64_t wall_ms);

  /// Takes in what a store remembers; once, before or after the first merge. Operator decisions count at once; verdicts
  /// answer `known_verdict`; reliabilities are aged and added. At most limits::planners_max of each are taken.
  void apply_recall(const store_contents& contents, double now_s, std::int64_t wall_ms);

  /// What a probe has said of the planner's present bytes under the present conditions (FACTORY_SANDBOX, what it is
  /// granted), here or in the store; none: it must be probed.
  std::optional<admission_verdict> known_verdict(std::string_view name) const;

  /// Applies a probe's or an operator's word by the admission rules, and remembers it; that the sandbox did not suffice
  /// is not remembered, since it says nothing about the planner. False if there is no such planner, or it has other
  /// bytes by now (an operator's word is about the name, whatever the bytes).
  bool apply_verdict(const admission_verdict& verdict, double now_s);

  /// Counts a success or failure, whatever bytes it is of. A success of the present bytes clears the record's error,
  /// and lifts a quarantine by the contract's rule: it was running already when the verdict fell, with a self-test that
  /// has not failed, and no operator's word against it; that is remembered as a verdict is. `started_s` is when the
  /// invocation began; none: `now_s` less its duration.
  outcome_effect apply_outcome(const invocation_outcome& result, double now_s, std::int64_t wall_ms,
                               std::optional<double> started_s = {});

  /// Keeps what went wrong with the planner's process as its last crash, until the owner takes it to the store.
  void note_crash(std::string_view name, const failure_evidence& evidence, const sandbox_posture& posture);
  /// Crashes that were noted since the last call.
  std::vector<crash_report> take_new_crashes();

  /// `verdict` with the conditions under which this runtime probes its planner.
  admission_verdict with_conditions(admission_verdict verdict) const;

  /// News of an instance: phase, generation, the record's `error` (set by a failed start, cleared by a success),
  /// evidence.
  void apply_instance_state(const instance_state_changed& news);

  /// An instance has died too often: quarantines it and remembers that as a verdict on its bytes, or says `keep_trying`
  /// if it is the last admitted planner, an operator has reinstated it, quarantine is disabled, or the planner has
  /// other bytes by now. Evidence is kept in all cases but the last.
  budget_effect decide_budget(const restart_budget_spent& report, double now_s);

  /// Remembers that selections have chosen `name` (for the tie-break `least_recent`).
  void note_selections(std::string_view name, std::uint64_t times) { selections_.note(name, times); }

  // -- views ----------------------------------------------------------------------------------------------------------

  /// What ranking sees now. Rows that have not changed since the last one are shared with it, so that this costs a look
  /// at every record.
  snapshot make_snapshot(double now_s, std::uint64_t version);
  /// Import failures of the last discovery, those beyond the bound included.
  std::uint64_t import_failures() const { return last_discovery_.failures.size() + last_discovery_.failures_dropped; }
  /// Discoveries that looked anew.
  std::uint64_t runs() const noexcept { return runs_; }
  /// The part of a stats report that records tell.
  void fill(stats_report& report) const;
  /// The last archives, oldest first.
  std::vector<archived_failures> archives() const { return {archives_.begin(), archives_.end()}; }
  table_counts counts() const;
  bool contains(std::string_view name) const { return find(name) != nullptr; }
  /// All names, sorted.
  std::vector<std::string> names() const;
  /// Names of pending records, sorted.
  std::vector<std::string> pending() const;
  /// What discovery found of `name`; nullptr if there is no record. Valid until the next merge.
  const found_planner* found(std::string_view name) const;
  /// None if there is no record.
  std::optional<admission_state> admission(std::string_view name) const;
  /// The present admission as a verdict, for the store: with the operator's word if there is one.
  std::optional<admission_verdict> current_verdict(std::string_view name) const;
  /// None if there is no such planner. `full`: with the description (cut to limits::description_code_points) and the
  /// evidence's stderr.
  std::optional<planner_record> record(std::string_view name, bool full, double now_s) const;
  /// Records by name, without descriptions and stderr; the live list; skipped planners and import failures of the last
  /// discovery.
  planner_list list(const list_request& request, double now_s) const;
  /// Names in the order of registration: the admitted, and if there are several, without those whose reliability is
  /// below PLANNER_MIN_RELIABILITY.
  std::vector<std::string> live(double now_s) const;
  /// Suggestions are made only when not ready, and then at least one.
  health_report health(const health_request& request, double now_s) const;
  /// What the last discovery found, with the admissions as they are now.
  discovery_report report() const;
  /// The last crash of `name`, whether there is a record or not. Fails with `not_found`, saying whether it is the
  /// planner or a crash that is not known, or `not_allowed`.
  outcome<crash_report> last_crash(std::string_view name) const;
  /// Why `name` was left out by the last discovery; nullptr if it was not. Valid until the next merge.
  const skipped_planner* skipped(std::string_view name) const;
  /// Why `name` cannot be acquired now: `not_found`, `not_allowed` (with the line to set), `quarantined` (with the
  /// reason), `deadline_exceeded` (admission pending). None if it can.
  std::optional<failure> find_failure(std::string_view name) const;
  /// The planner's weights; nullptr if it never had a record.
  const reliability* history(std::string_view name) const;

 private:
  struct record_state {
    found_planner found;
    std::uint64_t sequence = 0;  // order of registration
    admission_state admission = admission_state::pending;
    std::string reason;
    std::optional<bool> self_test_passed;
    bool by_operator = false;
    std::optional<failure_evidence> evidence;
    std::string error;
    sandbox_posture posture;     // of its last process in this runtime
    double verdict_s = 0;        // when it was quarantined
    bool ever_admitted = false;  // its reliability is shown from then on
    instance_phase phase = instance_phase::idle;
    std::uint64_t generation = 1;
    snapshot_rows::shared_row shown;  // in the last snapshot; none: the manifest has changed since

    bool is_active() const { return admission == admission_state::admitted && error.empty(); }
  };
  using records = std::map<std::string, record_state, std::less<>>;

  record_state* find(std::string_view name);
  const record_state* find(std::string_view name) const;
  void add(const found_planner& planner, double now_s);
  void reset_admission(record_state& record, double now_s);
  void set_admission(record_state& record, admission_state state, std::string reason, double now_s);
  void drop_missing(const discovery_result& result, table_changes& changes);
  reliability& history_of(const std::string& name, double now_s);
  std::optional<double> shown_reliability(const std::string& name, const record_state& record, double now_s) const;
  static std::optional<double> shown_score(const reliability& history, const record_state& record, double now_s);
  planner_record make_record(const std::string& name, const record_state& record, bool full, double now_s) const;
  std::string conditions_of(const record_state& record) const;
  std::string sandbox_summary() const;
  std::vector<std::string> suggestions(const table_counts& counts, double now_s) const;
  std::string unknown_message(const std::string& name) const;

  config settings_;
  records records_;
  std::map<std::string, reliability, std::less<>>
      histories_;  // outlives records: a planner that comes back has its past
  verdict_memory verdicts_;
  crash_memory crashes_;
  recent_selections selections_;
  std::uint64_t next_sequence_ = 0;
  std::uint64_t runs_ = 0;           // discoveries that looked anew
  discovery_result last_discovery_;  // without its planners
  std::deque<archived_failures> archives_;
  std::uint64_t archives_made_ = 0;
};

}  // namespace planguild
