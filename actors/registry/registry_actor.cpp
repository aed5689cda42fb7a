// The registry's handlers, and the road of a planner from the scan to its verdict. Waiting requests are in
// registry_waiting.cpp, what hosts ask in registry_requests.cpp, instances in registry_instances.cpp.
#include "actors/registry/registry_actor.hpp"

#include <utility>

namespace planguild {

registry_state::registry_state(self_pointer self, const config& configuration, environment outside,
                               registry_peers peers, bool discover_at_start)
    : self_(self),
      configuration_(configuration),
      outside_(std::move(outside)),
      peers_(std::move(peers)),
      discover_at_start_(discover_at_start),
      table_(configuration_) {}

registry_state::behavior_type registry_state::make_behavior() {
  outside_.store->load([receiver = compat::weak<registry_actor>{self_->handle()}](outcome<store_contents> contents) {
    if (auto registry = receiver.lock()) {
      compat::tell(registry, store_recalled{std::move(contents)});
    }
  });
  if (discover_at_start_) {
    begin_scan(false);
  }
  return {
      [this](const select_request& request) -> caf::result<outcome<selection>> {
        answer_when<selection>(awaited::first_admissions, request.timeout_ms, owe<outcome<selection>>(),
                               [this, request] { return select_now(request); });
        return caf::delegated<outcome<selection>>{};
      },
      [this](const batch_select& request) -> caf::result<outcome<batch_selection>> {
        answer_when<batch_selection>(
            awaited::first_admissions, request.request.timeout_ms, owe<outcome<batch_selection>>(),
            [this, request] { return batch(current_snapshot(), request.request, request.count); });
        return caf::delegated<outcome<batch_selection>>{};
      },
      [this](const acquire& request) -> caf::result<outcome<planner_handle>> {
        begin_acquire(request, owe<outcome<planner_handle>>());
        return caf::delegated<outcome<planner_handle>>{};
      },
      [this](const discover_request& request) -> caf::result<outcome<discovery_report>> {
        discover(request, owe<outcome<discovery_report>>());
        return caf::delegated<outcome<discovery_report>>{};
      },
      [this](const list_request& request) -> caf::result<outcome<planner_list>> {
        answer_when<planner_list>(request.wait_for_admissions ? awaited::all_admissions : awaited::scan,
                                  request.timeout_ms, owe<outcome<planner_list>>(),
                                  [this, request] { return outcome{table_.list(request, now_s())}; });
        return caf::delegated<outcome<planner_list>>{};
      },
      [this](const describe_request& request) -> caf::result<outcome<planner_record>> {
        answer_when<planner_record>(request.wait_for_admissions ? awaited::all_admissions : awaited::scan,
                                    request.timeout_ms, owe<outcome<planner_record>>(),
                                    [this, request]() -> outcome<planner_record> {
                                      if (auto record = table_.record(request.name, true, now_s())) {
                                        return std::move(*record);
                                      }
                                      return *table_.find_failure(request.name);
                                    });
        return caf::delegated<outcome<planner_record>>{};
      },
      [this](const probe_request& request) -> caf::result<outcome<admission_verdict>> {
        probe_by_name(request, owe<outcome<admission_verdict>>());
        return caf::delegated<outcome<admission_verdict>>{};
      },
      [this](const health_request& request) -> caf::result<outcome<health_report>> {
        if (!request.wait_for_admissions) {
          return outcome{table_.health(request, now_s())};
        }
        answer_when<health_report>(awaited::all_admissions, request.timeout_ms, owe<outcome<health_report>>(),
                                   [this, request] { return outcome{table_.health(request, now_s())}; });
        return caf::delegated<outcome<health_report>>{};
      },
      [this](const cancel_work& request) -> caf::result<ack> {
        cancel(request.ticket);
        return ack{};
      },
      [this](const stop_registry& request) -> caf::result<stop_report> {
        stop(request, owe<stop_report>());
        return caf::delegated<stop_report>{};
      },
      [this](const instance_state_changed& news) -> caf::result<ack> {
        table_.apply_instance_state(news);
        snapshot_stale_ = true;
        return ack{};
      },
      [this](const invocation_outcome& news) -> caf::result<ack> {
        on_outcome(news);
        return ack{};
      },
      [this](const restart_budget_spent& question) -> caf::result<budget_answer> {
        const auto decision = table_.decide_budget(question, now_s());
        snapshot_stale_ = true;
        return budget_answer{decision};
      },
      [this](const store_recalled& news) -> caf::result<ack> {
        recalled_ = true;
        if (news.contents) {
          table_.apply_recall(*news.contents, now_s(), outside_.clock->wall_ms());
        } else {
          outside_.log->log(log_level::warning, "registry", "Nothing was recalled: " + news.contents.error->message);
        }
        judge_pending();
        return ack{};
      },
      [this](const registry_timer& timer) -> caf::result<ack> {
        if (auto late = waiting_.take(timer.number)) {
          late->give_up(make_failure(failure_code::deadline_exceeded,
                                     "Discovery and admissions did not finish within the request's timeout."));
        }
        return ack{};
      },
  };
}

double registry_state::now_s() const {
  return static_cast<double>(outside_.clock->monotonic_ns()) / 1e9;
}

// -- discovery
// ----------------------------------------------------------------------------------------------------------

void registry_state::begin_scan(bool force) {
  if (scanning_) {
    scan_again_ = true;
    scan_again_forced_ = scan_again_forced_ || force;
    return;
  }
  scanning_ = true;
  ++scans_begun_;
  compat::ask(
      self_, peers_.discovery, scan{force}, [this](const discovery_result& result) { on_scanned(result); },
      [this](const caf::error&) {
        outside_.log->log(log_level::error, "registry", "Discovery has ended; planners are as last seen.");
        on_scanned(discovery_result{});
      });
}

void registry_state::on_scanned(const discovery_result& result) {
  scanning_ = false;
  ++scans_merged_;
  log_discovery(result);
  on_changes(table_.merge(result, now_s()));
  if (std::exchange(scan_again_, false)) {
    begin_scan(std::exchange(scan_again_forced_, false));
  }
}

void registry_state::log_discovery(const discovery_result& result) {
  for (const auto& failure : result.failures) {
    outside_.log->log(log_level::warning, "discovery", failure.message,
                      {{"code", std::string{to_string(failure.code)}}, {"where", failure.where}});
  }
  for (const auto& warning : result.warnings) {
    outside_.log->log(log_level::warning, "discovery", warning);
  }
}

void registry_state::on_changes(const table_changes& changes) {
  snapshot_stale_ = true;
  for (const auto& planner : changes.removed) {
    admissions_.finished(planner);
    drop_instance(planner);
  }
  for (const auto* list : {&changes.changed, &changes.moved}) {
    for (const auto& planner : *list) {
      const auto instance = instances_.find(planner);
      if (instance != instances_.end()) {
        compat::tell(instance->second, replace_planner{*table_.found(planner)});
      }
    }
  }
  judge_pending();
}

// -- admission
// ----------------------------------------------------------------------------------------------------------

void registry_state::judge_pending() {
  if (!recalled_) {
    return;
  }
  for (const auto& planner : table_.pending()) {
    if (auto known = table_.known_verdict(planner)) {
      judge(planner, *known, true);
    } else {
      admissions_.add(planner, scans_merged_ == 1);
    }
  }
  pump_probes();
  wake();
}

void registry_state::pump_probes() {
  while (auto next = stopping_ ? std::nullopt : admissions_.next()) {
    probe(*next, [this, planner = *next](const admission_verdict& verdict) {
      admissions_.finished(planner);
      judge(planner, verdict, false);
      judge_pending();  // again, if the bytes changed meanwhile; and the next in the queue
    });
  }
}

void registry_state::probe(const std::string& planner, std::function<void(const admission_verdict&)> then) {
  auto instance = instance_of(planner);
  if (!instance) {
    return;  // only while stopping
  }
  compat::ask(
      self_, instance, admit{}, [then](const admission_verdict& verdict) { then(verdict); },
      [then, planner, digest = table_.found(planner)->digest](const caf::error&) {
        admission_verdict verdict;
        verdict.name = planner;
        verdict.digest = digest;
        verdict.state = admission_state::quarantined;
        verdict.reason = "The probe ended before its verdict.";
        verdict.evidence = failure_evidence{planner_stage::load, failure_code::internal, verdict.reason, {}, {}, {}};
        then(verdict);
      });
}

void registry_state::judge(const std::string& planner, const admission_verdict& verdict, bool from_store) {
  if (verdict.state == admission_state::pending || !table_.apply_verdict(verdict, now_s())) {
    return;  // stopping, or about bytes that are gone
  }
  snapshot_stale_ = true;
  if (!from_store) {
    store_update update;
    update.verdicts.push_back(verdict);
    outside_.store->save(std::move(update));
  }
  if (table_.admission(planner) == admission_state::quarantined && !from_store) {
    outside_.log->log(log_level::warning, "registry", "A planner is quarantined: " + verdict.reason,
                      {{"planner", planner}});
  }
}

}  // namespace planguild
