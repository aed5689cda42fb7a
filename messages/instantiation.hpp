// What is said to and by the one actor that each planner has. Pure values, any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "messages/enums.hpp"
#include "messages/failure.hpp"
#include "messages/fields.hpp"
#include "messages/plan.hpp"
#include "messages/planner.hpp"

namespace planguild {

/// Registry to instantiation: probe the planner in a process of its own and judge it.
struct admit {
  bool operator==(const admit&) const = default;
};
PLANGUILD_NO_FIELDS(admit);

/// Bring the planner to life, or join the start that is under way. All who wait get the same answer.
struct acquire_instance {
  std::int64_t timeout_ms = 30'000;
  std::uint64_t ticket = 0;  // for `cancel_work`; chosen by the caller, 0: cannot be cancelled
  std::string repository;    // what the next run_plan will name, so that one start serves both; or empty
  bool operator==(const acquire_instance&) const = default;
};
PLANGUILD_FIELDS(acquire_instance, timeout_ms, ticket, repository);

/// A live instance, as far as others may know it.
struct instance_info {
  std::string name;
  std::string version;
  std::uint64_t generation = 1;  // grows by reload and changed bytes, not by restart
  std::int64_t process = 0;      // process id; 0 for a builtin
  std::string sandbox = "none";  // the guarantees that hold, comma separated; or "none"
  sandbox_posture posture;       // the layers really in force
  std::uint64_t starts = 0;      // constructions so far, this one included
  bool operator==(const instance_info&) const = default;
};
PLANGUILD_FIELDS(instance_info, name, version, generation, process, sandbox, posture, starts);

/// What `acquire` answers at the edge: the planner_handle without the actor's address, which means nothing elsewhere.
struct acquired_planner {
  std::string name;
  std::uint64_t generation = 1;
  instance_info instance;
  bool operator==(const acquired_planner&) const = default;
};
PLANGUILD_FIELDS(acquired_planner, name, generation, instance);

/// Host to instantiation: one invocation. Requests queue per instance; the smaller of the manifest's and this timeout
/// applies.
struct run_plan {
  std::uint64_t generation = 0;
  std::string objective;
  std::string context;                     // JSON text, or empty
  std::string repository;                  // absolute path, or empty
  std::optional<std::int64_t> timeout_ms;  // the caller's, from arrival on; <= 0 expires at once
  std::uint64_t ticket = 0;                // for `cancel_work`
  bool operator==(const run_plan&) const = default;
};
PLANGUILD_FIELDS(run_plan, generation, objective, context, repository, timeout_ms, ticket);

struct plan_result {
  struct plan plan;
  instance_info instance;
  double duration_ms = 0;
  bool operator==(const plan_result&) const = default;
};
PLANGUILD_FIELDS(plan_result, plan, instance, duration_ms);

/// Ends the acquire or invocation with this ticket, if it is still under way. A control message: never queued behind
/// work.
struct cancel_work {
  std::uint64_t ticket = 0;
  bool operator==(const cancel_work&) const = default;
};
PLANGUILD_FIELDS(cancel_work, ticket);

/// Registry to instantiation: the bytes on disk are different now. The generation grows; a running instance finishes
/// what it is doing, what is queued gets `stale_handle`.
struct replace_planner {
  found_planner planner;
  bool operator==(const replace_planner&) const = default;
};
PLANGUILD_FIELDS(replace_planner, planner);

/// Registry to instantiation: the registry was reloaded. As `replace_planner` with the same bytes.
struct reload_instance {
  bool operator==(const reload_instance&) const = default;
};
PLANGUILD_NO_FIELDS(reload_instance);

/// Registry to instantiation: an operator quarantined the planner. A running invocation finishes, then the process
/// ends; everything that waits, and everything from now on, gets `quarantined` with the reason.
struct quarantine_instance {
  std::string reason;
  bool operator==(const quarantine_instance&) const = default;
};
PLANGUILD_FIELDS(quarantine_instance, reason);

/// Registry to instantiation: the planner may be used again, with a fresh restart budget.
struct reinstate_instance {
  bool operator==(const reinstate_instance&) const = default;
};
PLANGUILD_NO_FIELDS(reinstate_instance);

/// Registry to instantiation: end, within `deadline_ms`: finish what is running, then kill. Everything that waits gets
/// `stopping`.
struct stop_instance {
  std::int64_t deadline_ms = 5'000;
  bool operator==(const stop_instance&) const = default;
};
PLANGUILD_FIELDS(stop_instance, deadline_ms);

struct instance_stopped {
  std::string name;
  std::uint64_t workers_ended = 0;
  std::uint64_t processes_left = 0;  // of the workers' sessions, after the kill; 0 unless something is wrong
  bool operator==(const instance_stopped&) const = default;
};
PLANGUILD_FIELDS(instance_stopped, name, workers_ended, processes_left);

/// Instantiation to registry.
struct instance_state_changed {
  std::string name;
  instance_phase phase = instance_phase::idle;
  std::uint64_t generation = 1;
  std::string error;  // not empty: loading, handshake or protocol failed; cleared by a success
  std::optional<failure_evidence> evidence;
  double start_duration_s = 0;  // > 0: a construction has just succeeded
  std::uint64_t joined = 0;     // of that construction: acquires that shared it with the first
  sandbox_posture posture;      // of the process that this is about; empty: nothing new
  bool operator==(const instance_state_changed&) const = default;
};
PLANGUILD_FIELDS(instance_state_changed, name, phase, generation, error, evidence, start_duration_s, joined, posture);

/// How an invocation ended, as reliability counts it.
enum class invocation_verdict : std::uint8_t {
  success,
  failed,   // planner error, crash, invalid plan, the planner's own timeout
  ignored,  // cancelled, overloaded, stopping, a caller's shorter timeout: says nothing about the planner
};
PLANGUILD_ENUM(invocation_verdict, success, failed, ignored);

/// Instantiation to registry, after every invocation.
struct invocation_outcome {
  std::string name;
  std::uint64_t generation = 1;
  invocation_verdict verdict = invocation_verdict::ignored;
  std::string code;   // "ok" or the failure code's text
  std::string error;  // message of the failure
  double duration_s = 0;
  std::string digest;  // of the bytes that ran, or were to run: what it says of admission, it says of these alone
  bool operator==(const invocation_outcome&) const = default;
};
PLANGUILD_FIELDS(invocation_outcome, name, generation, verdict, code, error, duration_s, digest);

/// Instantiation to registry: restarted too often. The registry decides, because only it knows whether this is the last
/// one.
struct restart_budget_spent {
  std::string name;
  failure_evidence evidence;
  std::string digest;  // of the bytes that died
  bool operator==(const restart_budget_spent&) const = default;
};
PLANGUILD_FIELDS(restart_budget_spent, name, evidence, digest);

enum class budget_decision : std::uint8_t { quarantine, keep_trying };
PLANGUILD_ENUM(budget_decision, quarantine, keep_trying);

struct budget_answer {
  budget_decision decision = budget_decision::quarantine;
  bool operator==(const budget_answer&) const = default;
};
PLANGUILD_FIELDS(budget_answer, decision);

}  // namespace planguild
