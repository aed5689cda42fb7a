// What operators ask of the registry: heal, reload, quarantine, reinstate, configure. Part of registry_actor.
#include <utility>

#include "actors/registry/registry_actor.hpp"
#include "messages/limits.hpp"
#include "messages/text.hpp"

namespace planguild {

// -- heal
// ---------------------------------------------------------------------------------------------------------------

void registry_state::heal(const heal_request& request, const owed<outcome<heal_report>>& reply) {
  if (stopping_) {
    reply->deliver(stopping());
    return;
  }
  const auto step =
      heal_.begin(request, table_.counts().active, configuration_.self_heal_blocking, outside_.clock->monotonic_ms());
  if (step && step->kind == self_heal::step_kind::done) {
    reply->deliver(step->report);
    return;
  }
  share_heal(request.timeout_ms, reply);
  if (step) {
    outside_.log->log(log_level::warning, "registry", "No planner is active; healing.");
    take_heal_step(*step);
  }
}

void registry_state::share_heal(std::int64_t timeout_ms, const owed<outcome<heal_report>>& reply) {
  waiting_request healed;
  healed.what = awaited::heal;
  healed.heal_number = heals_done_ + 1;
  healed.give_up = [reply](const failure& reason) { reply->deliver(reason); };
  healed.proceed = [this, reply] { reply->deliver(last_heal_); };
  wait(std::move(healed), timeout_ms);
}

void registry_state::take_heal_step(const self_heal::step& step) {
  switch (step.kind) {
    case self_heal::step_kind::attempt: {
      begin_scan(step.force);
      waiting_request judged;
      judged.what = awaited::all_admissions;
      judged.scan_number = scans_begun_ + (scan_again_ ? 1 : 0);
      judged.proceed = [this] { take_heal_step(heal_.attempted(table_.counts().active)); };
      judged.give_up = [this](const failure&) {
        if (!stopping_) {  // no room to wait: what is there now is all that this attempt can tell
          take_heal_step(heal_.attempted(table_.counts().active));
        }
      };
      wait(std::move(judged), limits::timeout_ms_max);
      return;
    }
    case self_heal::step_kind::wait:
      heal_timer_ = waiting_.next_number();
      compat::delay(self_, self_->handle(), step.delay_ms, registry_timer{heal_timer_});
      return;
    case self_heal::step_kind::done:
      last_heal_ = step.report;
      ++heals_done_;
      outside_.log->log(step.report.after_active > 0 ? log_level::info : log_level::warning, "registry",
                        "The heal is over.",
                        {{"attempts", std::to_string(step.report.attempts)},
                         {"after_active", std::to_string(step.report.after_active)}});
      wake();
      return;
  }
}

void registry_state::on_heal_timer(std::uint64_t number) {
  if (number == heal_timer_ && !stopping_) {
    heal_timer_ = 0;
    take_heal_step(heal_.waited());
  }
}

// -- reload
// -------------------------------------------------------------------------------------------------------------

void registry_state::reload(const reload_request& request, const owed<outcome<reload_report>>& reply) {
  if (stopping_) {
    reply->deliver(stopping());
    return;
  }
  reload_report begun;
  begun.archived_failures = table_.archive_failures(outside_.clock->wall_ms());
  begun.instances_draining = table_.counts().live;
  warnings_.reset();
  for (const auto& [planner, instance] : instances_) {
    compat::tell(instance, reload_instance{});
  }
  // Records stay until the scan's result is there, so that a selection meanwhile finds the old ones and not nobody.
  begin_scan(true);
  waiting_request scanned;
  scanned.what = request.wait_for_admissions ? awaited::all_admissions : awaited::scan;
  scanned.scan_number = scans_begun_ + (scan_again_ ? 1 : 0);
  reload_scans_.insert(scanned.scan_number);
  scanned.give_up = [reply](const failure& reason) { reply->deliver(reason); };
  scanned.proceed = [this, begun, reply]() mutable {
    begun.discovery = table_.report();
    reply->deliver(std::move(begun));
  };
  wait(std::move(scanned), request.timeout_ms);
}

// -- an operator's word
// -------------------------------------------------------------------------------------------------

void registry_state::quarantine(const quarantine_request& request, const owed<outcome<planner_record>>& reply) {
  decide_by_operator(request.name, request.timeout_ms, admission_state::quarantined, request.reason, reply);
}

void registry_state::reinstate(const reinstate_request& request, const owed<outcome<planner_record>>& reply) {
  decide_by_operator(request.name, request.timeout_ms, admission_state::admitted, request.reason, reply);
}

void registry_state::decide_by_operator(const std::string& planner, std::int64_t timeout_ms, admission_state decision,
                                        const std::string& reason, const owed<outcome<planner_record>>& reply) {
  admission_verdict verdict;
  verdict.name = text::normalised(planner);
  verdict.state = decision;
  verdict.by_operator = true;
  // Scrubbed and cut as a failure's message is: it is shown and kept like one.
  verdict.reason = make_failure(failure_code::quarantined, reason).message;
  waiting_request known;
  known.give_up = [reply](const failure& problem) { reply->deliver(problem); };
  known.proceed = [this, verdict, reply] {
    if (!table_.contains(verdict.name)) {
      reply->deliver(*table_.find_failure(verdict.name));
      return;
    }
    table_.apply_verdict(verdict, now_s());
    touch_snapshot();
    store_update update;
    update.verdicts.push_back(verdict);
    outside_.store->save(std::move(update));
    if (const auto instance = instances_.find(verdict.name); instance != instances_.end()) {
      if (verdict.state == admission_state::quarantined) {
        compat::tell(instance->second, quarantine_instance{verdict.reason});
      } else {
        compat::tell(instance->second, reinstate_instance{});
      }
    }
    outside_.log->log(log_level::warning, "registry",
                      verdict.state == admission_state::quarantined ? "An operator quarantined a planner."
                                                                    : "An operator reinstated a planner.",
                      {{"planner", verdict.name}, {"reason", verdict.reason}});
    publish_admission(verdict.name);
    reply->deliver(*table_.record(verdict.name, true, now_s()));
  };
  wait(std::move(known), timeout_ms);
}

// -- configure
// ----------------------------------------------------------------------------------------------------------

outcome<configure_report> registry_state::configure(const configure_request& request) {
  if (stopping_) {
    return stopping();
  }
  if (request.patch.size() > limits::configure_values_max) {
    return make_failure(failure_code::limit_exceeded,
                        "A patch has at most " + std::to_string(limits::configure_values_max) + " values.");
  }
  std::vector<config_setting> settings;
  settings.reserve(request.patch.size());
  for (const auto& value : request.patch) {
    settings.push_back({value.variable, value.text, "patch"});
  }
  auto load = patch_config(configuration_, settings);
  if (!load.problems.empty()) {
    std::string message = "Nothing was changed.";
    for (const auto& problem : load.problems) {
      message +=
          " " + problem.variable + ": \"" + problem.text + "\" is refused; accepted is " + problem.accepted + ".";
    }
    return make_failure(failure_code::invalid_configuration, message, {}, load.problems.front().variable);
  }
  configure_report report;
  report.notes = std::move(load.notes);
  for (const auto& field : config_fields()) {
    auto before = field.show(configuration_);
    auto after = field.show(load.value);
    if (before != after) {
      report.changes.push_back({std::string{field.variable}, std::move(before), std::move(after)});
    }
  }
  take_configuration(load.value);
  return report;
}

void registry_state::take_configuration(const config& next) {
  const auto before = std::exchange(configuration_, next);
  table_.configure(next);
  touch_snapshot();
  if (before.max_profiles != next.max_profiles) {
    compat::tell(peers_.profiler, profile_limits{next.max_profiles});
  }
  if (before.log_level != next.log_level) {
    outside_.log->set_least_level(next.log_level);
  }
  if (before.allowed_planners != next.allowed_planners) {
    compat::tell(peers_.discovery, allow_planners{next.allowed_planners});
    begin_scan(true);
  }
  check_alerts();
}

}  // namespace planguild
