// What is known of one planner: its manifest (read without running anything), where it was found, its admission with
// evidence, its reliability, and the public record made of all of these. Pure values, any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "messages/enums.hpp"
#include "messages/failure.hpp"
#include "messages/fields.hpp"
#include "messages/sandbox.hpp"

namespace planguild {

/// How a planner is started.
enum class entry_kind : std::uint8_t {
  builtin,  // a C++ class that the host registered; it runs in the host's process, on a thread of its own
  command,  // a program that speaks planner protocol 1 on its standard input and output
  library,  // a shared object that exports the planner interface (app/worker/planner_abi.h); it runs in a process of
            // its own
};
PLANGUILD_ENUM(entry_kind, builtin, command, library);

struct planner_entry {
  entry_kind kind = entry_kind::command;
  std::vector<std::string> argv;   // of a command, as in the manifest; a path is relative to the manifest's folder
  std::string path;                // of a library, relative to the manifest's folder; first of `files`
  std::vector<std::string> files;  // what the digest covers, relative to the manifest's folder
  bool operator==(const planner_entry&) const = default;
};
PLANGUILD_FIELDS(planner_entry, kind, argv, path, files);

/// What a manifest asks for, or what an operator grants. A planner gets what is both asked for and granted.
struct planner_permissions {
  std::vector<std::uint16_t> network;  // TCP ports
  std::vector<std::string> read;       // paths
  std::vector<std::string> write;      // paths
  bool operator==(const planner_permissions&) const = default;
};
PLANGUILD_FIELDS(planner_permissions, network, read, write);

/// NAME.planner.json. Capabilities and tags are already normalised sets (text::capability_set).
struct planner_manifest {
  std::string name;
  std::string version;
  std::string description;
  std::vector<std::string> capabilities;
  std::vector<std::string> tags;
  std::string tier;         // as given; ranking lower-cases it
  std::string risk_rating;  // as given
  bool production_ready = false;
  bool self_test = false;
  std::optional<double> timeout_s;  // > 0
  planner_permissions permissions;
  planner_entry entry;
  std::string sha256;  // 64 hexadecimal digits, or empty
  bool operator==(const planner_manifest&) const = default;
};
PLANGUILD_FIELDS(planner_manifest, name, version, description, capabilities, tags, tier, risk_rating, production_ready,
                 self_test, timeout_s, permissions, entry, sha256);

/// Where a planner comes from, by precedence for one name.
enum class planner_source : std::uint8_t { builtin, manual, root };
PLANGUILD_ENUM(planner_source, builtin, manual, root);

/// One planner as discovery found it.
struct found_planner {
  planner_manifest manifest;
  planner_source source = planner_source::root;
  std::string path;                             // of the manifest; empty for a builtin
  std::string directory;                        // the manifest's folder, absolute; paths of `entry` are relative to it
  std::string digest;                           // SHA-256 over manifest, entry and files, hexadecimal
  std::string files_sha256;                     // SHA-256 over the bytes of `entry.files` in their order, hexadecimal
  std::vector<std::uint64_t> file_sizes_bytes;  // of `entry.files`: where in those bytes each file ends
  std::int64_t entry_time_ns = 0;               // modification time of the entry file, wall clock
  bool operator==(const found_planner&) const = default;
};
PLANGUILD_FIELDS(found_planner, manifest, source, path, directory, digest, files_sha256, file_sizes_bytes,
                 entry_time_ns);

enum class admission_state : std::uint8_t { pending, admitted, quarantined };
PLANGUILD_ENUM(admission_state, pending, admitted, quarantined);

/// Where in its life a planner failed.
enum class planner_stage : std::uint8_t { load, handshake, self_test, plan, restart, idle };
PLANGUILD_ENUM(planner_stage, load, handshake, self_test, plan, restart, idle);

/// How a planner's process came to its end: a closed list.
enum class process_ending : std::uint8_t {
  none,             // it did not end, or nothing is known
  exited,           // by itself; `exit_code`
  signalled,        // by a signal that nobody here sent; `signal`
  filtered,         // by the system call filter; `ending_detail` names the call where it can be known
  timed_out,        // killed because time ran out; `stage` says in what
  over_limit,       // over a bound; `ending_detail` names it
  protocol_broken,  // killed because of what it wrote; `ending_detail` names the breach
  not_started,      // there was nothing to start
  insecure,         // ended before its first byte: a required guarantee does not hold; `ending_detail` names it
};
PLANGUILD_ENUM(process_ending, none, exited, signalled, filtered, timed_out, over_limit, protocol_broken, not_started,
               insecure);

/// What a process used from its start to its end, with its descendants that were waited for.
struct resource_use {
  std::int64_t wall_ms = 0;
  std::int64_t cpu_ms = 0;
  std::uint64_t peak_memory_bytes = 0;  // of the largest process
  bool operator==(const resource_use&) const = default;
};
PLANGUILD_FIELDS(resource_use, wall_ms, cpu_ms, peak_memory_bytes);

/// What was seen when a planner failed.
struct failure_evidence {
  planner_stage stage = planner_stage::load;
  failure_code code = failure_code::internal;
  std::string message;
  std::optional<int> exit_code;
  std::optional<int> signal;
  std::string stderr_tail;  // scrubbed; at most limits::stderr_tail_bytes
  process_ending ending = process_ending::none;
  std::string ending_detail;
  resource_use resources;
  std::int64_t wall_ms = 0;  // when it was seen, since 1970
  bool operator==(const failure_evidence&) const = default;
};
PLANGUILD_FIELDS(failure_evidence, stage, code, message, exit_code, signal, stderr_tail, ending, ending_detail,
                 resources, wall_ms);

/// What a probe, the store or an operator says of one planner's bytes.
struct admission_verdict {
  std::string name;
  std::string digest;
  admission_state state = admission_state::pending;
  std::optional<bool> self_test_passed;  // none: there is no self-test, or it was not reached
  bool by_operator = false;
  std::string reason;  // one sentence
  std::optional<failure_evidence> evidence;
  std::string conditions;   // under which a probe found it: messages/grants.hpp; what the registry fills in
  sandbox_posture posture;  // of the probe's process; not kept in the store
  bool operator==(const admission_verdict&) const = default;
};
PLANGUILD_FIELDS(admission_verdict, name, digest, state, self_test_passed, by_operator, reason, evidence, conditions,
                 posture);

/// The last thing that went wrong with a planner's process, and what held the process in. It outlives new bytes, later
/// successes and this process; what is judged by it is the record's.
struct crash_report {
  std::string name;
  std::string digest;  // of the bytes that ran
  failure_evidence evidence;
  sandbox_posture posture;
  bool operator==(const crash_report&) const = default;
};
PLANGUILD_FIELDS(crash_report, name, digest, evidence, posture);

/// How a planner has behaved. `score` is none until it was admitted for the first time.
struct reliability_view {
  std::optional<double> score;  // (s + 1) / (s + f + 2), rounded to 4 decimals
  std::int64_t invocations = 0;
  std::int64_t failures = 0;
  double mean_duration_ms = 0;
  std::string last_error;  // at most limits::last_error_code_points
  bool operator==(const reliability_view&) const = default;
};
PLANGUILD_FIELDS(reliability_view, score, invocations, failures, mean_duration_ms, last_error);

/// Where an instance is in its life; the table is in actors/instantiation/lifecycle.hpp.
enum class instance_phase : std::uint8_t { idle, probing, starting, running, backing_off, quarantined, stopped };
PLANGUILD_ENUM(instance_phase, idle, probing, starting, running, backing_off, quarantined, stopped);

/// The public record: what `list` and `describe` show.
struct planner_record {
  std::string name;
  std::string version;
  std::string description;  // describe: first limits::description_code_points; list: empty
  std::vector<std::string> capabilities;
  std::vector<std::string> tags;
  std::string tier;
  std::string risk_rating;
  bool production_ready = false;
  admission_state admission = admission_state::pending;
  std::string admission_reason;
  std::optional<bool> self_test_passed;
  std::string error;  // why it could not be loaded or started last time; empty: nothing known against it
  reliability_view reliability;
  instance_phase instance = instance_phase::idle;
  std::uint64_t generation = 1;
  std::string sandbox = "none";   // the guarantees that held for its last process, comma separated; or "none"
  sandbox_posture posture;        // of its last process; empty: none was started in this runtime
  planner_permissions requested;  // by its manifest
  planner_permissions granted;    // of these, by FACTORY_GRANTS
  std::string grants_needed;      // FACTORY_GRANTS with which all of these would be granted; empty: nothing is missing
  planner_source source = planner_source::root;
  std::string where;               // path of the manifest
  std::string digest;              // hexadecimal
  std::int64_t entry_time_ns = 0;  // modification time of the entry file, wall clock; the tie-break `newest` goes by it
  std::int64_t selections = 0;     // among the last limits::selections_remembered; `least_recent` goes by them
  std::optional<failure_evidence> evidence;
  bool operator==(const planner_record&) const = default;
};
PLANGUILD_FIELDS(planner_record, name, version, description, capabilities, tags, tier, risk_rating, production_ready,
                 admission, admission_reason, self_test_passed, error, reliability, instance, generation, sandbox,
                 posture, requested, granted, grants_needed, source, where, digest, entry_time_ns, selections,
                 evidence);

}  // namespace planguild
