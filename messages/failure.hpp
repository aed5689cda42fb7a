// Domain failures as values: every reply that can fail is an `outcome`. A CAF error means only that the other actor is
// gone. Pure values, any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "messages/enums.hpp"
#include "messages/fields.hpp"

namespace planguild {

/// Why a request could not be answered. The texts are stable: they are what JSON, rpc and exit codes are made from.
enum class failure_code : std::uint8_t {
  not_found,              // no planner of that name is known
  quarantined,            // the planner failed its probe, crashed too often, or an operator quarantined it
  not_allowed,            // found on disk but not accepted by the allowlist, exclude list or admission lists
  no_active_planner,      // nothing is admitted and without error
  no_candidate,           // something is active, but nothing reaches the reliability floor
  deadline_exceeded,      // the caller's or the planner's time ran out
  cancelled,              // the caller cancelled
  overloaded,             // a bounded queue is full
  stopping,               // the runtime is shutting down
  stale_handle,           // the planner's bytes or registration changed since the handle was given
  invalid_request,        // a malformed request; the message names the path of the offending field
  invalid_configuration,  // a configuration value was refused
  invalid_manifest,       // a manifest was refused
  duplicate_name,         // a second manifest has the same name; the first one counts
  load_failed,            // missing, not executable, or it exited before the handshake
  load_timeout,           // the handshake did not come in time
  start_failed,           // the handshake was answered with an error
  handshake_mismatch,     // stated name, version or capabilities differ from the manifest
  self_test_failed,       // the self-test said no, failed, exited or was late
  protocol_error,         // noise, a wrong or repeated id, half a line
  planner_error,          // the planner answered with an error
  planner_crashed,        // the process ended while a request was running
  plan_invalid,           // the plan failed its check
  limit_exceeded,         // a bound was exceeded; the message names it
  sandbox_insufficient,   // the kernel cannot give the guarantees that are required
  internal,               // a defect of planguild itself
};
PLANGUILD_ENUM(failure_code, not_found, quarantined, not_allowed, no_active_planner, no_candidate, deadline_exceeded,
               cancelled, overloaded, stopping, stale_handle, invalid_request, invalid_configuration, invalid_manifest,
               duplicate_name, load_failed, load_timeout, start_failed, handshake_mismatch, self_test_failed,
               protocol_error, planner_error, planner_crashed, plan_invalid, limit_exceeded, sandbox_insufficient,
               internal);

struct failure {
  failure_code code = failure_code::internal;
  std::string message;  // a sentence: what was wrong, where, what to do; scrubbed when made
  std::string planner;  // empty where no planner is concerned
  std::string where;    // path, JSON path or variable; empty where there is none
  bool operator==(const failure&) const = default;
};
PLANGUILD_FIELDS(failure, code, message, planner, where);

/// Makes a failure whose message is scrubbed of secrets and cut to limits::failure_message_bytes. Never throws for any
/// input.
failure make_failure(failure_code code, std::string_view message, std::string_view planner = {},
                     std::string_view where = {});

/// A value or a failure. A default-made one is a failure `internal` ("no outcome"), so a forgotten one cannot pass for
/// a value.
template <class T>
struct outcome {
  std::optional<T> value;
  std::optional<failure> error = failure{failure_code::internal, "no outcome was set", {}, {}};

  outcome() = default;
  outcome(T result) : value(std::move(result)), error(std::nullopt) {}  // NOLINT(*-explicit-constructor)
  outcome(failure problem) : error(std::move(problem)) {}               // NOLINT(*-explicit-constructor)

  explicit operator bool() const noexcept { return value.has_value(); }
  const T& operator*() const& { return *value; }
  T& operator*() & { return *value; }
  const T* operator->() const { return &*value; }
  T* operator->() { return &*value; }
  bool operator==(const outcome&) const = default;
};

template <class T>
constexpr std::string_view planguild_type_name(const outcome<T>*) {
  return "outcome";
}
template <class T>
constexpr auto planguild_field_names(const outcome<T>*) {
  return std::array{std::string_view{"value"}, std::string_view{"error"}};
}
template <class Visitor, class T>
decltype(auto) planguild_visit(Visitor&& visitor, outcome<T>& x) {
  return visitor(x.value, x.error);
}
template <class Visitor, class T>
decltype(auto) planguild_visit(Visitor&& visitor, const outcome<T>& x) {
  return visitor(x.value, x.error);
}
template <class Inspector, class T>
auto inspect(Inspector& inspector, outcome<T>& x) {
  return ::planguild::compat::inspect_fields(inspector, x);
}

/// The reply of requests that have nothing to say but that they were taken.
struct ack {
  bool operator==(const ack&) const = default;
};
PLANGUILD_NO_FIELDS(ack);

}  // namespace planguild
