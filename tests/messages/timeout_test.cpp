// Seconds as milliseconds of a timer, whatever the number.
#include "messages/timeout.hpp"

#include <catch2/catch.hpp>
#include <limits>

using namespace planguild;

TEST_CASE("Seconds become milliseconds, at least none and at most a day") {
  CHECK(timeout_ms_of(5) == 5'000);
  CHECK(timeout_ms_of(0.0304) == 30);
  CHECK(timeout_ms_of(0) == 0);
  CHECK(timeout_ms_of(-1e300) == 0);
  constexpr double day_s = 24.0 * 3'600;
  CHECK(timeout_ms_of(day_s - 1) == limits::timeout_ms_max - 1'000);
  for (const double seconds :
       {day_s, 1e16, 1e17, 1e300, std::numeric_limits<double>::max(), std::numeric_limits<double>::infinity()}) {
    CHECK(timeout_ms_of(seconds) == limits::timeout_ms_max);
  }
  CHECK(timeout_ms_of(std::numeric_limits<double>::quiet_NaN()) == 0);
}
