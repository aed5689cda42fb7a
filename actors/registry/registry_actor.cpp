// The registry's handlers, and the road of a planner from the scan to its verdict. Waiting requests are in
// registry_waiting.cpp, what hosts ask in registry_requests.cpp, instances in registry_instances.cpp.
#include "actors/registry/registry_actor.hpp"

#include <utility>

#include "actors/registry/admission_policy.hpp"
#include "messages/limits.hpp"

namespace planguild {

registry_state::registry_state(self_pointer self, const config& configuration, environment outside,
                               registry_peers peers, registry_options options)
    : self_(self),
      configuration_(configuration),
      outside_(std::move(outside)),
      peers_(std::move(peers)),
      options_(std::move(options)),
      started_ms_(outside_.clock->monotonic_ms()),
      table_(configuration_) {}

registry_state::behavior_type registry_state::make_behavior() {
  outside_.store->load([receiver = compat::weak<registry_actor>{self_->handle()}](outcome<store_contents> contents) {
    if (auto registry = receiver.lock()) {
      compat::tell(registry, store_recalled{std::move(contents)});
    }
  });
  if (options_.watch_roots) {
    compat::tell(peers_.discovery, watch_roots{self_->handle()});
  }
  if (options_.discover_at_start) {
    begin_scan(false);
  }
  return {
      [this](const select_request& request) { return select(request); },
      [this](const struct select_many& request) { return select_many(request); },
      now(&registry_state::subscribe_snapshots),
      now(&registry_state::refresh),
      now(&registry_state::on_selected),
      later(&registry_state::batch_select),
      later(&registry_state::begin_acquire),
      later(&registry_state::discover),
      later(&registry_state::list),
      later(&registry_state::describe),
      later(&registry_state::crash),
      later(&registry_state::probe_by_name),
      later(&registry_state::health),
      later(&registry_state::heal),
      later(&registry_state::reload),
      later(&registry_state::quarantine),
      later(&registry_state::reinstate),
      now(&registry_state::configure),
      now(&registry_state::stats),
      later(&registry_state::profiles),
      later(&registry_state::diagnostics),
      now(&registry_state::subscribe),
      now(&registry_state::unsubscribe),
      now(&registry_state::cancel),
      later(&registry_state::stop),
      now(&registry_state::on_roots_changed),
      now(&registry_state::on_state_changed),
      now(&registry_state::on_outcome),
      now(&registry_state::on_budget),
      now(&registry_state::on_recalled),
      now(&registry_state::on_timer),
  };
}

double registry_state::now_s() const {
  return static_cast<double>(outside_.clock->monotonic_ns()) / 1e9;
}

double registry_state::wall_s() const {
  return static_cast<double>(outside_.clock->wall_ms()) / 1e3;
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
        discovery_result nothing_new;
        nothing_new.unchanged = true;
        on_scanned(nothing_new);
      });
}

void registry_state::on_scanned(const discovery_result& result) {
  scanning_ = false;
  ++scans_merged_;
  log_discovery(result);
  const bool anew = reload_scans_.erase(scans_merged_) > 0 && !result.unchanged;
  const auto changes = table_.merge(result, now_s(), anew);
  if (!result.unchanged) {
    alerts_.note_import_failures(table_.import_failures());
    check_alerts();
  }
  discovery_unseen_ = true;
  on_changes(changes, anew);
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
    if (warnings_.is_new("manifest:" + warning)) {
      outside_.log->log(log_level::warning, "discovery", warning);
    }
  }
}

/// Once the admissions of a discovery are over: is there anything to choose from?
void registry_state::look_after_discovery() {
  if (!std::exchange(discovery_unseen_, false)) {
    return;
  }
  if (table_.counts().active == 0 && warnings_.is_new("post_discover_empty")) {
    outside_.log->log(log_level::warning, "registry", "After discovery no planner is active.");
  }
}

void registry_state::on_changes(const table_changes& changes, bool anew) {
  touch_snapshot();
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
  if (anew) {
    outside_.log->log(log_level::warning, "registry", "Planners were reloaded: records are made anew.");
  }
  judge_pending();
}

/// A change under a root is looked at when all has been quiet for limits::roots_quiet_ms, or nothing ever is.
ack registry_state::on_roots_changed(const roots_changed&) {
  if (stopping_) {
    return {};
  }
  const auto now_ms = outside_.clock->monotonic_ms();
  if (roots_timer_ == 0) {
    roots_unquiet_since_ms_ = now_ms;
  }
  if (now_ms - roots_unquiet_since_ms_ <= limits::roots_unquiet_ms_max) {
    roots_timer_ = waiting_.next_number();
    compat::delay(self_, self_->handle(), limits::roots_quiet_ms, registry_timer{roots_timer_});
  }
  return {};
}

void registry_state::on_roots_timer(std::uint64_t number) {
  if (number == roots_timer_ && !stopping_) {
    roots_timer_ = 0;
    begin_scan(true);
  }
}

ack registry_state::on_recalled(const store_recalled& news) {
  recalled_ = true;
  if (news.contents) {
    table_.apply_recall(*news.contents, now_s(), outside_.clock->wall_ms());
    if (news.contents->samples != samples{}) {
      compat::tell(peers_.profiler, recalled_samples{news.contents->samples});
    }
  } else {
    outside_.log->log(log_level::warning, "registry", "Nothing was recalled: " + news.contents.error->message);
  }
  judge_pending();
  return {};
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
      admissions_.add(planner, !first_admissions_begun_);
    }
  }
  // Of as many scans as were merged before the store answered: nobody has been judged by any of them.
  first_admissions_begun_ = first_admissions_begun_ || scans_merged_ > 0;
  pump_probes();
  if (admissions_.empty()) {
    look_after_discovery();
  }
  if (view_ && view_->admissions_pending && admissions_.first_settled()) {
    touch_snapshot();
  }
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

void registry_state::probe(const std::string& planner, const std::function<void(const admission_verdict&)>& then) {
  auto instance = instance_of(planner);
  if (!instance) {
    return;  // only while stopping
  }
  compat::ask(
      self_, instance, admit{}, [then](const admission_verdict& verdict) { then(verdict); },
      [then, planner, digest = table_.found(planner)->digest, clock = outside_.clock](const caf::error&) {
        admission_verdict verdict;
        verdict.name = planner;
        verdict.digest = digest;
        verdict.state = admission_state::quarantined;
        verdict.reason = "The probe ended before its verdict.";
        verdict.evidence.emplace();
        verdict.evidence->message = verdict.reason;
        verdict.evidence->wall_ms = clock->wall_ms();
        then(verdict);
      });
}

/// Tells the store of `update` and of every crash that it has not heard of.
void registry_state::save_with_crashes(store_update update) {
  update.crashes = table_.take_new_crashes();
  if (update != store_update{}) {
    outside_.store->save(std::move(update));
  }
}

void registry_state::judge(const std::string& planner, const admission_verdict& verdict, bool from_store) {
  if (verdict.state == admission_state::pending || !table_.apply_verdict(verdict, now_s())) {
    return;  // stopping, or about bytes that are gone
  }
  touch_snapshot();
  publish_admission(planner);
  if (verdict.state == admission_state::quarantined && table_.admission(planner) == admission_state::admitted) {
    // An operator's word stands against the verdict; the instance, which knows only the verdict, must hear of it.
    if (const auto instance = instances_.find(planner); instance != instances_.end()) {
      compat::tell(instance->second, reinstate_instance{});
    }
  }
  if (!from_store) {
    if (verdict.evidence) {
      table_.note_crash(planner, *verdict.evidence, verdict.posture);
    }
    store_update update;
    if (!is_insecure(verdict)) {
      auto kept = table_.with_conditions(verdict);
      kept.posture = {};
      update.verdicts.push_back(std::move(kept));
    }
    save_with_crashes(std::move(update));
  }
  if (table_.admission(planner) == admission_state::quarantined && !from_store) {
    outside_.log->log(log_level::warning, "registry", "A planner is quarantined: " + verdict.reason,
                      {{"planner", planner}});
  }
}

}  // namespace planguild
