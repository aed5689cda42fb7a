// Samples of what happened, and what the profiler answers. Pure values, any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "messages/enums.hpp"
#include "messages/fields.hpp"
#include "messages/selection.hpp"

namespace planguild {

/// What the boosts were when a selection was made.
struct boost_config {
  double deep_index_cap_boost = 0;
  double hotspot_cap_boost = 0;
  std::int64_t hotspot_threshold = 0;
  bool operator==(const boost_config&) const = default;
};
PLANGUILD_FIELDS(boost_config, deep_index_cap_boost, hotspot_cap_boost, hotspot_threshold);

struct selection_sample {
  std::uint64_t objective_len = 0;  // code points
  std::vector<std::string> required_caps;
  std::string best;
  double score = 0;
  std::uint64_t candidates_considered = 0;
  bool deep_index = false;
  std::int64_t hotspots = 0;
  score_terms breakdown;  // of the winner
  struct boost_config boost_config;
  double duration_s = 0;
  double ts = 0;  // wall clock, seconds
  bool operator==(const selection_sample&) const = default;
};
PLANGUILD_FIELDS(selection_sample, objective_len, required_caps, best, score, candidates_considered, deep_index,
                 hotspots, breakdown, boost_config, duration_s, ts);

/// One selection that came out as others before it.
struct selection_point {
  std::uint32_t pattern = 0;  // index into the batch's patterns
  double duration_s = 0;
  double ts = 0;  // wall clock, seconds
  bool operator==(const selection_point&) const = default;
};
PLANGUILD_FIELDS(selection_point, pattern, duration_s, ts);

/// How often a planner was chosen without a sample being taken.
struct selection_count {
  std::string best;
  std::uint64_t times = 0;
  bool operator==(const selection_count&) const = default;
};
PLANGUILD_FIELDS(selection_count, best, times);

/// Selections in the order in which they were made, told by what they have in common (`patterns`; their durations and
/// times mean nothing) and what they have not (`points`): a host selects the same again and again. At most
/// limits::samples_per_message_max points; what is over is counted as dropped, as is what names no pattern. Where no
/// samples are taken there are `counts` instead, at most as many; a planner may be among them more than once.
struct selection_batch {
  std::vector<selection_sample> patterns;
  std::vector<selection_point> points;
  std::vector<selection_count> counts;
  std::uint64_t dropped = 0;  // by the sender, before sending
  bool operator==(const selection_batch&) const = default;
};
PLANGUILD_FIELDS(selection_batch, patterns, points, counts, dropped);

struct instantiation_sample {
  std::string name;
  double duration_s = 0;
  double ts = 0;  // wall clock, seconds
  bool operator==(const instantiation_sample&) const = default;
};
PLANGUILD_FIELDS(instantiation_sample, name, duration_s, ts);

struct invocation_sample {
  std::string name;
  double duration_s = 0;
  std::string outcome;  // "ok" or a failure code
  double ts = 0;        // wall clock, seconds
  bool operator==(const invocation_sample&) const = default;
};
PLANGUILD_FIELDS(invocation_sample, name, duration_s, outcome, ts);

/// To the profiler, in batches of at most limits::samples_per_message_max of each kind; what is over is counted as
/// dropped.
struct samples {
  std::vector<selection_sample> selections;
  std::vector<instantiation_sample> instantiations;
  std::vector<invocation_sample> invocations;
  std::uint64_t dropped = 0;  // by the sender, before sending
  bool operator==(const samples&) const = default;
};
PLANGUILD_FIELDS(samples, selections, instantiations, invocations, dropped);

enum class sample_kind : std::uint8_t { selection, instantiation, invocation };
PLANGUILD_ENUM(sample_kind, selection, instantiation, invocation);

/// The newest `limit` samples of one kind; limit <= 0: none. Looks only, waits for nothing.
struct profiles_request {
  sample_kind kind = sample_kind::selection;
  std::int64_t limit = 100;
  bool operator==(const profiles_request&) const = default;
};
PLANGUILD_FIELDS(profiles_request, kind, limit);

/// Durations of one kind since start, in log-scaled buckets (relative error at most 1/16).
struct histogram_summary {
  std::uint64_t count = 0;
  double mean_s = 0;
  double p50_s = 0;
  double p99_s = 0;
  double max_s = 0;
  bool operator==(const histogram_summary&) const = default;
};
PLANGUILD_FIELDS(histogram_summary, count, mean_s, p50_s, p99_s, max_s);

/// counted = kept + overwritten + trimmed; `dropped` never reached the rings.
struct profile_report {
  samples kept;     // only the requested kind is filled, oldest first
  samples earlier;  // the same from before this runtime, by the store, where `kept` leaves room; in no number here
  histogram_summary durations;
  std::uint64_t counted = 0;
  std::uint64_t overwritten = 0;
  std::uint64_t trimmed = 0;
  std::uint64_t dropped = 0;
  bool operator==(const profile_report&) const = default;
};
PLANGUILD_FIELDS(profile_report, kept, earlier, durations, counted, overwritten, trimmed, dropped);

/// To the profiler: all three kinds at one moment, the newest `limit` samples of each.
struct all_profiles_request {
  std::int64_t limit = 25;
  bool operator==(const all_profiles_request&) const = default;
};
PLANGUILD_FIELDS(all_profiles_request, limit);

struct profile_reports {
  profile_report selection;
  profile_report instantiation;
  profile_report invocation;
  bool operator==(const profile_reports&) const = default;
};
PLANGUILD_FIELDS(profile_reports, selection, instantiation, invocation);

/// To the profiler: how many samples of each kind to keep; <= 0 keeps none, a smaller value trims at once.
struct profile_limits {
  std::int64_t max_profiles = 1'000;
  bool operator==(const profile_limits&) const = default;
};
PLANGUILD_FIELDS(profile_limits, max_profiles);

}  // namespace planguild
