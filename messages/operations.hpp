// What operators ask of a running runtime beyond looking: heal, reload, quarantine, reinstate, configure, and the two
// big reports, stats and diagnostics. Pure values, any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "messages/discovery.hpp"
#include "messages/fields.hpp"
#include "messages/health.hpp"
#include "messages/planner.hpp"
#include "messages/profiling.hpp"

namespace planguild {

/// Host to registry: if nothing is active, scan and admit again, up to `max_attempts` times with growing pauses.
/// Requests that come while a heal runs share its report; within `cooldown_ms` of the last one's start nothing is done.
struct heal_request {
  bool force = true;  // false: the first attempt trusts the signature
  std::int64_t max_attempts = 3;
  std::int64_t cooldown_ms = 5'000;
  std::int64_t timeout_ms = 60'000;  // of waiting for the report; the heal itself goes on
  bool operator==(const heal_request&) const = default;
};
PLANGUILD_FIELDS(heal_request, force, max_attempts, cooldown_ms, timeout_ms);

struct heal_report {
  std::uint64_t before_active = 0;
  std::uint64_t attempts = 0;
  std::uint64_t after_active = 0;
  bool cooldown_skip = false;
  bool operator==(const heal_report&) const = default;
};
PLANGUILD_FIELDS(heal_report, before_active, attempts, after_active, cooldown_skip);

/// Host to registry: archive import failures, forget records, rescan. Instances finish what they are doing; their
/// addresses stay, their generation grows. Counters, samples, store and reliability stay.
struct reload_request {
  bool wait_for_admissions = false;
  std::int64_t timeout_ms = 60'000;
  bool operator==(const reload_request&) const = default;
};
PLANGUILD_FIELDS(reload_request, wait_for_admissions, timeout_ms);

struct reload_report {
  std::uint64_t archived_failures = 0;  // import failures that this reload put into the archive
  std::uint64_t instances_draining = 0;
  discovery_report discovery;
  bool operator==(const reload_report&) const = default;
};
PLANGUILD_FIELDS(reload_report, archived_failures, instances_draining, discovery);

/// Operator to registry: nobody may use this planner, whatever its verdict says. Kept in the store until reinstated.
struct quarantine_request {
  std::string name;
  std::string reason;
  std::int64_t timeout_ms = 60'000;
  bool operator==(const quarantine_request&) const = default;
};
PLANGUILD_FIELDS(quarantine_request, name, reason, timeout_ms);

/// Operator to registry: this planner may be used, whatever its verdict says. Kept in the store.
struct reinstate_request {
  std::string name;
  std::string reason;
  std::int64_t timeout_ms = 60'000;
  bool operator==(const reinstate_request&) const = default;
};
PLANGUILD_FIELDS(reinstate_request, name, reason, timeout_ms);

/// One configuration variable and its value as text, as in the environment.
struct config_value {
  std::string variable;
  std::string text;
  bool operator==(const config_value&) const = default;
};
PLANGUILD_FIELDS(config_value, variable, text);

/// Operator to registry: take these live values; all of them, or none if one is refused.
struct configure_request {
  std::vector<config_value> patch;
  bool operator==(const configure_request&) const = default;
};
PLANGUILD_FIELDS(configure_request, patch);

struct config_change {
  std::string variable;
  std::string before;
  std::string after;
  bool operator==(const config_change&) const = default;
};
PLANGUILD_FIELDS(config_change, variable, before, after);

struct configure_report {
  std::vector<config_change> changes;  // what is different now; a value that was the same is not listed
  std::vector<std::string> notes;      // capped values
  bool operator==(const configure_report&) const = default;
};
PLANGUILD_FIELDS(configure_report, changes, notes);

/// Host to registry: counters. Looks at what is there, waits for nothing.
struct stats_request {
  bool operator==(const stats_request&) const = default;
};
PLANGUILD_NO_FIELDS(stats_request);

struct stats_report {
  std::string version;
  bool discovered = false;
  std::uint64_t runs = 0;  // discoveries that looked anew
  std::string signature;
  std::uint64_t active = 0;
  std::uint64_t pending = 0;
  std::uint64_t quarantined = 0;
  std::uint64_t instantiated = 0;  // live now
  std::uint64_t records = 0;
  std::uint64_t selections = 0;            // answered with a planner since start
  std::uint64_t invocations = 0;           // ended since start, however
  std::uint64_t total_instantiations = 0;  // constructions that succeeded since start
  std::uint64_t starts_joined = 0;         // acquires that shared a construction with another
  std::uint64_t import_failures = 0;
  std::vector<import_failure> import_failure_details;
  std::uint64_t archived_failures_count = 0;
  std::uint64_t resident_bytes = 0;  // of the whole process; 0 where it cannot be told
  double uptime_s = 0;
  std::string memory_only;  // why verdicts and decisions end with this runtime; empty: they are stored
  bool operator==(const stats_report&) const = default;
};
PLANGUILD_FIELDS(stats_report, version, discovered, runs, signature, active, pending, quarantined, instantiated,
                 records, selections, invocations, total_instantiations, starts_joined, import_failures,
                 import_failure_details, archived_failures_count, resident_bytes, uptime_s, memory_only);

/// The import failures of one discovery, put away by a reload.
struct archived_failures {
  double ts = 0;  // wall clock, seconds
  std::vector<import_failure> failures;
  bool operator==(const archived_failures&) const = default;
};
PLANGUILD_FIELDS(archived_failures, ts, failures);

/// Host to registry: everything at one moment. `verbose` adds descriptions, evidence, archives and the last samples.
struct diagnostics_request {
  bool verbose = false;
  std::int64_t timeout_ms = 60'000;
  bool operator==(const diagnostics_request&) const = default;
};
PLANGUILD_FIELDS(diagnostics_request, verbose, timeout_ms);

struct diagnostics_report {
  double ts = 0;  // wall clock, seconds
  stats_report stats;
  health_report health;
  std::vector<planner_record> planners;
  std::vector<skipped_planner> skipped;
  std::vector<archived_failures> archives;  // verbose
  std::vector<std::string> warnings_issued;
  std::vector<config_value> configuration;
  profile_reports profile;  // of the same moment: counts agree with `stats`
  bool operator==(const diagnostics_report&) const = default;
};
PLANGUILD_FIELDS(diagnostics_report, ts, stats, health, planners, skipped, archives, warnings_issued, configuration,
                 profile);

}  // namespace planguild
