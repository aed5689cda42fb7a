// Durations in log-linear buckets: each power of two of nanoseconds is divided into 16, so that a percentile is off by
// at most 1/16 of its value (plus the nanosecond to which durations are cut). Fixed memory, 7.6 KiB. One thread at a
// time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "messages/profiling.hpp"

namespace planguild {

class histogram {
 public:
  /// Negative and not-a-number count as 0; more than 2^63 ns (292 years) counts as that.
  void add(double duration_s) noexcept;

  std::uint64_t count() const noexcept { return count_; }
  double mean_s() const noexcept { return count_ == 0 ? 0 : sum_s_ / static_cast<double>(count_); }
  double max_s() const noexcept { return max_s_; }  // exact

  /// The duration that `share` (0 … 1) of all durations do not exceed (nearest rank); 0 without any.
  double percentile_s(double share) const noexcept;

  histogram_summary summary() const noexcept;

 private:
  static constexpr int parts_bits = 4;  // 16 parts of each power of two
  static constexpr std::size_t bucket_count = (64 - parts_bits) << parts_bits;

  static std::size_t bucket_of(std::uint64_t nanoseconds) noexcept;
  /// The middle of a bucket, in nanoseconds.
  static double middle_of(std::size_t bucket) noexcept;

  std::array<std::uint64_t, bucket_count> counts_{};
  std::uint64_t count_ = 0;
  double sum_s_ = 0;
  double max_s_ = 0;
};

}  // namespace planguild
