// What hosts ask of the registry besides selections: discover, list, describe, probe, health. Part of registry_actor.
#include <algorithm>
#include <utility>

#include "actors/registry/registry_actor.hpp"
#include "messages/limits.hpp"
#include "messages/text.hpp"

namespace planguild {

void registry_state::batch_select(const struct batch_select& request, const owed<outcome<batch_selection>>& reply) {
  if (request.count <= 0 && !stopping_) {  // the answer is known: no reason to discover or to wait
    reply->deliver(batch_selection{});
    return;
  }
  answer_when<batch_selection>(awaited::first_admissions, request.request.timeout_ms, reply,
                               [this, request] { return batch(current().table, request.request, request.count); });
}

void registry_state::list(const list_request& request, const owed<outcome<planner_list>>& reply) {
  answer_when<planner_list>(request.wait_for_admissions ? awaited::all_admissions : awaited::scan, request.timeout_ms,
                            reply, [this, request] { return outcome{table_.list(request, now_s())}; });
}

void registry_state::describe(const describe_request& request, const owed<outcome<planner_record>>& reply) {
  answer_when<planner_record>(request.wait_for_admissions ? awaited::all_admissions : awaited::scan, request.timeout_ms,
                              reply, [this, request]() -> outcome<planner_record> {
                                if (auto record = table_.record(request.name, true, now_s())) {
                                  return std::move(*record);
                                }
                                return *table_.find_failure(request.name);
                              });
}

void registry_state::crash(const crash_request& request, const owed<outcome<crash_report>>& reply) {
  answer_when<crash_report>(request.wait_for_admissions ? awaited::all_admissions : awaited::scan, request.timeout_ms,
                            reply, [this, request] { return table_.last_crash(request.name); });
}

health_report registry_state::health_now(const health_request& request) {
  auto report = table_.health(request, now_s());
  report.alerts = alerts_.current(configuration_);
  return report;
}

void registry_state::health(const health_request& request, const owed<outcome<health_report>>& reply) {
  if (!request.wait_for_admissions) {
    reply->deliver(health_now(request));
    return;
  }
  answer_when<health_report>(awaited::all_admissions, request.timeout_ms, reply,
                             [this, request] { return outcome{health_now(request)}; });
}

void registry_state::discover(const discover_request& request, const owed<outcome<discovery_report>>& reply) {
  if (stopping_) {
    reply->deliver(stopping());
    return;
  }
  // An unforced request joins the scan under way; a forced one needs a scan that begins after it.
  const bool joins = scanning_ && !request.force;
  if (!joins) {
    begin_scan(request.force);
  }
  waiting_request scanned;
  scanned.what = awaited::scan;
  scanned.scan_number = scans_begun_ + (!joins && scan_again_ ? 1 : 0);
  scanned.give_up = [reply](const failure& reason) { reply->deliver(reason); };
  scanned.proceed = [this, request, deadline_ms = deadline_of(request.timeout_ms), reply] {
    if (!request.wait_for_admissions) {
      reply->deliver(table_.report());
      return;
    }
    waiting_request judged;
    judged.what = awaited::all_admissions;
    judged.give_up = [reply](const failure& reason) { reply->deliver(reason); };
    judged.proceed = [this, reply] { reply->deliver(table_.report()); };
    wait(std::move(judged), deadline_ms - outside_.clock->monotonic_ms());
  };
  wait(std::move(scanned), request.timeout_ms);
}

void registry_state::probe_by_name(const probe_request& request, const owed<outcome<admission_verdict>>& reply) {
  waiting_request judged;
  judged.what = awaited::planner;
  judged.planner = text::normalised(request.name);
  judged.give_up = [reply](const failure& reason) { reply->deliver(reason); };
  judged.proceed = [this, planner = judged.planner, deadline_ms = deadline_of(request.timeout_ms), reply] {
    probe_within(planner, deadline_ms, reply);
  };
  wait(std::move(judged), request.timeout_ms);
}

/// The verdict is kept also if it comes after the deadline.
void registry_state::probe_within(const std::string& planner, std::int64_t deadline_ms,
                                  const owed<outcome<admission_verdict>>& reply) {
  if (!table_.contains(planner)) {
    reply->deliver(*table_.find_failure(planner));
    return;
  }
  waiting_request probed;
  probed.what = awaited::reply;
  probed.planner = planner;
  probed.give_up = [reply](const failure& reason) { reply->deliver(reason); };
  const auto number = wait(std::move(probed), deadline_ms - outside_.clock->monotonic_ms());
  if (number == 0) {
    return;
  }
  probe(planner, [this, planner, number, reply](const admission_verdict& verdict) {
    judge(planner, verdict, false);
    if (!waiting_.take(number)) {
      return;
    }
    if (auto current = table_.current_verdict(planner)) {
      reply->deliver(std::move(*current));
    } else {
      reply->deliver(make_failure(failure_code::not_found, "The planner went away while it was probed.", planner));
    }
  });
}

}  // namespace planguild
