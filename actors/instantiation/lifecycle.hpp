// The life of one planner's instance: everything that decides anything, without CAF. Owned by one instantiation_actor,
// which calls it message by message, so lifecycle changes cannot overlap. What it wants done it says through
// instance_effects.
//
//            admit                    acquire, run_plan             handshake done
//   idle ----------> probing   idle -------------------> starting ------------------> running
//    ^                  |        ^  failed, late, last      |                           |  | idle for idle_retire_s
//    +------------------+        +----- waiter left --------+ (first start)             |  +-----------------> idle
//    passed (else quarantined)                              | failed (restart)     died |
//                                                           v                           v
//                     quarantined <--- budget spent --- backing_off <-------------------+
//                                                           | delay over: starting (restart)
//   running -- a request for another repository than the process may read --> starting, after what is running
//   any -- stop --> stopped: what waits gets `stopping`
//   any -- an operator's quarantine --> quarantined, after what is running; reinstated --> idle
//
// Single flight: the first acquire starts the load, every further one waits for the same outcome with its own deadline.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/instantiation/backoff.hpp"
#include "actors/instantiation/worker_session.hpp"
#include "messages/config.hpp"
#include "messages/environment.hpp"
#include "messages/instantiation.hpp"

namespace planguild {

/// What a lifecycle wants done. `request` is the number under which the actor keeps the reply that is owed.
class instance_effects {
 public:
  virtual ~instance_effects() = default;
  /// Where events of the process `session` go; they come back through lifecycle::on_process.
  virtual process_sink sink_for(std::uint64_t session) = 0;
  /// Calls lifecycle::on_timer(number) after `delay_ms`. Never taken back: the lifecycle ignores numbers it has
  /// dropped.
  virtual void start_timer(std::uint64_t number, std::int64_t delay_ms) = 0;
  virtual void answer_acquire(std::uint64_t request, outcome<instance_info> answer) = 0;
  virtual void answer_plan(std::uint64_t request, outcome<plan_result> answer) = 0;
  virtual void answer_admit(std::uint64_t request, admission_verdict answer) = 0;
  virtual void answer_stop(std::uint64_t request, instance_stopped answer) = 0;
  virtual void tell_state(instance_state_changed news) = 0;
  virtual void tell_outcome(invocation_outcome news) = 0;
  /// The answer comes through lifecycle::on_budget.
  virtual void ask_budget(restart_budget_spent question) = 0;
};

class lifecycle {
 public:
  /// `outside` and `effects` must outlive it.
  lifecycle(found_planner planner, const config& configuration, environment& outside, instance_effects& effects);

  void admit(std::uint64_t request);
  void acquire(std::uint64_t request, const acquire_instance& message);
  void run(std::uint64_t request, const run_plan& message);
  void cancel(std::uint64_t ticket);
  void replace(const found_planner& planner);
  void reload();
  void quarantine(const std::string& reason);
  void reinstate();
  void stop(std::uint64_t request, std::int64_t deadline_ms);

  void on_process(std::uint64_t session, const process_event& event);
  void on_timer(std::uint64_t number);
  void on_budget(budget_decision decision);

  instance_phase phase() const noexcept { return phase_; }
  std::uint64_t generation() const noexcept { return generation_; }

 private:
  /// A process with its number. Numbers are never reused, so late events find nothing.
  struct numbered_session {
    std::uint64_t number = 0;
    std::unique_ptr<worker_session> session;
    explicit operator bool() const noexcept { return session != nullptr; }
  };
  struct waiter {
    std::uint64_t request = 0;
    std::uint64_t ticket = 0;
    std::string repository;
  };
  struct work {
    std::uint64_t request = 0;
    run_plan message;
    std::optional<std::int64_t> caller_deadline_ms;  // monotonic
    std::int64_t dispatched_ns = 0;
    std::string digest;          // of the bytes that it was given to
    bool answered = false;       // gave up on: what the planner still says of it does not count
    bool blame_planner = false;  // it gave up by the planner's own timeout
    nlohmann::json candidate;    // the plan, until it has settled
    bool has_candidate = false;
  };
  enum class timer_kind : std::uint8_t {
    waiter_deadline,     // key: request
    work_deadline,       // key: request
    planner_deadline,    // key: request
    start_deadline,      // key: session
    probe_deadline,      // key: session
    self_test_deadline,  // key: session
    grace,               // key: session on its way out
    closed_output,       // key: session
    work_grace,          // key: request
    settle,              // key: request
    backoff,
    retire,
    drain,  // key: request
    stop_deadline,
    stop_kill,
  };
  struct timer {
    timer_kind kind;
    std::uint64_t key;
  };

  // lifecycle.cpp, lifecycle_end.cpp: states, ends, timers
  void arm(timer_kind kind, std::uint64_t key, std::int64_t delay_ms);
  void forget_answered_deadlines();
  numbered_session make_session(std::string repository);
  void enter(instance_phase phase, const failure_evidence* evidence = nullptr);
  void tell_state(const failure_evidence* evidence, const sandbox_posture& posture);
  void begin_start(bool restart);
  void restart_for_repository();
  bool needs_other_process(const std::string& repository) const;
  std::string next_repository() const;
  void on_live(session_news news);
  void on_handshake();
  void on_live_failed(const session_news& news);
  void first_start_failed(const failure_evidence& evidence);
  void died(const failure_evidence& evidence);
  void back_off(const failure_evidence& evidence);
  void cancel_start_if_unwanted();
  void fail_all_waiting(const failure& problem);
  bool is_wanted() const noexcept { return !waiters_.empty() || !queue_.empty(); }
  void let_go(numbered_session& session, bool politely);
  void on_ending(std::uint64_t number, const session_news& news);
  void renew(std::string_view why_stale);
  void retire();
  void rest(const failure_evidence* evidence = nullptr);
  void answer_stop_if_done(bool deadline_passed);
  void on_stop_timer(timer_kind kind);
  void on_start_timer(const timer& due);
  void on_retire_timer();
  void on_closed_output(std::uint64_t session);
  instance_info info() const;
  failure problem(failure_code code, std::string_view message) const;
  failure shut_out() const;
  failure failure_of(const failure_evidence& evidence) const;

  // lifecycle_work.cpp: invocations
  void dispatch();
  void on_plan_settled(std::uint64_t request);
  void finish_work(outcome<plan_result> answer, invocation_verdict verdict);
  void after_work();
  void give_up(work& item, failure_code code, std::string_view message, invocation_verdict verdict);
  void kill_stubborn();
  bool give_up_waiting(std::uint64_t request, failure_code code, std::string_view message);
  void on_work_timer(const timer& due);
  void report(const work& item, invocation_verdict verdict, const failure* problem);

  // lifecycle_probe.cpp: admission
  void on_probe(const session_news& news);
  void finish_probe(const admission_verdict& verdict);
  void probe_passed();

  found_planner planner_;
  const config configuration_;
  environment& outside_;
  instance_effects& effects_;

  instance_phase phase_ = instance_phase::idle;
  std::uint64_t generation_ = 1;
  std::uint64_t starts_ = 0;  // constructions; probes are none
  bool restarting_ = false;   // the start under way needs no waiter
  bool retire_after_work_ = false;
  std::optional<std::string> operator_reason_;  // an operator quarantined it
  std::string error_;
  std::string repository_;   // that the last process was started with
  sandbox_posture posture_;  // of the last process; empty until its layers are on
  restart_backoff backoff_;

  numbered_session live_;
  numbered_session probe_;
  found_planner probed_;  // what `probe_` was started with: the verdict is about these bytes
  std::map<std::uint64_t, std::unique_ptr<worker_session>> ending_;  // let go of, not yet gone
  std::uint64_t next_session_ = 1;

  std::vector<waiter> waiters_;
  std::deque<work> queue_;
  std::optional<work> current_;
  std::vector<std::uint64_t> probe_requests_;

  std::map<std::uint64_t, timer> timers_;
  static constexpr std::size_t sweep_at_min = 1'024;
  std::size_t sweep_at_ = sweep_at_min;  // timers at which those of answered requests are looked for
  std::uint64_t next_timer_ = 1;
  std::uint64_t retire_timer_ = 0;  // the one that is armed; 0: none
  std::int64_t idle_since_ms_ = 0;  // monotonic; while the process runs and has nothing to do
  std::uint64_t backoff_timer_ = 0;

  std::optional<std::uint64_t> stop_request_;
  std::uint64_t workers_ended_ = 0;
  std::uint64_t processes_left_ = 0;
};

}  // namespace planguild
