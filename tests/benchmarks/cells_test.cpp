// Numbers as a report shows them, and its statistics.
#include <catch2/catch.hpp>
#include <limits>

#include "benchmarks/benchmark.hpp"

using namespace planguild::bench;  // NOLINT(google-build-using-namespace)

TEST_CASE("a count is shown with commas, and in millions from a million on") {
  CHECK(count_cell(0).text == "0");
  CHECK(count_cell(64).text == "64");
  CHECK(count_cell(12'345).text == "12,345");
  CHECK(count_cell(999'999).text == "999,999");
  CHECK(count_cell(1'234'567).text == "1.2 M");
  CHECK(count_cell(2'000'000).text == "2 M");
  CHECK(count_cell(3.2e9).text == "3.2 G");
  CHECK(count_cell(-12'345).text == "-12,345");
}

TEST_CASE("a fraction is shown with three digits and no exponent") {
  CHECK(count_cell(0.123).text == "0.123");
  CHECK(count_cell(0.00012345).text == "0.000123");
  CHECK(count_cell(12.345).text == "12.3");
  CHECK(ratio_cell(0.0312).text == "0.0312 ×");
  CHECK(ratio_cell(1.8).text == "1.80 ×");
  CHECK(ratio_cell(1'234.4).text == "1,234 ×");
}

TEST_CASE("a duration is shown in the unit that fits it") {
  CHECK(duration_cell(0).text == "0 s");
  CHECK(duration_cell(1.5e-9).text == "1.50 ns");
  CHECK(duration_cell(12.3e-6).text == "12.3 us");
  CHECK(duration_cell(0.25).text == "250 ms");
  CHECK(duration_cell(90).text == "90.0 s");
}

TEST_CASE("a cell keeps the number that it shows rounded") {
  CHECK(duration_cell(0.25).number == 0.25);
  CHECK(duration_cell(0.25).is_number);
}

TEST_CASE("what is no number at all is shown as a dash") {
  CHECK(ratio_cell(std::numeric_limits<double>::quiet_NaN()).text == "-");
  CHECK(count_cell(std::numeric_limits<double>::infinity()).text == "-");
}

TEST_CASE("the median is the middle, or the mean of the two in the middle") {
  CHECK(median({}) == 0);
  CHECK(median({3, 1, 2}) == 2);
  CHECK(median({4, 1, 3, 2}) == 2.5);
}

TEST_CASE("a percentile is the value below which that share lies") {
  std::vector<double> sorted;
  for (int value = 0; value < 1'000; ++value) sorted.push_back(value);
  CHECK(percentile({}, 0.5) == 0);
  CHECK(percentile(sorted, 0) == 0);
  CHECK(percentile(sorted, 0.5) == 500);
  CHECK(percentile(sorted, 0.999) == 999);
  CHECK(percentile(sorted, 1) == 999);
}
