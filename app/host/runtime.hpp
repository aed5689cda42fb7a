// The embedding API: prepare a host's CAF configuration, spawn the runtime's actors into the host's actor system, talk
// to them by message or by blocking calls, stop. Several runtimes may live in one system. Owned by the host.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "app/host/selector.hpp"
#include "messages/builtin.hpp"
#include "messages/config.hpp"
#include "messages/environment.hpp"
#include "messages/type_ids.hpp"

namespace planguild {

/// The program's version, part of every discovery signature.
std::string_view version() noexcept;

/// Registers planguild's message types with a host's configuration. Call it once, before the actor system exists. With
/// `threads` > 0 also sets the scheduler that suits a host (work sharing, `threads` workers, 50 messages a turn); with
/// 0 the host's scheduler settings stay.
void prepare(caf::actor_system_config& configuration, std::size_t threads = 2);

struct runtime_options {
  struct config config;
  environment outside;                         // see make_system_environment (app/host/system/system.hpp)
  std::vector<builtin_registration> builtins;  // must be the ones that `outside.processes` can start
  bool discover_at_start = true;               // false: the first request that needs it discovers
  bool watch_roots = true;                     // a change under the planner roots starts a scan by itself
  bool detach_discovery = true;                // false: for deterministic tests only
};

/// One running runtime ("guild"). All members may be called from any thread that is no actor; the handles may be used
/// by actors. The actor system must outlive it.
class runtime {
 public:
  /// Spawns the four actors. Nothing can fail here: what is wrong with roots or planners is in discovery's reports.
  runtime(caf::actor_system& system, runtime_options options);
  /// Stops with limits::shutdown_ms_default if `stop` was not called.
  ~runtime();
  runtime(const runtime&) = delete;
  runtime& operator=(const runtime&) = delete;

  const registry_actor& registry() const noexcept { return registry_; }
  const profiler_actor& profiler() const noexcept { return profiler_; }

  /// Spawns one planning conversation; send it one `plan_request` (and `cancel_work` to give up). It ends by itself.
  planning_actor start_planning();

  caf::actor_system& system() const noexcept { return system_; }
  const runtime_options& options() const noexcept { return options_; }

  // Blocking calls. Each waits at most the request's own `timeout_ms` and a little more; fails as the registry's
  // interface says, with `stopping` once the runtime is stopped.
  outcome<selection> select(const select_request& request);
  outcome<many_selections> select_many(const struct select_many& request);
  outcome<batch_selection> batch_select(const struct batch_select& request);
  outcome<planner_handle> acquire(const struct acquire& request);
  outcome<discovery_report> discover(const discover_request& request);
  outcome<planner_list> list(const list_request& request);
  outcome<planner_record> describe(const describe_request& request);
  outcome<crash_report> crash(const crash_request& request);
  outcome<admission_verdict> probe(const probe_request& request);
  outcome<health_report> health(const health_request& request);
  outcome<heal_report> heal(const heal_request& request);
  outcome<reload_report> reload(const reload_request& request);
  outcome<planner_record> quarantine(const quarantine_request& request);
  outcome<planner_record> reinstate(const reinstate_request& request);
  outcome<configure_report> configure(const configure_request& request);
  outcome<stats_report> stats(const stats_request& request);
  outcome<diagnostics_report> diagnostics(const diagnostics_request& request);
  outcome<profile_report> profiles(const profiles_request& request);
  outcome<plan_reply> plan(const plan_request& request);

  /// A selector for one thread; make one for each thread that selects. Waits for nothing but the registry's turn. Fails
  /// with `stopping`. The first one has the registry publish its snapshots from then on.
  outcome<selector> make_selector();

  /// No new work, running invocations finish within the deadline, then are killed; the store commits. Returns by
  /// `deadline_ms` with what was still alive. The second call returns the first one's report.
  stop_report stop(std::int64_t deadline_ms);

 private:
  template <class Reply, class Request>
  outcome<Reply> ask(const Request& request, std::int64_t timeout_ms);
  void wait_for_port(std::int64_t timeout_ms);

  caf::actor_system& system_;
  runtime_options options_;
  profiler_actor profiler_;
  discovery_actor discovery_;
  registry_actor registry_;
  // Host threads meet here: one may stop while others wait for answers. Actors are never behind this lock.
  std::atomic<bool> stopped_ = false;
  std::mutex stopping_;
  stop_report report_;  // guarded by `stopping_`
  std::mutex selecting_;
  std::shared_ptr<snapshot_port> port_;  // guarded by `selecting_`; made with the first selector
  snapshot_port_actor port_actor_;       // guarded by `selecting_`
};

}  // namespace planguild
