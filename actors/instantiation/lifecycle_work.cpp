// Invocations of one instance: queue, dispatch, deadlines, cancel, plan check. Part of lifecycle (lifecycle.hpp).
#include <algorithm>
#include <utility>

#include "actors/instantiation/lifecycle.hpp"
#include "actors/instantiation/plan_check.hpp"
#include "actors/instantiation/plan_scrub.hpp"
#include "messages/context.hpp"
#include "messages/limits.hpp"
#include "messages/plan_json.hpp"
#include "messages/scrub.hpp"
#include "messages/timeout.hpp"

namespace planguild {

namespace {

/// How long the planner itself may take: its manifest's timeout, else the default where the caller named none.
std::optional<std::int64_t> planner_limit_ms(const planner_manifest& manifest, const config& configuration,
                                             const run_plan& message) {
  if (manifest.timeout_s) {
    return timeout_ms_of(*manifest.timeout_s);
  }
  return message.timeout_ms ? std::nullopt : std::optional{timeout_ms_of(configuration.invocation_timeout_s)};
}

/// Masked before it is checked, so that nothing that is said of the plan, good or bad, holds a secret of the planner.
outcome<plan> checked_plan(nlohmann::json candidate, const run_plan& message) {
  scrub_plan(candidate);
  auto parsed = plan_from_json(candidate, "plan");
  if (!parsed) {
    return make_failure(failure_code::plan_invalid, parsed.error->message, {}, parsed.error->where);
  }
  return check_plan(std::move(*parsed), message.repository);
}

}  // namespace

void lifecycle::run(std::uint64_t request, const run_plan& message) {
  work item;
  item.request = request;
  item.message = message;
  std::optional<failure> refusal;
  if (phase_ == instance_phase::stopped) {
    refusal = problem(failure_code::stopping, "The runtime is stopping.");
  } else if (message.generation != generation_ || retire_after_work_) {
    refusal = problem(failure_code::stale_handle, "The planner changed since the handle was given; acquire it again.");
  } else if (phase_ == instance_phase::quarantined || operator_reason_) {
    refusal = shut_out();
  } else if (message.timeout_ms && *message.timeout_ms <= 0) {
    refusal = problem(failure_code::deadline_exceeded, "The timeout was over before the request was looked at.");
  } else if (queue_.size() >= limits::instance_queue_max) {
    refusal = problem(failure_code::overloaded,
                      "More than " + std::to_string(limits::instance_queue_max) + " requests wait for this planner.");
  } else if (message.objective.size() > limits::objective_bytes_max ||
             message.context.size() > limits::context_bytes_max) {
    refusal = problem(failure_code::limit_exceeded, "The objective or the context is longer than its bound.");
  } else if (const auto facts = context_facts_of(message.context); !facts) {
    refusal = problem(failure_code::invalid_request, "context: " + facts.error->message);
    refusal->where = "context";
  } else if (!message.repository.empty() && message.repository.front() != '/') {
    refusal = problem(failure_code::invalid_request, "The repository must be an absolute path.");
    refusal->where = "repository";
  }
  if (refusal) {
    report(item, invocation_verdict::ignored, &*refusal);
    effects_.answer_plan(request, *refusal);
    return;
  }
  if (message.timeout_ms) {
    const auto wait_ms = std::min(*message.timeout_ms, limits::timeout_ms_max);
    item.caller_deadline_ms = outside_.clock->monotonic_ms() + wait_ms;
    arm(timer_kind::work_deadline, request, wait_ms);
  }
  queue_.push_back(std::move(item));
  if (phase_ == instance_phase::idle) {
    begin_start(false);
  } else {
    dispatch();
  }
}

void lifecycle::dispatch() {
  if (phase_ != instance_phase::running || current_ || !live_ || !live_.session->is_ready()) {
    return;
  }
  if (queue_.empty()) {
    idle_since_ms_ = outside_.clock->monotonic_ms();
    if (retire_timer_ == 0) {
      arm(timer_kind::retire, 0, limits::idle_retire_s * 1000);
    }
    return;
  }
  if (needs_other_process(queue_.front().message.repository)) {
    restart_for_repository();
    return;
  }
  current_ = std::move(queue_.front());
  queue_.pop_front();
  current_->dispatched_ns = outside_.clock->monotonic_ns();
  current_->digest = planner_.digest;
  const auto& message = current_->message;
  auto told_ms = limits::timeout_ms_max;
  if (const auto limit = planner_limit_ms(planner_.manifest, configuration_, message)) {
    arm(timer_kind::planner_deadline, current_->request, *limit);
    told_ms = *limit;
  }
  if (current_->caller_deadline_ms) {
    told_ms = std::min(told_ms, *current_->caller_deadline_ms - outside_.clock->monotonic_ms());
  }
  live_.session->send_plan(message.objective, message.context, message.repository, std::max<std::int64_t>(told_ms, 0));
}

void lifecycle::report(const work& item, invocation_verdict verdict, const failure* reason) {
  invocation_outcome news;
  news.name = planner_.manifest.name;
  news.generation = item.dispatched_ns > 0 ? item.message.generation : generation_;
  news.digest = item.dispatched_ns > 0 ? item.digest : planner_.digest;
  news.verdict = verdict;
  news.code = reason != nullptr ? std::string{to_string(reason->code)} : "ok";
  news.error = reason != nullptr ? reason->message : "";
  if (item.dispatched_ns > 0) {
    news.duration_s = static_cast<double>(outside_.clock->monotonic_ns() - item.dispatched_ns) / 1e9;
  }
  effects_.tell_outcome(std::move(news));
}

void lifecycle::finish_work(outcome<plan_result> answer, invocation_verdict verdict) {
  auto item = *std::exchange(current_, std::nullopt);
  if (item.answered) {
    return;
  }
  report(item, verdict, answer ? nullptr : &*answer.error);
  effects_.answer_plan(item.request, std::move(answer));
}

void lifecycle::after_work() {
  if (phase_ == instance_phase::stopped) {
    let_go(live_, true);
    answer_stop_if_done(false);
  } else if (retire_after_work_ || operator_reason_) {
    retire();
  } else {
    dispatch();
  }
}

void lifecycle::on_plan_settled(std::uint64_t request) {
  if (!current_ || current_->request != request || !current_->has_candidate) {
    return;
  }
  auto checked = checked_plan(std::move(current_->candidate), current_->message);
  if (!checked) {
    auto reason = problem(checked.error->code, checked.error->message);
    reason.where = checked.error->where;
    finish_work(std::move(reason), invocation_verdict::failed);
  } else {
    plan_result result;
    result.plan = std::move(*checked);
    result.plan.objective =
        scrub(current_->message.objective, {.hide_paths = false, .bytes_max = 2 * limits::objective_bytes_max});
    result.instance = info();
    // A plan that a reload waited for is of the generation that it was asked of.
    result.instance.generation = current_->message.generation;
    result.duration_ms = static_cast<double>(outside_.clock->monotonic_ns() - current_->dispatched_ns) / 1e6;
    finish_work(std::move(result), invocation_verdict::success);
  }
  after_work();
}

// -- giving up
// ----------------------------------------------------------------------------------------------------------

void lifecycle::give_up(work& item, failure_code code, std::string_view message, invocation_verdict verdict) {
  const auto reason = problem(code, message);
  report(item, verdict, &reason);
  effects_.answer_plan(item.request, reason);
  item.answered = true;
  item.blame_planner = verdict == invocation_verdict::failed;
  if (live_) {
    live_.session->send_cancel();
    arm(timer_kind::work_grace, item.request, limits::cancel_grace_ms);
  }
}

void lifecycle::kill_stubborn() {
  constexpr std::string_view message = "The planner did not stop when it was asked to.";
  if (current_->blame_planner) {
    session_news news;
    news.kind = session_news::kind::session_failed;
    news.evidence = live_.session->expire(message);  // completed by its end, with what it wrote before
    on_live_failed(news);
    return;
  }
  failure_evidence evidence;
  evidence.stage = planner_stage::plan;
  evidence.code = failure_code::deadline_exceeded;
  evidence.message = message;
  let_go(live_, false);
  died(evidence);
}

bool lifecycle::give_up_waiting(std::uint64_t request, failure_code code, std::string_view message) {
  const auto is_it = [request](const auto& entry) { return entry.request == request; };
  if (const auto waiting = std::find_if(waiters_.begin(), waiters_.end(), is_it); waiting != waiters_.end()) {
    waiters_.erase(waiting);
    effects_.answer_acquire(request, problem(code, message));
    cancel_start_if_unwanted();
    return true;
  }
  if (const auto queued = std::find_if(queue_.begin(), queue_.end(), is_it); queued != queue_.end()) {
    const auto item = std::move(*queued);
    queue_.erase(queued);
    const auto reason = problem(code, message);
    report(item, invocation_verdict::ignored, &reason);
    effects_.answer_plan(request, reason);
    cancel_start_if_unwanted();
    return true;
  }
  return false;
}

void lifecycle::cancel(std::uint64_t ticket) {
  if (ticket == 0) {
    return;
  }
  constexpr std::string_view message = "The request was cancelled.";
  for (const auto& waiting : waiters_) {
    if (waiting.ticket == ticket) {
      (void)give_up_waiting(waiting.request, failure_code::cancelled, message);
      return;
    }
  }
  for (const auto& item : queue_) {
    if (item.message.ticket == ticket) {
      (void)give_up_waiting(item.request, failure_code::cancelled, message);
      return;
    }
  }
  if (current_ && !current_->answered && current_->message.ticket == ticket) {
    give_up(*current_, failure_code::cancelled, message, invocation_verdict::ignored);
  }
}

void lifecycle::on_work_timer(const timer& due) {
  const bool is_current = current_ && !current_->answered && current_->request == due.key;
  switch (due.kind) {
    case timer_kind::waiter_deadline:
      (void)give_up_waiting(due.key, failure_code::deadline_exceeded, "The planner was not ready within the timeout.");
      return;
    case timer_kind::work_deadline:
      if (is_current) {
        give_up(*current_, failure_code::deadline_exceeded, "The plan was not ready within the request's timeout.",
                invocation_verdict::ignored);
      } else {
        (void)give_up_waiting(due.key, failure_code::deadline_exceeded,
                              "The planner did not get to the request within its timeout.");
      }
      return;
    case timer_kind::planner_deadline:
      if (is_current) {
        give_up(*current_, failure_code::deadline_exceeded, "The planner did not finish within its own timeout.",
                invocation_verdict::failed);
      }
      return;
    case timer_kind::work_grace:
      if (current_ && current_->answered && current_->request == due.key) {
        kill_stubborn();
      }
      return;
    case timer_kind::settle:
      on_plan_settled(due.key);
      return;
    case timer_kind::drain:
      if (current_ && current_->request == due.key && retire_after_work_) {
        const auto reason =
            problem(failure_code::stale_handle, "The planner was replaced, and draining took too long.");
        finish_work(reason, invocation_verdict::ignored);
        after_work();
      }
      return;
    default:
      return;
  }
}

}  // namespace planguild
