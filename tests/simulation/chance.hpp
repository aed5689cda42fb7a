// The one source of every decision of a simulated run: numbers that follow from the seed alone, the same on every
// machine (no standard distribution is). Owned by one run; one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>

namespace planguild::simulation {

class chance {
 public:
  explicit chance(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15U + 0x1234567U) {}

  /// 64 bits (splitmix64).
  std::uint64_t next() {
    auto mixed = state_ += 0x9E3779B97F4A7C15U;
    mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
    return mixed ^ (mixed >> 31U);
  }

  /// 0 … `count` - 1; `count` > 0.
  std::uint64_t below(std::uint64_t count) { return next() % count; }

  /// `low` … `high`, both included.
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high - low) + 1));
  }

  /// True in `of_100` of a hundred cases.
  bool percent(std::uint64_t of_100) { return below(100) < of_100; }

  template <class T>
  T one_of(std::initializer_list<T> values) {
    return *std::next(values.begin(), static_cast<std::ptrdiff_t>(below(values.size())));
  }

 private:
  std::uint64_t state_;
};

}  // namespace planguild::simulation
