// States of one instance: see the header. Plain class, no CAF. Starts are in lifecycle_start.cpp, invocations in
// lifecycle_work.cpp, probes in lifecycle_probe.cpp, replacing, stopping and timers in lifecycle_end.cpp.
#include "actors/instantiation/lifecycle.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "messages/limits.hpp"
#include "messages/sandbox_text.hpp"

namespace planguild {

namespace {

bool sets_error(failure_code code) {
  switch (code) {
    case failure_code::load_failed:
    case failure_code::load_timeout:
    case failure_code::start_failed:
    case failure_code::handshake_mismatch:
    case failure_code::protocol_error:
    case failure_code::limit_exceeded:
    case failure_code::sandbox_insufficient:
      return true;
    default:
      return false;
  }
}

}  // namespace

lifecycle::lifecycle(found_planner planner, const config& configuration, environment& outside,
                     instance_effects& effects)
    : planner_(std::move(planner)), configuration_(configuration), outside_(outside), effects_(effects) {}

failure lifecycle::problem(failure_code code, std::string_view message) const {
  return make_failure(code, message, planner_.manifest.name);
}

failure lifecycle::failure_of(const failure_evidence& evidence) const {
  return make_failure(evidence.code, evidence.message, planner_.manifest.name);
}

failure lifecycle::shut_out() const {
  return problem(failure_code::quarantined, operator_reason_ ? "The planner is quarantined: " + *operator_reason_
                                                             : std::string{"The planner is quarantined."});
}

instance_info lifecycle::info() const {
  instance_info result;
  result.name = planner_.manifest.name;
  result.version = planner_.manifest.version;
  result.generation = generation_;
  result.process = live_ ? live_.session->process() : 0;
  result.posture = posture_;
  result.sandbox = sandbox_text(posture_);
  result.starts = starts_;
  return result;
}

void lifecycle::arm(timer_kind kind, std::uint64_t key, std::int64_t delay_ms) {
  if (timers_.size() >= sweep_at_) {
    forget_answered_deadlines();
  }
  const auto number = next_timer_++;
  timers_.emplace(number, timer{kind, key});
  if (kind == timer_kind::retire) {
    retire_timer_ = number;
  } else if (kind == timer_kind::backoff) {
    backoff_timer_ = number;
  }
  effects_.start_timer(number, std::clamp<std::int64_t>(delay_ms, 0, limits::timeout_ms_max));
}

/// Deadlines of requests that have been answered; other timers are few and always kept. The next sweep comes when as
/// many timers again are known, so that each costs a constant however many wait.
void lifecycle::forget_answered_deadlines() {
  std::unordered_set<std::uint64_t> open;
  for (const auto& each : waiters_) {
    open.insert(each.request);
  }
  for (const auto& each : queue_) {
    open.insert(each.request);
  }
  if (current_) {
    open.insert(current_->request);
  }
  std::erase_if(timers_, [&open](const auto& each) {
    switch (each.second.kind) {
      case timer_kind::waiter_deadline:
      case timer_kind::work_deadline:
      case timer_kind::planner_deadline:
      case timer_kind::work_grace:
      case timer_kind::settle:
      case timer_kind::drain:
        return !open.contains(each.second.key);
      default:
        return false;
    }
  });
  sweep_at_ = std::max(sweep_at_min, 2 * timers_.size());
}

void lifecycle::enter(instance_phase phase, const failure_evidence* evidence) {
  phase_ = phase;
  tell_state(evidence, posture_);
}

void lifecycle::tell_state(const failure_evidence* evidence, const sandbox_posture& posture) {
  instance_state_changed news;
  news.name = planner_.manifest.name;
  news.phase = phase_;
  news.generation = generation_;
  news.error = error_;
  news.posture = posture;
  if (evidence != nullptr) {
    news.evidence = *evidence;
  }
  effects_.tell_state(std::move(news));
}

// -- acquire
// ------------------------------------------------------------------------------------------------------------

void lifecycle::acquire(std::uint64_t request, const acquire_instance& message) {
  if (phase_ == instance_phase::stopped) {
    effects_.answer_acquire(request, problem(failure_code::stopping, "The runtime is stopping."));
  } else if (phase_ == instance_phase::quarantined || operator_reason_) {
    effects_.answer_acquire(request, shut_out());
  } else if (phase_ == instance_phase::running && !retire_after_work_ &&
             (current_ || !queue_.empty() || !needs_other_process(message.repository))) {
    // One that drains is waited for: the next start is the one to use. One that is busy is not taken away from those
    // who use it.
    effects_.answer_acquire(request, info());
  } else if (message.timeout_ms <= 0) {
    effects_.answer_acquire(
        request, problem(failure_code::deadline_exceeded, "The timeout was over before the request was looked at."));
  } else if (waiters_.size() >= limits::acquire_waiters_max) {
    effects_.answer_acquire(request, problem(failure_code::overloaded, "Too many requests wait for this planner."));
  } else {
    waiters_.push_back({request, message.ticket, message.repository});
    arm(timer_kind::waiter_deadline, request, message.timeout_ms);
    if (phase_ == instance_phase::idle) {
      begin_start(false);
    } else if (phase_ == instance_phase::running && !retire_after_work_) {
      restart_for_repository();
    }
  }
}

// -- the live process
// ---------------------------------------------------------------------------------------------------

void lifecycle::on_process(std::uint64_t session, const process_event& event) {
  if (live_ && session == live_.number) {
    on_live(live_.session->on_event(event));
  } else if (probe_ && session == probe_.number) {
    on_probe(probe_.session->on_event(event));
  } else if (auto found = ending_.find(session); found != ending_.end()) {
    on_ending(session, found->second->on_event(event));
  }
}

void lifecycle::on_live(session_news news) {
  posture_ = live_.session->posture();
  switch (news.kind) {
    case session_news::kind::handshake_done:
      on_handshake();
      return;
    case session_news::kind::plan_received:
      if (current_) {
        current_->candidate = std::move(news.plan);
        current_->has_candidate = true;
        arm(timer_kind::settle, current_->request, limits::reply_settle_ms);
      }
      return;
    case session_news::kind::request_failed:
      if (current_) {
        finish_work(failure_of(news.evidence), invocation_verdict::failed);
        after_work();
      }
      return;
    case session_news::kind::session_failed:
      on_live_failed(news);
      return;
    case session_news::kind::output_closed:
      arm(timer_kind::closed_output, live_.number, limits::closed_output_ms);
      return;
    default:
      break;
  }
}

void lifecycle::on_handshake() {
  restarting_ = false;
  error_.clear();
  phase_ = instance_phase::running;
  instance_state_changed news;
  news.name = planner_.manifest.name;
  news.phase = phase_;
  news.generation = generation_;
  news.posture = posture_;
  news.start_duration_s = static_cast<double>(outside_.clock->monotonic_ns() - live_.session->started_at_ns()) / 1e9;
  news.joined = waiters_.empty() ? 0 : waiters_.size() - 1;
  effects_.tell_state(std::move(news));
  const auto waiters = std::exchange(waiters_, {});
  for (const auto& waiting : waiters) {
    effects_.answer_acquire(waiting.request, info());
  }
  dispatch();
}

void lifecycle::on_live_failed(const session_news& news) {
  const auto evidence = news.evidence;
  // What could not be started for a repository may be the repository's fault, which anybody may name: it says nothing
  // about the planner.
  const bool is_of_repository = evidence.ending == process_ending::not_started && !repository_.empty();
  if (sets_error(evidence.code) && !is_of_repository) {
    error_ = evidence.message;
  }
  if (news.ended) {
    ++workers_ended_;
    processes_left_ += live_.session->processes_left();
    live_ = {};
  } else {
    ending_.emplace(live_.number, std::move(live_.session));  // already being killed; its end completes the evidence
    live_ = {};
  }
  if (phase_ == instance_phase::starting && !restarting_) {
    first_start_failed(evidence);
  } else {
    died(evidence);
  }
}

void lifecycle::first_start_failed(const failure_evidence& evidence) {
  enter(instance_phase::idle, &evidence);
  fail_all_waiting(failure_of(evidence));
}

void lifecycle::died(const failure_evidence& evidence) {
  bool blameless = false;
  if (current_) {
    if (!current_->answered) {
      finish_work(failure_of(evidence), invocation_verdict::failed);
    } else {
      blameless = !current_->blame_planner;
      current_.reset();
    }
  }
  if (phase_ == instance_phase::stopped) {
    answer_stop_if_done(false);
  } else if (retire_after_work_ || blameless || operator_reason_) {
    // Replaced, quarantined by an operator, or given up on by its caller and not by the planner's own timeout: no
    // blame, and no restart unasked. What an operator's decision found running may show why it was right.
    const bool is_of_these_bytes = !retire_after_work_ && !blameless;
    retire_after_work_ = false;
    rest(is_of_these_bytes ? &evidence : nullptr);
  } else {
    back_off(evidence);
  }
}

void lifecycle::back_off(const failure_evidence& evidence) {
  enter(instance_phase::backing_off, &evidence);
  if (backoff_.may_restart(outside_.clock->monotonic_ms())) {
    arm(timer_kind::backoff, 0, backoff_.next_delay_ms(*outside_.random));
  } else {
    effects_.ask_budget({planner_.manifest.name, evidence, planner_.digest});
  }
}

void lifecycle::on_budget(budget_decision decision) {
  if (phase_ != instance_phase::backing_off) {
    return;  // stopped or replaced meanwhile
  }
  if (decision == budget_decision::keep_trying) {
    arm(timer_kind::backoff, 0, limits::restart_backoff_ms_max);
    return;
  }
  enter(instance_phase::quarantined);
  fail_all_waiting(problem(failure_code::quarantined, "The planner died too often and is quarantined."));
}

void lifecycle::fail_all_waiting(const failure& reason) {
  const auto waiters = std::exchange(waiters_, {});
  for (const auto& waiting : waiters) {
    effects_.answer_acquire(waiting.request, reason);
  }
  const auto queue = std::exchange(queue_, {});
  for (const auto& item : queue) {
    report(item, invocation_verdict::ignored, &reason);
    effects_.answer_plan(item.request, reason);
  }
}

void lifecycle::let_go(numbered_session& session, bool politely) {
  if (!session) {
    return;
  }
  if (politely) {
    session.session->send_shutdown();
    arm(timer_kind::grace, session.number, limits::cancel_grace_ms);
  } else {
    session.session->abandon();
  }
  ending_.emplace(session.number, std::move(session.session));
  session = {};
}

void lifecycle::on_ending(std::uint64_t number, const session_news& news) {
  if (!news.ended) {
    return;
  }
  ++workers_ended_;
  const auto& session = *ending_.at(number);
  processes_left_ += session.processes_left();
  if (news.kind == session_news::kind::session_failed && phase_ != instance_phase::stopped) {
    tell_state(&news.evidence, session.posture());  // the same failure, now with exit code and stderr
  }
  ending_.erase(number);
  answer_stop_if_done(false);
}

void lifecycle::retire() {
  let_go(live_, true);
  backoff_.reset();
  retire_after_work_ = false;
  rest();
}

/// Without a process: idle, or starting at once if somebody waits; quarantined if an operator says so.
void lifecycle::rest(const failure_evidence* evidence) {
  enter(operator_reason_ ? instance_phase::quarantined : instance_phase::idle, evidence);
  if (operator_reason_) {
    fail_all_waiting(shut_out());
  } else if (is_wanted()) {
    begin_start(false);
  }
}

}  // namespace planguild
