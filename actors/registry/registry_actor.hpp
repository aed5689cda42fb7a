// The registry: the single writer of everything that is known of planners, and the door of the runtime. A thin shell:
// what decides something is planner_table, ranking, admission_queue, waiting_room, self_heal, alert_rules. Owned by the
// runtime; runs on the scheduler; blocks never. It owns the instantiation actors, one per planner, spawned on first
// need. All samples of the actors' work go through it, so that its counters and the profiler's are of one moment.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "actors/registry/admission_queue.hpp"
#include "actors/registry/alerts.hpp"
#include "actors/registry/kept_answers.hpp"
#include "actors/registry/planner_table.hpp"
#include "actors/registry/ranking.hpp"
#include "actors/registry/selection_recorder.hpp"
#include "actors/registry/self_heal.hpp"
#include "actors/registry/waiting_room.hpp"
#include "actors/registry/warn_once.hpp"
#include "messages/type_ids.hpp"

namespace planguild {

/// Spawns the instantiation actor of one planner. Handed in by the host, because only the host names several actors.
using instance_spawner = std::function<instantiation_actor(const registry_actor& owner, const found_planner& planner)>;

struct registry_peers {
  discovery_actor discovery;
  profiler_actor profiler;
  instance_spawner spawn_instance;
};

struct registry_options {
  std::string program_version;    // for reports
  bool discover_at_start = true;  // false: the first request that needs it discovers
  bool watch_roots = false;       // changes under the roots start a scan by themselves
};

class registry_state : public compat::state<registry_actor> {
 public:
  static constexpr const char* name = "planguild.registry";

  registry_state(self_pointer self, const config& configuration, environment outside, registry_peers peers,
                 registry_options options);
  behavior_type make_behavior();

 private:
  template <class Reply>
  using owed = std::shared_ptr<compat::promise<Reply>>;
  /// A handler that answers later, through `method`.
  template <class Request, class Reply>
  auto later(void (registry_state::*method)(const Request&, const owed<Reply>&));
  /// A handler that answers at once.
  template <class Request, class Reply>
  auto now(Reply (registry_state::*method)(const Request&));

  // registry_actor.cpp: discovery and admission
  void begin_scan(bool force);
  void on_scanned(const discovery_result& result);
  void on_changes(const table_changes& changes, bool anew);
  void judge_pending();
  void pump_probes();
  void probe(const std::string& planner, const std::function<void(const admission_verdict&)>& then);
  void save_with_crashes(store_update update);
  void judge(const std::string& planner, const admission_verdict& verdict, bool from_store);
  void log_discovery(const discovery_result& result);
  void look_after_discovery();
  ack on_roots_changed(const roots_changed& news);
  void on_roots_timer(std::uint64_t number);
  ack on_recalled(const store_recalled& news);

  // registry_waiting.cpp: requests that wait
  std::uint64_t wait(waiting_request request, std::int64_t timeout_ms);
  /// `timeout_ms` from now, on the monotonic clock.
  std::int64_t deadline_of(std::int64_t timeout_ms) const;
  bool is_ready(const waiting_request& request) const;
  void wake();
  ack on_timer(const registry_timer& timer);
  template <class Reply>
  void answer_when(awaited what, std::int64_t timeout_ms, const owed<outcome<Reply>>& reply,
                   std::function<outcome<Reply>()> answer);

  // registry_selections.cpp: select, snapshots and samples
  caf::result<outcome<selection>> select(const select_request& request);
  caf::result<outcome<many_selections>> select_many(const struct select_many& request);
  void when_selectable(std::int64_t timeout_ms, const std::function<void(const failure&)>& give_up,
                       const std::function<void()>& proceed);
  bool is_selectable() const;
  outcome<selection> select_now(const select_request& request);
  many_selections select_many_now(const std::vector<select_request>& requests);
  struct kept_selection {
    request_key key;
    selection answer;
    std::shared_ptr<const selection_sample> pattern;  // what its samples have in common
    selection_recorder::place place;
  };
  std::unique_ptr<kept_selection> make_kept(const select_request& request, selection answer) const;
  const ranked_snapshot& current() { return current(outside_.clock->monotonic_ms()); }
  const ranked_snapshot& current(std::int64_t now_ms);
  const snapshot_ptr& view(std::int64_t now_ms);
  void touch_snapshot();
  void publish_snapshot();
  snapshot_published subscribe_snapshots(const struct subscribe_snapshots& request);
  ack refresh(const refresh_snapshot& request);
  ack on_selected(const selection_batch& batch);
  void record_samples(samples batch);
  void send_samples_soon(std::int64_t now_ms);
  void flush_samples();

  // registry_requests.cpp: what hosts ask
  void batch_select(const struct batch_select& request, const owed<outcome<batch_selection>>& reply);
  void discover(const discover_request& request, const owed<outcome<discovery_report>>& reply);
  void list(const list_request& request, const owed<outcome<planner_list>>& reply);
  void describe(const describe_request& request, const owed<outcome<planner_record>>& reply);
  void crash(const crash_request& request, const owed<outcome<crash_report>>& reply);
  void probe_by_name(const probe_request& request, const owed<outcome<admission_verdict>>& reply);
  void probe_within(const std::string& planner, std::int64_t deadline_ms,
                    const owed<outcome<admission_verdict>>& reply);
  void health(const health_request& request, const owed<outcome<health_report>>& reply);
  health_report health_now(const health_request& request);

  // registry_operations.cpp: what operators ask
  void heal(const heal_request& request, const owed<outcome<heal_report>>& reply);
  void share_heal(std::int64_t timeout_ms, const owed<outcome<heal_report>>& reply);
  void take_heal_step(const self_heal::step& step);
  void on_heal_timer(std::uint64_t number);
  void reload(const reload_request& request, const owed<outcome<reload_report>>& reply);
  void quarantine(const quarantine_request& request, const owed<outcome<planner_record>>& reply);
  void reinstate(const reinstate_request& request, const owed<outcome<planner_record>>& reply);
  void decide_by_operator(const std::string& planner, std::int64_t timeout_ms, admission_state decision,
                          const std::string& reason, const owed<outcome<planner_record>>& reply);
  outcome<configure_report> configure(const configure_request& request);
  void take_configuration(const config& next);

  // registry_reports.cpp: reports and events
  outcome<stats_report> stats(const stats_request& request);
  void profiles(const profiles_request& request, const owed<outcome<profile_report>>& reply);
  void diagnostics(const diagnostics_request& request, const owed<outcome<diagnostics_report>>& reply);
  void diagnose_now(const diagnostics_request& request, const owed<outcome<diagnostics_report>>& reply);
  outcome<ack> subscribe(const subscribe_request& request);
  ack unsubscribe(const unsubscribe_request& request);
  void publish(runtime_event event);
  void publish_admission(const std::string& planner);
  void check_alerts();

  // registry_instances.cpp: instances
  struct acquire_call;  // one acquire on its way
  static waiting_request waiting_of(const std::shared_ptr<acquire_call>& call);
  void begin_acquire(const acquire& request, const owed<outcome<planner_handle>>& reply);
  void check_then_acquire(const std::shared_ptr<acquire_call>& call);
  void forward_acquire(const std::shared_ptr<acquire_call>& call);
  ack cancel(const cancel_work& request);
  instantiation_actor instance_of(const std::string& planner);
  void drop_instance(const std::string& planner);
  ack on_state_changed(const instance_state_changed& news);
  ack on_outcome(const invocation_outcome& news);
  budget_answer on_budget(const restart_budget_spent& question);
  void stop(const stop_registry& request, const owed<stop_report>& reply);
  struct stop_call;
  void stop_done(const std::shared_ptr<stop_call>& call);

  double now_s() const;
  double wall_s() const;
  failure stopping() const { return make_failure(failure_code::stopping, "The runtime is stopping."); }

  self_pointer self_;
  config configuration_;
  environment outside_;
  registry_peers peers_;
  const registry_options options_;
  const std::int64_t started_ms_;

  planner_table table_;
  admission_queue admissions_;
  waiting_room waiting_;
  self_heal heal_;
  alert_rules alerts_;
  warn_once warnings_;
  std::map<std::string, instantiation_actor> instances_;
  std::vector<std::pair<std::string, instantiation_actor>>
      leaving_;                                   // of planners that are gone, until they have ended
  std::map<std::uint64_t, std::string> tickets_;  // acquires at an instance: ticket to planner

  struct subscription {
    event_sink subscriber;
    event_filter filter;
  };
  std::map<caf::actor_addr, subscription> subscriptions_;
  std::uint64_t events_ = 0;

  snapshot_ptr view_;                      // the newest; what is published
  std::optional<ranked_snapshot> ranked_;  // the same, made ready for ranking when somebody selects by message
  bool snapshot_stale_ = true;
  std::uint64_t snapshot_version_ = 0;
  std::map<caf::actor_addr, snapshot_sink> snapshot_sinks_;
  std::uint64_t published_version_ = 0;
  std::int64_t published_ms_ = 0;
  std::uint64_t publish_timer_ = 0;  // the current one; 0: none

  kept_answers<kept_selection> kept_;
  samples unsent_;  // on their way to the profiler
  selection_recorder unsent_selections_{0};
  std::uint64_t flush_timer_ = 0;   // the current one; 0: none
  std::int64_t flush_next_ms_ = 0;  // not before, unless samples are asked for

  std::uint64_t scans_begun_ = 0;
  std::uint64_t scans_merged_ = 0;
  bool scanning_ = false;
  bool scan_again_ = false;
  bool scan_again_forced_ = false;
  std::set<std::uint64_t> reload_scans_;  // scans whose result replaces the records
  bool discovery_unseen_ = false;         // a discovery is merged, but its admissions have not been looked at
  std::uint64_t roots_timer_ = 0;         // the current one; 0: none
  std::int64_t roots_unquiet_since_ms_ = 0;
  bool recalled_ = false;                // the store has answered; nobody is judged before
  bool first_admissions_begun_ = false;  // what is pending later delays no selection
  bool stopping_ = false;

  std::uint64_t heals_done_ = 0;
  std::uint64_t heal_timer_ = 0;  // the current one; 0: none
  heal_report last_heal_;
  std::uint64_t selections_ = 0;
  std::uint64_t invocations_ = 0;
  std::uint64_t instantiations_ = 0;
  std::uint64_t starts_joined_ = 0;
};

template <class Request, class Reply>
auto registry_state::later(void (registry_state::*method)(const Request&, const owed<Reply>&)) {
  return [this, method](const Request& request) -> caf::result<Reply> {
    (this->*method)(request, std::make_shared<compat::promise<Reply>>(self_));
    return caf::delegated<Reply>{};
  };
}

template <class Request, class Reply>
auto registry_state::now(Reply (registry_state::*method)(const Request&)) {
  return [this, method](const Request& request) -> caf::result<Reply> { return (this->*method)(request); };
}

}  // namespace planguild
