// Looking at the runtime: discover, list, describe, health. Pure values, any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "messages/discovery.hpp"
#include "messages/enums.hpp"
#include "messages/fields.hpp"
#include "messages/planner.hpp"

namespace planguild {

/// Host to registry: scan the roots now. Replies when the records are made; admissions go on by themselves unless
/// `wait_for_admissions` is set.
struct discover_request {
  bool force = false;
  bool wait_for_admissions = false;
  std::int64_t timeout_ms = 60'000;
  bool operator==(const discover_request&) const = default;
};
PLANGUILD_FIELDS(discover_request, force, wait_for_admissions, timeout_ms);

struct discovery_report {
  std::string signature;
  bool unchanged = false;
  std::uint64_t runs = 0;  // discoveries so far
  std::uint64_t admitted = 0;
  std::uint64_t pending = 0;
  std::uint64_t quarantined = 0;
  std::vector<std::string> planners;  // names, sorted
  std::vector<import_failure> import_failures;
  std::vector<skipped_planner> skipped;
  std::vector<std::string> warnings;
  bool operator==(const discovery_report&) const = default;
};
PLANGUILD_FIELDS(discovery_report, signature, unchanged, runs, admitted, pending, quarantined, planners,
                 import_failures, skipped, warnings);

struct list_request {
  bool include_quarantined = true;
  bool include_errors = true;
  bool wait_for_admissions = false;
  std::int64_t timeout_ms = 60'000;
  bool operator==(const list_request&) const = default;
};
PLANGUILD_FIELDS(list_request, include_quarantined, include_errors, wait_for_admissions, timeout_ms);

struct planner_list {
  std::vector<planner_record> planners;  // by name
  // Names in the order of registration: the admitted, and if there are several, without those whose reliability is
  // below PLANNER_MIN_RELIABILITY. Ranking does not go by it.
  std::vector<std::string> live;
  std::vector<skipped_planner> skipped;
  std::vector<import_failure> import_failures;
  bool operator==(const planner_list&) const = default;
};
PLANGUILD_FIELDS(planner_list, planners, live, skipped, import_failures);

struct describe_request {
  std::string name;
  bool wait_for_admissions = false;
  std::int64_t timeout_ms = 60'000;
  bool operator==(const describe_request&) const = default;
};
PLANGUILD_FIELDS(describe_request, name, wait_for_admissions, timeout_ms);

/// Host to registry: the last thing that went wrong with this planner's process, also in an earlier runtime.
struct crash_request {
  std::string name;
  bool wait_for_admissions = false;
  std::int64_t timeout_ms = 60'000;
  bool operator==(const crash_request&) const = default;
};
PLANGUILD_FIELDS(crash_request, name, wait_for_admissions, timeout_ms);

/// Host to registry: bring this planner to life. Waits for its admission, then for its start.
struct acquire {
  std::string planner;
  std::int64_t timeout_ms = 30'000;
  std::uint64_t ticket = 0;  // for `cancel_work`; 0: cannot be cancelled
  std::string repository;    // absolute path that the next run_plan will name, so that one start serves both; or empty
  bool operator==(const acquire&) const = default;
};
PLANGUILD_FIELDS(acquire, planner, timeout_ms, ticket, repository);

/// Host to registry: probe this planner again, in a process of its own, whatever is known of its bytes, and keep the
/// verdict.
struct probe_request {
  std::string name;
  std::int64_t timeout_ms = 60'000;
  bool operator==(const probe_request&) const = default;
};
PLANGUILD_FIELDS(probe_request, name, timeout_ms);

/// What is wrong enough to tell an operator.
enum class alert_kind : std::uint8_t {
  import_failures,        // more than FACTORY_ALERT_IMPORT_FAILURES
  slow_instantiation,     // the mean of the last ten constructions is above FACTORY_ALERT_INSTANTIATION_S
  import_failures_grown,  // more than in the discovery before
};
PLANGUILD_ENUM(alert_kind, import_failures, slow_instantiation, import_failures_grown);

struct alert {
  alert_kind kind = alert_kind::import_failures;
  double value = 0;
  double threshold = 0;
  std::string message;  // one sentence with both numbers
  bool operator==(const alert&) const = default;
};
PLANGUILD_FIELDS(alert, kind, value, threshold, message);

struct health_request {
  std::uint64_t min_required = 1;
  bool wait_for_admissions = false;
  std::int64_t timeout_ms = 60'000;
  bool operator==(const health_request&) const = default;
};
PLANGUILD_FIELDS(health_request, min_required, wait_for_admissions, timeout_ms);

struct health_report {
  bool ready = false;
  std::uint64_t active = 0;
  std::uint64_t pending = 0;
  std::uint64_t quarantined = 0;
  std::uint64_t records = 0;
  std::uint64_t import_failures = 0;
  std::optional<double> mean_reliability;  // of those that have one, 4 decimals
  double min_reliability = 0;              // the floor
  std::string sandbox = "none";            // the setting, and what holds for every active planner
  std::vector<alert> alerts;
  std::vector<std::string> suggestions;  // each an action
  bool operator==(const health_report&) const = default;
};
PLANGUILD_FIELDS(health_report, ready, active, pending, quarantined, records, import_failures, mean_reliability,
                 min_reliability, sandbox, alerts, suggestions);

/// Host to registry: end everything within `deadline_ms`.
struct stop_registry {
  std::int64_t deadline_ms = 5'000;
  bool operator==(const stop_registry&) const = default;
};
PLANGUILD_FIELDS(stop_registry, deadline_ms);

struct stop_report {
  std::uint64_t workers_ended = 0;
  std::uint64_t processes_left = 0;
  std::vector<std::string> still_alive;  // names of what did not end by the deadline
  bool store_committed = true;
  bool operator==(const stop_report&) const = default;
};
PLANGUILD_FIELDS(stop_report, workers_ended, processes_left, still_alive, store_committed);

}  // namespace planguild
