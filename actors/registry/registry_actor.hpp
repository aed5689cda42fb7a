// The registry: the single writer of everything that is known of planners, and the door of the runtime. A thin shell:
// what decides something is planner_table, ranking, admission_queue and waiting_room. Owned by the runtime; runs on the
// scheduler; blocks never. It owns the instantiation actors, one per planner, spawned on first need.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "actors/registry/admission_queue.hpp"
#include "actors/registry/planner_table.hpp"
#include "actors/registry/ranking.hpp"
#include "actors/registry/waiting_room.hpp"
#include "messages/type_ids.hpp"

namespace planguild {

/// Spawns the instantiation actor of one planner. Handed in by the host, because only the host names several actors.
using instance_spawner = std::function<instantiation_actor(const registry_actor& owner, const found_planner& planner)>;

struct registry_peers {
  discovery_actor discovery;
  profiler_actor profiler;
  instance_spawner spawn_instance;
};

class registry_state : public compat::state<registry_actor> {
 public:
  static constexpr const char* name = "planguild.registry";

  registry_state(self_pointer self, const config& configuration, environment outside, registry_peers peers,
                 bool discover_at_start);
  behavior_type make_behavior();

 private:
  template <class Reply>
  using owed = std::shared_ptr<compat::promise<Reply>>;
  template <class Reply>
  owed<Reply> owe() {
    return std::make_shared<compat::promise<Reply>>(self_);
  }

  // registry_actor.cpp: discovery and admission
  void begin_scan(bool force);
  void on_scanned(const discovery_result& result);
  void on_changes(const table_changes& changes);
  void judge_pending();
  void pump_probes();
  void probe(const std::string& planner, std::function<void(const admission_verdict&)> then);
  void judge(const std::string& planner, const admission_verdict& verdict, bool from_store);
  void log_discovery(const discovery_result& result);

  // registry_waiting.cpp: requests that wait
  void wait(waiting_request request, std::int64_t timeout_ms);
  bool is_ready(const waiting_request& request) const;
  void wake();
  template <class Reply>
  void answer_when(awaited what, std::int64_t timeout_ms, owed<outcome<Reply>> reply,
                   std::function<outcome<Reply>()> answer);

  // registry_requests.cpp: what hosts ask
  outcome<selection> select_now(const select_request& request);
  void discover(const discover_request& request, const owed<outcome<discovery_report>>& reply);
  void probe_by_name(const probe_request& request, const owed<outcome<admission_verdict>>& reply);

  // registry_instances.cpp: instances
  struct acquire_call;  // one acquire on its way
  void begin_acquire(const acquire& request, owed<outcome<planner_handle>> reply);
  void check_then_acquire(const std::shared_ptr<acquire_call>& call);
  void forward_acquire(const std::shared_ptr<acquire_call>& call);
  void cancel(std::uint64_t ticket);
  instantiation_actor instance_of(const std::string& planner);
  void drop_instance(const std::string& planner);
  void on_outcome(const invocation_outcome& news);
  void stop(const stop_registry& request, owed<stop_report> reply);
  struct stop_call;
  void stop_done(const std::shared_ptr<stop_call>& call);

  double now_s() const;
  const snapshot& current_snapshot();

  self_pointer self_;
  const config configuration_;
  environment outside_;
  registry_peers peers_;
  const bool discover_at_start_;

  planner_table table_;
  admission_queue admissions_;
  waiting_room waiting_;
  std::map<std::string, instantiation_actor> instances_;
  std::map<std::uint64_t, std::string> tickets_;  // acquires at an instance: ticket to planner

  snapshot_ptr snapshot_;
  bool snapshot_stale_ = true;
  std::uint64_t snapshot_version_ = 0;

  std::uint64_t scans_begun_ = 0;
  std::uint64_t scans_merged_ = 0;
  bool scanning_ = false;
  bool scan_again_ = false;
  bool scan_again_forced_ = false;
  bool recalled_ = false;  // the store has answered; nobody is judged before
  bool stopping_ = false;
};

}  // namespace planguild
