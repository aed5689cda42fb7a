// Reports of one moment, and events to subscribers. Part of registry_actor.
#include <utility>

#include "actors/registry/registry_actor.hpp"
#include "messages/limits.hpp"
#include "messages/scrub.hpp"

namespace planguild {

// -- reports
// ------------------------------------------------------------------------------------------------------------

outcome<stats_report> registry_state::stats(const stats_request&) {
  stats_report report;
  table_.fill(report);
  report.version = options_.program_version;
  report.discovered = scans_merged_ > 0;
  report.selections = selections_;
  report.invocations = invocations_;
  report.total_instantiations = instantiations_;
  report.starts_joined = starts_joined_;
  report.resident_bytes = outside_.facts ? outside_.facts->resident_bytes() : 0;
  report.memory_only = scrub(outside_.store->memory_only());
  report.uptime_s = static_cast<double>(outside_.clock->monotonic_ms() - started_ms_) / 1e3;
  return report;
}

/// Selections whose samples are on their way are in the answer: they reach the profiler before the question.
void registry_state::profiles(const profiles_request& request, const owed<outcome<profile_report>>& reply) {
  if (stopping_) {
    reply->deliver(stopping());
    return;
  }
  flush_samples();
  compat::ask(
      self_, peers_.profiler, request, [reply](const profile_report& report) { reply->deliver(report); },
      [this, reply](const caf::error&) { reply->deliver(stopping()); });
}

void registry_state::diagnostics(const diagnostics_request& request, const owed<outcome<diagnostics_report>>& reply) {
  waiting_request scanned;
  scanned.give_up = [reply](const failure& reason) { reply->deliver(reason); };
  scanned.proceed = [this, request, reply] { diagnose_now(request, reply); };
  wait(std::move(scanned), request.timeout_ms);
}

/// The profiler gets its question right after the samples of everything that is counted here, so both speak of one
/// moment.
void registry_state::diagnose_now(const diagnostics_request& request, const owed<outcome<diagnostics_report>>& reply) {
  diagnostics_report report;
  report.ts = wall_s();
  report.stats = *stats({});
  report.health = health_now({});
  auto listed = table_.list({}, now_s());
  report.planners = std::move(listed.planners);
  report.skipped = std::move(listed.skipped);
  if (request.verbose) {
    for (auto& planner : report.planners) {
      planner = *table_.record(planner.name, true, now_s());
    }
    report.archives = table_.archives();
  }
  report.warnings_issued = warnings_.issued();
  for (const auto& field : config_fields()) {
    report.configuration.push_back(
        {std::string{field.variable}, scrub(field.show(configuration_), {.hide_paths = false})});
  }
  flush_samples();
  compat::ask(
      self_, peers_.profiler, all_profiles_request{limits::diagnostics_samples},
      [report = std::move(report), reply](const profile_reports& profile) mutable {
        report.profile = profile;
        reply->deliver(std::move(report));
      },
      [this, reply](const caf::error&) { reply->deliver(stopping()); });
}

// -- events
// -------------------------------------------------------------------------------------------------------------

outcome<ack> registry_state::subscribe(const subscribe_request& request) {
  if (stopping_) {
    return stopping();
  }
  if (!request.subscriber) {
    return make_failure(failure_code::invalid_request, "A subscription needs a subscriber.");
  }
  const auto address = request.subscriber.address();
  const bool is_new = !subscriptions_.contains(address);
  if (is_new && subscriptions_.size() >= limits::subscribers_max) {
    return make_failure(failure_code::overloaded,
                        "More than " + std::to_string(limits::subscribers_max) + " subscribers are not served.");
  }
  subscriptions_[address] = {request.subscriber, request.filter};
  if (is_new) {
    self_->watch(request.subscriber, [this, address](const caf::error&) { subscriptions_.erase(address); });
  }
  return ack{};
}

ack registry_state::unsubscribe(const unsubscribe_request& request) {
  if (request.subscriber) {
    subscriptions_.erase(request.subscriber.address());
  }
  return {};
}

void registry_state::publish(runtime_event event) {
  event.sequence = ++events_;
  event.ts = wall_s();
  for (const auto& [address, entry] : subscriptions_) {
    if (entry.filter.accepts(event.kind)) {
      compat::tell(entry.subscriber, event);
    }
  }
}

void registry_state::publish_admission(const std::string& planner) {
  const auto verdict = table_.current_verdict(planner);
  if (!verdict) {
    return;
  }
  runtime_event event;
  event.kind = event_kind::admission;
  event.planner = verdict->name;
  event.admission = verdict->state;
  event.message = verdict->reason;
  publish(std::move(event));
}

void registry_state::check_alerts() {
  for (auto& change : alerts_.changes(configuration_)) {
    outside_.log->log(change.began ? log_level::warning : log_level::info, "registry",
                      change.began ? "Alert: " + change.alert.message : "The alert is over: " + change.alert.message,
                      {{"alert", std::string{to_string(change.alert.kind)}}});
    runtime_event event;
    event.kind = event_kind::alert;
    event.message = change.alert.message;
    event.alert_active = change.began;
    event.alert = std::move(change.alert);
    publish(std::move(event));
  }
}

}  // namespace planguild
