// Durations, sizes and moments as text.
#include "app/cli/measures.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

using namespace planguild::cli;

TEST_CASE("A short duration has the unit that suits it") {
  CHECK(duration_text(0) == "0.00 µs");
  CHECK(duration_text(12.34e-6) == "12.3 µs");
  CHECK(duration_text(999.6e-6) == "1.00 ms");
  CHECK(duration_text(4.561e-3) == "4.56 ms");
  CHECK(duration_text(0.9996) == "1.00 s");
  CHECK(duration_text(59.9) == "59.9 s");
  CHECK(duration_text(200) == "3 min 20 s");
}

TEST_CASE("A long duration has its two largest units") {
  CHECK(uptime_text(3.24) == "3.2 s");
  CHECK(uptime_text(60) == "1 min 0 s");
  CHECK(uptime_text(3'599.9) == "59 min 59 s");
  CHECK(uptime_text(7 * 3'600 + 12 * 60) == "7 h 12 min");
  CHECK(uptime_text(3 * 86'400 + 4 * 3'600) == "3 d 4 h");
}

TEST_CASE("What cannot be measured is a dash") {
  for (const double value : {-1.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
    CHECK(duration_text(value) == "-");
    CHECK(uptime_text(value) == "-");
    CHECK(rate_text(value) == "-");
    CHECK(moment_text(value) == "-");
    CHECK(time_of_day_text(value) == "-");
  }
  CHECK(moment_text(1e300) == "-");
  CHECK(uptime_text(1e300) == "-");
}

TEST_CASE("Sizes are in powers of 1024") {
  CHECK(bytes_text(0) == "0 B");
  CHECK(bytes_text(1'023) == "1023 B");
  CHECK(bytes_text(1'024) == "1.00 KiB");
  CHECK(bytes_text(29'779'558) == "28.4 MiB");
  CHECK(bytes_text(1'048'575) == "1.00 MiB");
  CHECK(bytes_text(std::numeric_limits<std::uint64_t>::max()) == "16384 PiB");
}

TEST_CASE("Rates have three digits") {
  CHECK(rate_text(0) == "0");
  CHECK(rate_text(0.25) == "0.25");
  CHECK(rate_text(18.44) == "18.4");
  CHECK(rate_text(99.96) == "100");
  CHECK(rate_text(12'344.6) == "12,345");
}

TEST_CASE("Moments are in UTC") {
  CHECK(moment_text(0) == "1970-01-01 00:00:00 UTC");
  CHECK(moment_text(1'795'515'115.9) == "2026-11-24 10:11:55 UTC");
  CHECK(time_of_day_text(1'795'515'115.25) == "10:11:55.250");
}
