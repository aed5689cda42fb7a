// Percentiles against a sorted list: off by at most a sixteenth.
#include "actors/profiler/histogram.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <random>
#include <vector>

using namespace planguild;

TEST_CASE("An empty histogram answers zero everywhere") {
  const histogram empty;
  CHECK(empty.summary() == histogram_summary{});
}

TEST_CASE("Mean and maximum are exact, percentiles within a sixteenth") {
  histogram durations;
  for (int count = 0; count < 98; ++count) {
    durations.add(0.25);
  }
  durations.add(4);
  durations.add(8);
  const auto summary = durations.summary();
  CHECK(summary.count == 100);
  CHECK(summary.mean_s == (98 * 0.25 + 12) / 100);
  CHECK(summary.max_s == 8);
  CHECK(std::abs(summary.p50_s - 0.25) <= 0.25 / 16);
  CHECK(std::abs(summary.p99_s - 4) <= 4.0 / 16);
}

TEST_CASE("Impossible durations are counted and harm nothing") {
  histogram durations;
  durations.add(-1);
  durations.add(std::numeric_limits<double>::quiet_NaN());
  durations.add(std::numeric_limits<double>::infinity());
  durations.add(std::numeric_limits<double>::max());
  durations.add(std::numeric_limits<double>::denorm_min());
  CHECK(durations.count() == 5);
  CHECK(durations.percentile_s(0) == 0);
  CHECK(std::isfinite(durations.mean_s()));
  CHECK(durations.max_s() > 9e9);
}

TEST_CASE("No percentile of any distribution is off by more than a sixteenth and a nanosecond") {
  const char* given = std::getenv("PLANGUILD_SEED");
  const auto seed = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  std::cout << "histogram: PLANGUILD_SEED=" << seed << "\n";
  std::mt19937_64 random(seed);
  double worst = 0;
  for (int round = 0; round < 300; ++round) {
    INFO("PLANGUILD_SEED=" << seed << ", round " << round);
    histogram durations;
    std::vector<double> all;
    std::uniform_real_distribution<double> exponent(-9, 4);
    const int count = 1 + static_cast<int>(random() % 300);
    for (int index = 0; index < count; ++index) {
      all.push_back(std::pow(10, exponent(random)));
      durations.add(all.back());
    }
    std::sort(all.begin(), all.end());
    for (const double share : {0.0, 0.01, 0.5, 0.9, 0.99, 1.0}) {
      const auto rank = std::max<std::size_t>(static_cast<std::size_t>(std::ceil(share * count)), 1);
      const double exact = all[rank - 1];
      const double off = std::abs(durations.percentile_s(share) - exact);
      REQUIRE(off <= exact / 16 + 1e-9);
      if (exact > 1e-6) {
        worst = std::max(worst, off / exact);
      }
    }
  }
  CHECK(worst > 0);
}
