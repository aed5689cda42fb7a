// One thread at a time.
#include "actors/profiler/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace planguild {
namespace {

constexpr double nanoseconds_per_second = 1e9;
constexpr double nanoseconds_max = 9.2e18;  // below 2^63

}  // namespace

std::size_t histogram::bucket_of(std::uint64_t nanoseconds) noexcept {
  constexpr std::uint64_t parts = 1U << parts_bits;
  if (nanoseconds < parts) {
    return nanoseconds;  // exact
  }
  // The highest bit says which power of two, the next `parts_bits` bits which part of it.
  const auto power = static_cast<int>(std::bit_width(nanoseconds)) - 1 - parts_bits;
  return (static_cast<std::size_t>(power) << parts_bits) + (nanoseconds >> power);
}

double histogram::middle_of(std::size_t bucket) noexcept {
  constexpr std::size_t parts = std::size_t{1} << parts_bits;
  if (bucket < parts) {
    return static_cast<double>(bucket);
  }
  const auto power = static_cast<int>(bucket >> parts_bits) - 1;
  const auto part = static_cast<double>((bucket & (parts - 1)) + parts);
  return std::ldexp(part + 0.5, power);
}

void histogram::add(double duration_s) noexcept {
  const double sane_s = duration_s > 0 ? std::min(duration_s, nanoseconds_max / nanoseconds_per_second) : 0;
  ++counts_[bucket_of(static_cast<std::uint64_t>(sane_s * nanoseconds_per_second))];
  ++count_;
  sum_s_ += sane_s;
  max_s_ = std::max(max_s_, sane_s);
}

double histogram::percentile_s(double share) const noexcept {
  if (count_ == 0) {
    return 0;
  }
  const auto rank = std::clamp<std::uint64_t>(
      static_cast<std::uint64_t>(std::ceil(std::clamp(share, 0.0, 1.0) * static_cast<double>(count_))), 1, count_);
  std::uint64_t seen = 0;
  for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket) {
    seen += counts_[bucket];
    if (seen >= rank) {
      return std::min(middle_of(bucket) / nanoseconds_per_second, max_s_);
    }
  }
  return max_s_;
}

histogram_summary histogram::summary() const noexcept {
  return {count_, mean_s(), percentile_s(0.5), percentile_s(0.99), max_s_};
}

}  // namespace planguild
