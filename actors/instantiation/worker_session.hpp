// One planner process from start to end: drives the protocol over it and turns every event into what it means. Used for
// probes and for the live instance alike. Plain class; owned by one lifecycle, called from its actor only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "actors/instantiation/planner_protocol.hpp"
#include "messages/environment.hpp"
#include "messages/planner.hpp"

namespace planguild {

/// What an event meant.
struct session_news {
  enum class kind : std::uint8_t {
    nothing,
    handshake_done,  // and it agrees with the manifest
    self_test_passed,
    plan_received,   // `plan` holds what the planner sent, unchecked
    request_failed,  // the planner answered the plan request with an error; it can go on
    output_closed,   // it can say nothing more; if it does not end soon, call `outlived_output`
    session_failed,  // the process is being killed or has ended; `evidence` is what is known so far
  };
  enum kind kind = kind::nothing;
  failure_evidence evidence;
  nlohmann::json plan;
  bool ended = false;  // the process is gone; `evidence` is complete if something failed
};

/// What a process is held in by, and what it gets in spite of it.
struct confinement {
  sandbox_policy policy;
  planner_permissions grants;
  std::string repository;  // absolute, without a slash at the end; or empty
};

class worker_session {
 public:
  /// Starts the process; its events go to `sink`, from where the owner hands them to `on_event`.
  worker_session(const found_planner& planner, confinement around, environment& outside, process_sink sink);

  session_news on_event(const process_event& event);

  // Each requires `is_ready()`.
  void send_self_test();
  void send_plan(std::string_view objective, std::string_view context, std::string_view repository,
                 std::int64_t timeout_ms);
  /// Asks the planner to exit; the owner kills it after limits::cancel_grace_ms.
  void send_shutdown();

  /// Asks the planner to give up the plan request in flight.
  void send_cancel();

  /// The time for what it is doing has run out: kills it. The evidence is completed when `ended` comes.
  failure_evidence expire(std::string_view message);
  /// It closed its output and still runs: kills it. As `expire`.
  failure_evidence outlived_output();
  /// Kills it without blame: cancelled, stopped, replaced.
  void abandon();

  bool is_ready() const noexcept { return ready_ && !protocol_.pending() && !doomed_ && !ended_ && !output_closed_; }
  bool is_doomed() const noexcept { return doomed_; }
  bool has_ended() const noexcept { return ended_; }
  planner_stage stage() const noexcept { return stage_; }
  /// The layers in force; empty before they are on, and for a builtin planner.
  const sandbox_posture& posture() const noexcept { return posture_; }
  /// What it was started to read, besides its own.
  const std::string& repository() const noexcept { return around_.repository; }
  std::int64_t process() const noexcept { return process_; }
  std::uint64_t processes_left() const noexcept { return processes_left_; }
  std::int64_t started_at_ns() const noexcept { return started_at_ns_; }

 private:
  session_news on_line(const std::string& line);
  session_news on_output_closed(const process_event& event);
  session_news on_result(protocol_method method, nlohmann::json result);
  session_news on_exit(const process_event& event);
  session_news fail(const failure& problem, process_ending ending, std::string_view detail);
  failure_evidence evidence_of(const failure& problem) const;
  failure_evidence evidence_of_exit(const process_event& event) const;
  void kill();

  const planner_manifest manifest_;
  const confinement around_;
  environment& outside_;
  planner_protocol protocol_;
  std::uint64_t id_ = 0;
  std::int64_t process_ = 0;
  std::int64_t started_at_ns_ = 0;
  std::uint64_t processes_left_ = 0;
  planner_stage stage_ = planner_stage::load;
  sandbox_posture posture_;
  bool ready_ = false;
  bool output_closed_ = false;
  bool ended_ = false;
  bool doomed_ = false;         // killed by us; nothing it says counts any more
  bool shutting_down_ = false;  // asked to exit: its end is no failure
  std::optional<failure_evidence> blame_;
};

/// How `planner` is started: its argv, folder, and an environment made anew (PATH, LANG and nothing of the host's).
/// Policy, grants and repository are the session's.
process_command command_of(const found_planner& planner);

}  // namespace planguild
