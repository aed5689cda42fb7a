// Instances: acquiring, dropping, outcomes, stopping all of them. Part of registry_actor.
#include <algorithm>
#include <utility>
#include <vector>

#include "actors/registry/registry_actor.hpp"
#include "messages/limits.hpp"
#include "messages/text.hpp"

namespace planguild {

/// One acquire on its way through admission, the check of the bytes on disk, and the instance.
struct registry_state::acquire_call {
  std::string planner;
  std::uint64_t ticket = 0;
  std::string repository;
  std::int64_t deadline_ms = 0;  // monotonic
  bool checked = false;          // the bytes on disk have been looked at
  owed<outcome<planner_handle>> reply;

  void fail(failure reason) const { reply->deliver(std::move(reason)); }
};

/// `call` as a request that waits for its planner to be judged, without what it does then.
waiting_request registry_state::waiting_of(const std::shared_ptr<acquire_call>& call) {
  waiting_request waiting;
  waiting.what = awaited::planner;
  waiting.planner = call->planner;
  waiting.ticket = call->ticket;
  waiting.give_up = [call](failure reason) { call->fail(std::move(reason)); };
  return waiting;
}

void registry_state::begin_acquire(const acquire& request, const owed<outcome<planner_handle>>& reply) {
  auto call = std::make_shared<acquire_call>();
  call->planner = text::normalised(request.planner);
  call->ticket = request.ticket;
  call->repository = request.repository;
  call->deadline_ms = deadline_of(request.timeout_ms);
  call->reply = reply;
  auto judged = waiting_of(call);
  judged.proceed = [this, call] { check_then_acquire(call); };
  wait(std::move(judged), request.timeout_ms);
}

void registry_state::check_then_acquire(const std::shared_ptr<acquire_call>& call) {
  const auto* found = table_.found(call->planner);
  if (found == nullptr) {
    call->fail(*table_.find_failure(call->planner));
    return;
  }
  const auto instance = table_.record(call->planner, false, now_s())->instance;
  const bool alive = instance == instance_phase::running || instance == instance_phase::starting ||
                     instance == instance_phase::backing_off;
  const auto left_ms = call->deadline_ms - outside_.clock->monotonic_ms();
  if (call->checked || alive || left_ms <= 0) {
    forward_acquire(call);
    return;
  }
  call->checked = true;
  auto looked_at = waiting_of(call);
  looked_at.what = awaited::reply;
  const auto number = wait(std::move(looked_at), left_ms);
  if (number == 0) {
    return;  // there was no room to wait
  }
  compat::ask(
      self_, peers_.discovery, check_planner{*found},
      [this, call, number, known = *found](const outcome<found_planner>& now) {
        if (!waiting_.take(number)) {
          return;  // cancelled, late or stopped meanwhile
        }
        if (now && now->digest == known.digest) {
          forward_acquire(call);
          return;
        }
        // Other bytes, or none: a new scan finds out, and the planner is judged anew before it may start.
        begin_scan(true);
        auto judged = waiting_of(call);
        judged.scan_number = scans_begun_ + (scan_again_ ? 1 : 0);
        judged.proceed = [this, call] { check_then_acquire(call); };
        wait(std::move(judged), call->deadline_ms - outside_.clock->monotonic_ms());
      },
      [this, call, number](const caf::error&) {
        (void)waiting_.take(number);
        call->fail(make_failure(failure_code::stopping, "The runtime is stopping.", call->planner));
      });
}

void registry_state::forward_acquire(const std::shared_ptr<acquire_call>& call) {
  if (auto refusal = table_.find_failure(call->planner)) {
    call->fail(std::move(*refusal));
    return;
  }
  auto instance = instance_of(call->planner);
  if (!instance) {
    call->fail(make_failure(failure_code::stopping, "The runtime is stopping.", call->planner));
    return;
  }
  if (call->ticket != 0) {
    tickets_[call->ticket] = call->planner;
  }
  acquire_instance request;
  request.timeout_ms = call->deadline_ms - outside_.clock->monotonic_ms();
  request.ticket = call->ticket;
  request.repository = call->repository;
  compat::ask(
      self_, instance, request,
      [this, call, instance](const outcome<instance_info>& answer) {
        tickets_.erase(call->ticket);
        if (answer) {
          call->reply->deliver(planner_handle{instance, call->planner, answer->generation, *answer});
        } else {
          call->fail(*answer.error);
        }
      },
      [this, call](const caf::error&) {
        tickets_.erase(call->ticket);
        call->fail(make_failure(failure_code::stale_handle, "The planner went away; acquire it again.", call->planner));
      });
}

ack registry_state::cancel(const cancel_work& request) {
  if (auto waiting = waiting_.take_ticket(request.ticket)) {
    waiting->give_up(make_failure(failure_code::cancelled, "The request was cancelled."));
    return {};
  }
  const auto planner = tickets_.find(request.ticket);
  if (planner == tickets_.end()) {
    return {};
  }
  const auto instance = instances_.find(planner->second);
  if (instance != instances_.end()) {
    compat::tell(instance->second, cancel_work{request.ticket});  // not urgent: it must not overtake the acquire
  }
  return {};
}

instantiation_actor registry_state::instance_of(const std::string& planner) {
  const auto known = instances_.find(planner);
  if (known != instances_.end()) {
    return known->second;
  }
  const auto* found = table_.found(planner);
  if (stopping_ || found == nullptr) {
    return {};
  }
  auto instance = peers_.spawn_instance(self_->handle(), *found);
  instances_.emplace(planner, instance);
  self_->watch(instance, [this, planner, address = instance.address()](const caf::error&) {
    const auto gone = instances_.find(planner);
    if (gone != instances_.end() && gone->second.address() == address) {
      instances_.erase(gone);  // it failed; the next request spawns another
    }
  });
  return instance;
}

void registry_state::drop_instance(const std::string& planner) {
  const auto found = instances_.find(planner);
  if (found == instances_.end()) {
    return;
  }
  auto instance = std::move(found->second);
  instances_.erase(found);
  leaving_.emplace_back(planner, instance);
  auto gone = [this, instance] {
    compat::end(instance);
    std::erase_if(leaving_, [&instance](const auto& each) { return each.second == instance; });
  };
  compat::ask(
      self_, instance, stop_instance{limits::drain_ms}, [gone](const instance_stopped&) { gone(); },
      [gone](const caf::error&) { gone(); });
}

ack registry_state::on_state_changed(const instance_state_changed& news) {
  table_.apply_instance_state(news);
  touch_snapshot();
  save_with_crashes({});
  if (news.start_duration_s > 0) {
    ++instantiations_;
    starts_joined_ += news.joined;
    alerts_.note_instantiation(news.start_duration_s);
    if (configuration_.profile_instantiation) {
      samples batch;
      batch.instantiations.push_back({news.name, news.start_duration_s, wall_s()});
      record_samples(std::move(batch));
    }
    check_alerts();
  }
  runtime_event event;
  event.kind = event_kind::instance_state;
  event.planner = news.name;
  event.phase = news.phase;
  event.generation = news.generation;
  event.message = news.error;
  publish(std::move(event));
  return {};
}

ack registry_state::on_outcome(const invocation_outcome& news) {
  ++invocations_;
  samples batch;
  batch.invocations.push_back({news.name, news.duration_s, news.code, wall_s()});
  record_samples(std::move(batch));
  const auto effect = table_.apply_outcome(news, now_s(), outside_.clock->wall_ms());
  touch_snapshot();
  store_update update;
  if (effect.increment) {
    update.increments.push_back(*effect.increment);
  }
  if (effect.lifted) {
    publish_admission(news.name);
  }
  if (effect.verdict) {
    update.verdicts.push_back(*effect.verdict);
  }
  if (!update.increments.empty() || !update.verdicts.empty()) {
    outside_.store->save(std::move(update));
  }
  return {};
}

budget_answer registry_state::on_budget(const restart_budget_spent& question) {
  auto effect = table_.decide_budget(question, now_s());
  touch_snapshot();
  if (effect.decision == budget_decision::quarantine) {
    publish_admission(question.name);
  }
  if (effect.verdict) {
    effect.verdict->posture = {};  // of a process that is gone
    store_update update;
    update.verdicts.push_back(std::move(*effect.verdict));
    save_with_crashes(std::move(update));
  }
  return {effect.decision};
}

// -- stop
// ---------------------------------------------------------------------------------------------------------------

struct registry_state::stop_call {
  stop_report report;
  std::size_t open = 0;  // instances that have not answered
  owed<stop_report> reply;
};

void registry_state::stop(const stop_registry& request, const owed<stop_report>& reply) {
  stopping_ = true;
  flush_samples();
  for (auto& waiting : waiting_.take_all()) {
    waiting.give_up(stopping());
  }
  auto call = std::make_shared<stop_call>();
  call->reply = reply;
  auto instances = std::exchange(leaving_, {});
  instances.insert(instances.end(), instances_.begin(), instances_.end());
  instances_.clear();
  call->open = instances.size();
  for (const auto& [planner, instance] : instances) {
    auto closed = [this, call, instance = instance] {
      --call->open;
      compat::end(instance);
      stop_done(call);
    };
    compat::ask(
        self_, instance, stop_instance{request.deadline_ms},
        [call, closed](const instance_stopped& stopped) {
          call->report.workers_ended += stopped.workers_ended;
          call->report.processes_left += stopped.processes_left;
          if (stopped.processes_left > 0) {
            call->report.still_alive.push_back(stopped.name);
          }
          closed();
        },
        [closed](const caf::error&) { closed(); });
  }
  stop_done(call);
}

void registry_state::stop_done(const std::shared_ptr<stop_call>& call) {
  if (call->open == 0) {
    flush_samples();  // of what ended meanwhile: the profiler is told to save once this is answered
    call->reply->deliver(call->report);
  }
}

}  // namespace planguild
