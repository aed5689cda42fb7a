// Collects what selections leave behind as batches for the profiler: what came out alike is told once. Owned by whoever
// selects (the registry, a selector); one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "messages/environment.hpp"
#include "messages/limits.hpp"
#include "messages/profiling.hpp"

namespace planguild {

class selection_recorder {
 public:
  /// Where a pattern is in the batch that is being filled. Kept beside the pattern by its owner; a new pattern begins
  /// with a new one.
  struct place {
    std::uint64_t batch = 0;  // 0: in none yet
    std::uint32_t index = 0;
  };

  /// `expected` points of a batch are made room for in advance.
  explicit selection_recorder(std::size_t expected) : expected_(expected) { points_.reserve(expected_); }

  /// One selection that began at `began_ns` (monotonic) and is over now. Allocates nothing for a pattern that the batch
  /// has already, while there is room.
  void add(const std::shared_ptr<const selection_sample>& pattern, place& at, std::int64_t began_ns,
           const clock_source& clock) {
    if (at.batch != batch_) {
      at = {batch_, static_cast<std::uint32_t>(patterns_.size())};
      patterns_.push_back(pattern);
    }
    last_ns_ = clock.monotonic_ns();
    if (points_.empty()) {
      first_ns_ = last_ns_;
      wall_minus_monotonic_s_ = static_cast<double>(clock.wall_ms()) / 1e3 - seconds(last_ns_);
    }
    points_.push_back({at.index, seconds(last_ns_ - began_ns), wall_minus_monotonic_s_ + seconds(last_ns_)});
  }

  bool is_empty() const noexcept { return points_.empty(); }
  bool is_full() const noexcept { return points_.size() >= limits::samples_per_message_max; }
  /// When the last selection was added: milliseconds of the monotonic clock.
  std::int64_t last_ms() const noexcept { return last_ns_ / 1'000'000; }
  /// From the first to the last selection of the batch.
  std::int64_t age_ms() const noexcept { return (last_ns_ - first_ns_) / 1'000'000; }

  /// The batch, which says that `dropped` selections got lost before it; the next one begins.
  selection_batch take(std::uint64_t dropped = 0) {
    selection_batch taken;
    taken.dropped = dropped;
    taken.patterns.reserve(patterns_.size());
    for (const auto& pattern : patterns_) {
      taken.patterns.push_back(*pattern);
    }
    taken.points = std::exchange(points_, {});
    points_.reserve(expected_);
    begin_next();
    return taken;
  }

  /// Forgets the batch; the next one begins. Returns how many selections that were.
  std::uint64_t discard() {
    const auto count = points_.size();
    points_.clear();
    begin_next();
    return count;
  }

 private:
  static double seconds(std::int64_t nanoseconds) noexcept { return static_cast<double>(nanoseconds) * 1e-9; }
  void begin_next() {
    patterns_.clear();
    ++batch_;
  }

  std::size_t expected_;
  std::vector<std::shared_ptr<const selection_sample>> patterns_;
  std::vector<selection_point> points_;
  std::uint64_t batch_ = 1;  // number of the batch that is being filled
  std::int64_t first_ns_ = 0;
  std::int64_t last_ns_ = 0;
  double wall_minus_monotonic_s_ = 0;  // as of the batch's first selection
};

}  // namespace planguild
