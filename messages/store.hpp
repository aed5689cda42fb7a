// What outlives the process, as values: what the store recalls at start and what it is told from then on.
// Pure values, any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "messages/fields.hpp"
#include "messages/planner.hpp"
#include "messages/profiling.hpp"

namespace planguild {

/// What was remembered of one planner's behaviour when it was last written.
struct stored_reliability {
  std::string name;
  double success_weight = 0;
  double failure_weight = 0;
  std::int64_t saved_wall_ms = 0;  // the weights are as of this moment
  std::int64_t invocations = 0;
  std::int64_t failures = 0;
  double total_duration_ms = 0;
  std::string last_error;
  bool operator==(const stored_reliability&) const = default;
};
PLANGUILD_FIELDS(stored_reliability, name, success_weight, failure_weight, saved_wall_ms, invocations, failures,
                 total_duration_ms, last_error);

/// One outcome, as an increment: several processes may share a store, so nobody writes totals.
struct reliability_increment {
  std::string name;
  bool success = false;
  double duration_ms = 0;
  std::string error;         // of a failure
  std::int64_t wall_ms = 0;  // when it happened
  double half_life_s = 900;  // <= 0: no decay; used to bring the stored weights to `wall_ms`
  bool operator==(const reliability_increment&) const = default;
};
PLANGUILD_FIELDS(reliability_increment, name, success, duration_ms, error, wall_ms, half_life_s);

/// What outlives the process, as recalled at start.
struct store_contents {
  std::vector<admission_verdict>
      verdicts;  // one per name and digest, the oldest first, then operators' (`by_operator`, any digest)
  std::vector<stored_reliability> reliabilities;
  std::vector<crash_report> crashes;  // the last one of each name; the newest limits::crashes_max
  struct samples samples {};          // the newest limits::stored_samples_max of each kind, oldest first
  bool operator==(const store_contents&) const = default;
};
PLANGUILD_FIELDS(store_contents, verdicts, reliabilities, crashes, samples);

/// What is remembered from now on.
struct store_update {
  std::vector<admission_verdict> verdicts;
  std::vector<reliability_increment> increments;
  std::vector<crash_report> crashes;
  struct samples samples {};  // those since the last update
  bool operator==(const store_update&) const = default;
};
PLANGUILD_FIELDS(store_update, verdicts, increments, crashes, samples);

}  // namespace planguild
