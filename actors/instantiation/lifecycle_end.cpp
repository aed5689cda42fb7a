// Replacing, stopping and timers of one instance. Part of lifecycle (lifecycle.hpp).
#include <algorithm>
#include <utility>

#include "actors/instantiation/lifecycle.hpp"
#include "messages/limits.hpp"

namespace planguild {

// -- replace and stop
// ---------------------------------------------------------------------------------------------------

void lifecycle::replace(const found_planner& planner) {
  if (phase_ != instance_phase::stopped) {
    planner_ = planner;
    renew("The planner's files changed since the handle was given.");
  }
}

void lifecycle::reload() {
  if (phase_ != instance_phase::stopped) {
    renew("Planners were reloaded since the handle was given.");
  }
}

/// The next generation: what is running may finish within the drain, what is queued is stale.
void lifecycle::renew(std::string_view why_stale) {
  ++generation_;
  error_.clear();
  backoff_.reset();
  const auto stale = problem(failure_code::stale_handle, why_stale);
  const auto queue = std::exchange(queue_, {});
  for (const auto& item : queue) {
    report(item, invocation_verdict::ignored, &stale);
    effects_.answer_plan(item.request, stale);
  }
  if (phase_ == instance_phase::running && current_) {
    // What comes while it drains grants no further time.
    if (!std::exchange(retire_after_work_, true)) {
      arm(timer_kind::drain, current_->request, limits::drain_ms);
    }
    enter(instance_phase::running);  // the owner learns the generation
    return;
  }
  if (phase_ == instance_phase::running) {
    retire();
    return;
  }
  if (phase_ == instance_phase::probing) {
    return;  // the probe under way is of the old bytes; the registry sees that by the verdict's digest
  }
  let_go(live_, false);
  rest();
}

void lifecycle::quarantine(const std::string& reason) {
  if (phase_ == instance_phase::stopped) {
    return;
  }
  operator_reason_ = reason;
  fail_all_waiting(shut_out());
  if (phase_ == instance_phase::probing || (phase_ == instance_phase::running && current_)) {
    return;  // the verdict, or the running invocation, comes first
  }
  let_go(live_, phase_ == instance_phase::running);
  rest();
}

void lifecycle::reinstate() {
  operator_reason_.reset();
  backoff_.reset();
  error_.clear();
  if (phase_ == instance_phase::quarantined) {
    enter(instance_phase::idle);
  }
}

void lifecycle::stop(std::uint64_t request, std::int64_t deadline_ms) {
  stop_request_ = request;
  enter(instance_phase::stopped);
  fail_all_waiting(problem(failure_code::stopping, "The runtime is stopping."));
  if (probe_) {
    let_go(probe_, false);
    admission_verdict verdict;
    verdict.name = planner_.manifest.name;
    verdict.digest = planner_.digest;
    verdict.reason = "The runtime is stopping.";
    finish_probe(verdict);
  }
  if (!current_) {
    let_go(live_, true);
  }
  // The kill comes early enough that its effect is seen by the deadline.
  arm(timer_kind::stop_kill, 0, std::max<std::int64_t>(deadline_ms - 2 * limits::cancel_grace_ms, 0));
  arm(timer_kind::stop_deadline, 0, deadline_ms);
  answer_stop_if_done(false);
}

void lifecycle::answer_stop_if_done(bool deadline_passed) {
  const bool done = !live_ && !probe_ && ending_.empty();
  if (!stop_request_ || !(done || deadline_passed)) {
    return;
  }
  instance_stopped answer;
  answer.name = planner_.manifest.name;
  answer.workers_ended = workers_ended_;
  answer.processes_left = processes_left_ + ending_.size() + (live_ ? 1 : 0);
  effects_.answer_stop(*std::exchange(stop_request_, std::nullopt), std::move(answer));
}

// -- timers
// -------------------------------------------------------------------------------------------------------------

void lifecycle::on_timer(std::uint64_t number) {
  const auto found = timers_.find(number);
  if (found == timers_.end()) {
    return;
  }
  const auto due = found->second;
  timers_.erase(found);
  switch (due.kind) {
    case timer_kind::waiter_deadline:
    case timer_kind::work_deadline:
    case timer_kind::planner_deadline:
    case timer_kind::work_grace:
    case timer_kind::settle:
    case timer_kind::drain:
      on_work_timer(due);
      return;
    case timer_kind::start_deadline:
    case timer_kind::probe_deadline:
    case timer_kind::self_test_deadline:
    case timer_kind::grace:
      on_start_timer(due);
      return;
    case timer_kind::closed_output:
      on_closed_output(due.key);
      return;
    case timer_kind::backoff:
      if (phase_ == instance_phase::backing_off && number == backoff_timer_) {
        begin_start(true);
      }
      return;
    case timer_kind::retire:
      on_retire_timer();
      return;
    case timer_kind::stop_kill:
    case timer_kind::stop_deadline:
      on_stop_timer(due.kind);
      return;
  }
}

/// The one retire timer that is armed, however many invocations have ended since then: it looks how long ago the last
/// one ended, and is armed again for what is left. While an invocation runs none is needed: its end arms one.
void lifecycle::on_retire_timer() {
  retire_timer_ = 0;
  if (phase_ != instance_phase::running || current_) {
    return;
  }
  const auto left_ms = idle_since_ms_ + limits::idle_retire_s * 1000 - outside_.clock->monotonic_ms();
  if (left_ms > 0) {
    arm(timer_kind::retire, 0, left_ms);
  } else {
    retire();
  }
}

void lifecycle::on_start_timer(const timer& due) {
  if (due.kind == timer_kind::start_deadline) {
    if (live_ && due.key == live_.number && phase_ == instance_phase::starting) {
      session_news news;
      news.kind = session_news::kind::session_failed;
      news.evidence = live_.session->expire("The planner did not answer the handshake within the import timeout.");
      on_live_failed(news);
    }
  } else if (due.kind == timer_kind::grace) {
    if (const auto found = ending_.find(due.key); found != ending_.end()) {
      found->second->abandon();
    }
  } else if (probe_ && due.key == probe_.number && !probe_.session->is_doomed()) {
    // Judged when its end is seen and the evidence is complete. A deadline of the handshake says nothing after it.
    if (due.kind == timer_kind::self_test_deadline) {
      (void)probe_.session->expire("The self-test did not end within its timeout.");
    } else if (probe_.session->stage() != planner_stage::self_test) {
      (void)probe_.session->expire("The planner did not answer the handshake within the import timeout.");
    }
  }
}

/// It closed its output and lives on: of no use to anybody.
void lifecycle::on_closed_output(std::uint64_t session) {
  if (live_ && session == live_.number) {
    session_news news;
    news.kind = session_news::kind::session_failed;
    news.evidence = live_.session->outlived_output();
    on_live_failed(news);
  } else if (probe_ && session == probe_.number && !probe_.session->is_doomed()) {
    (void)probe_.session->outlived_output();  // judged when its end is seen
  }
}

void lifecycle::on_stop_timer(timer_kind kind) {
  if (!stop_request_) {
    return;
  }
  if (kind == timer_kind::stop_deadline) {
    answer_stop_if_done(true);
    return;
  }
  if (current_ && !current_->answered) {
    finish_work(problem(failure_code::stopping, "The runtime stopped before the plan was ready."),
                invocation_verdict::ignored);
  }
  current_.reset();
  let_go(live_, false);
  for (auto& [number, session] : ending_) {
    session->abandon();
  }
}

}  // namespace planguild
