// What discovery is asked and answers. Pure values, any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "messages/enums.hpp"
#include "messages/failure.hpp"
#include "messages/fields.hpp"
#include "messages/planner.hpp"

namespace planguild {

/// Registry to discovery: look at the roots. Unforced and unchanged costs one `stat` per file and answers `unchanged`.
struct scan {
  bool force = false;
  bool operator==(const scan&) const = default;
};
PLANGUILD_FIELDS(scan, force);

/// One thing that could not become a planner. A broken manifest harms nobody but itself.
struct import_failure {
  std::string where;  // path of the manifest or root
  failure_code code = failure_code::internal;
  std::string message;
  bool operator==(const import_failure&) const = default;
};
PLANGUILD_FIELDS(import_failure, where, code, message);

/// Why a well-formed name was left out. No failure: it is what the configuration asks for.
enum class skip_reason : std::uint8_t {
  not_allowed,  // not in FACTORY_ALLOWED_PLANNERS, or not in PLANNERS_ALLOW
  excluded,     // in OVERMIND_PLANNER_EXCLUDE
  blocked,      // in PLANNERS_BLOCK
};
PLANGUILD_ENUM(skip_reason, not_allowed, excluded, blocked);

struct skipped_planner {
  std::string name;
  skip_reason reason = skip_reason::not_allowed;
  std::string hint;  // the exact line that would let it in
  bool operator==(const skipped_planner&) const = default;
};
PLANGUILD_FIELDS(skipped_planner, name, reason, hint);

/// Discovery to registry. With `unchanged` set the lists are empty: what was found last time still holds.
struct discovery_result {
  std::string signature;  // hexadecimal
  bool unchanged = false;
  std::vector<found_planner> planners;  // by precedence, one per name
  std::vector<import_failure> failures;
  std::vector<skipped_planner> skipped;
  std::vector<std::string> warnings;  // unknown manifest keys, dropped capabilities; each is logged once
  std::uint64_t files_seen = 0;
  std::uint64_t failures_dropped = 0;  // beyond limits::import_failures_max
  bool operator==(const discovery_result&) const = default;
};
PLANGUILD_FIELDS(discovery_result, signature, unchanged, planners, failures, skipped, warnings, files_seen,
                 failures_dropped);

/// Registry to discovery, before a start: are these still the bytes that were admitted? Costs one `stat` per file; the
/// reply is the planner as it is now (equal if nothing changed) or the failure of its manifest.
struct check_planner {
  found_planner known;
  bool operator==(const check_planner&) const = default;
};
PLANGUILD_FIELDS(check_planner, known);

/// Registry to discovery: the names that are accepted from the roots, from the next scan on ({"*"}: all).
struct allow_planners {
  std::vector<std::string> names;
  bool operator==(const allow_planners&) const = default;
};
PLANGUILD_FIELDS(allow_planners, names);

}  // namespace planguild
