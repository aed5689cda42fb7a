// What hosts ask of the registry: select, discover, probe. Part of registry_actor.
#include <utility>

#include "actors/registry/registry_actor.hpp"
#include "messages/limits.hpp"
#include "messages/text.hpp"

namespace planguild {

const snapshot& registry_state::current_snapshot() {
  const auto now_ms = outside_.clock->monotonic_ms();
  if (!snapshot_ || snapshot_stale_ || now_ms - snapshot_->made_at_ms >= limits::snapshot_max_age_ms) {
    snapshot_ = std::make_shared<const snapshot>(table_.make_snapshot(now_s(), ++snapshot_version_));
    snapshot_stale_ = false;
  }
  return *snapshot_;
}

outcome<selection> registry_state::select_now(const select_request& request) {
  const auto started_ns = outside_.clock->monotonic_ns();
  auto answer = planguild::select(current_snapshot(), request);
  if (!answer) {
    return answer;
  }
  table_.note_selection(answer->best);
  snapshot_stale_ = snapshot_stale_ || configuration_.tie_break == tie_break::least_recent;
  if (configuration_.profile_selection) {
    selection_sample sample;
    sample.objective_len = text::count_code_points(request.objective);
    sample.required_caps = text::capability_set(request.required_capabilities);
    sample.best = answer->best;
    sample.score = answer->score;
    sample.candidates_considered = answer->candidates_considered;
    sample.deep_index = request.context.deep_index;
    sample.hotspots = request.context.hotspots;
    sample.duration_s = static_cast<double>(outside_.clock->monotonic_ns() - started_ns) / 1e9;
    sample.ts = static_cast<double>(outside_.clock->wall_ms()) / 1000.0;
    samples batch;
    batch.selections.push_back(std::move(sample));
    compat::tell(peers_.profiler, std::move(batch));
  }
  return answer;
}

void registry_state::discover(const discover_request& request, const owed<outcome<discovery_report>>& reply) {
  if (stopping_) {
    reply->deliver(make_failure(failure_code::stopping, "The runtime is stopping."));
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
  scanned.proceed = [this, request, reply] {
    if (!request.wait_for_admissions) {
      reply->deliver(table_.report());
      return;
    }
    waiting_request judged;
    judged.what = awaited::all_admissions;
    judged.give_up = [reply](const failure& reason) { reply->deliver(reason); };
    judged.proceed = [this, reply] { reply->deliver(table_.report()); };
    wait(std::move(judged), request.timeout_ms);
  };
  wait(std::move(scanned), request.timeout_ms);
}

void registry_state::probe_by_name(const probe_request& request, const owed<outcome<admission_verdict>>& reply) {
  waiting_request judged;
  judged.what = awaited::planner;
  judged.planner = text::normalised(request.name);
  judged.give_up = [reply](const failure& reason) { reply->deliver(reason); };
  judged.proceed = [this, planner = judged.planner, reply] {
    if (!table_.contains(planner)) {
      reply->deliver(*table_.find_failure(planner));
      return;
    }
    probe(planner, [this, planner, reply](const admission_verdict& verdict) {
      judge(planner, verdict, false);
      if (auto current = table_.current_verdict(planner)) {
        reply->deliver(std::move(*current));
      } else {
        reply->deliver(make_failure(failure_code::not_found, "The planner went away while it was probed.", planner));
      }
    });
  };
  wait(std::move(judged), request.timeout_ms);
}

}  // namespace planguild
