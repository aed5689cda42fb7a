// The profiler's memory: of each kind of sample the last `max_profiles` in a ring, all durations in a histogram, and
// what got lost in counters. Owned by the profiler actor, one thread at a time. Memory: about 600 bytes a sample, less
// for selections that came out alike (they share what they have in common), at most limits::max_profiles_cap of each
// kind.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "actors/profiler/histogram.hpp"
#include "actors/profiler/ring_buffer.hpp"
#include "messages/profiling.hpp"

namespace planguild {

class sample_store {
 public:
  /// `max_profiles` <= 0 keeps no samples (histograms and counters go on); it is capped at limits::max_profiles_cap.
  explicit sample_store(std::int64_t max_profiles);

  /// Takes one batch. Of each kind what is over limits::samples_per_message_max counts as dropped, as does what the
  /// sender says that it dropped.
  void add(samples batch);
  /// The same for a selector's batch: of its points what is over the limit, or names no pattern, counts as dropped.
  void add(selection_batch batch);

  /// A new size of the rings; a smaller one trims at once.
  void set_limit(const profile_limits& limit);

  /// What is from before this runtime, oldest first. It takes the places that are free: as new samples come, it goes.
  void recall(samples earlier);

  /// The newest `request.limit` samples of one kind, its histogram and counters. `dropped` is that of all kinds
  /// together: a sender does not say which kind it dropped.
  profile_report report(const profiles_request& request) const;

  /// Whether a sample came since the last take_unsaved() and is kept.
  bool has_unsaved() const noexcept;
  /// The kept samples since the last call, the newest limits::stored_samples_max of each kind, oldest first.
  samples take_unsaved();

 private:
  template <class Sample>
  struct kept_kind {
    ring_buffer<Sample> ring;
    histogram durations;
    std::uint64_t saved = 0;  // of those counted

    std::size_t unsaved() const noexcept {
      return static_cast<std::size_t>(std::min<std::uint64_t>(ring.counted() - saved, ring.size()));
    }
  };
  template <class Sample>
  void take(kept_kind<Sample>& kind, std::vector<Sample>& batch);
  template <class Sample>
  static std::vector<Sample> newest_unsaved(kept_kind<Sample>& kind);
  template <class Sample>
  static std::vector<Sample> fill(profile_report& report, const kept_kind<Sample>& kind, std::int64_t limit);

  struct kept_selection {
    std::shared_ptr<const selection_sample> pattern;  // its duration and time mean nothing
    double duration_s;
    double ts;
  };
  static selection_sample expanded(const kept_selection& kept);

  kept_kind<kept_selection> selections_;
  kept_kind<instantiation_sample> instantiations_;
  kept_kind<invocation_sample> invocations_;
  samples earlier_;
  std::uint64_t dropped_ = 0;
};

}  // namespace planguild
