// The steps of a self-heal: when it scans, how long it waits, when it stops.
#include "actors/registry/self_heal.hpp"

#include <catch2/catch.hpp>
#include <vector>

#include "messages/limits.hpp"

using namespace planguild;  // NOLINT(google-build-using-namespace)

using kind = self_heal::step_kind;

TEST_CASE("With an active planner a heal only reports") {
  self_heal heal;
  const auto step = heal.begin({}, 2, true, 0);
  REQUIRE(step);
  CHECK(step->kind == kind::done);
  CHECK(step->report == heal_report{2, 0, 2, false});
  CHECK_FALSE(heal.is_running());
}

TEST_CASE("The pauses between attempts double from 0.2 s and never exceed 2 s") {
  self_heal heal;
  heal_request request;
  request.max_attempts = 7;
  auto step = *heal.begin(request, 0, true, 0);
  std::vector<std::int64_t> pauses_ms;
  while (step.kind != kind::done) {
    step = step.kind == kind::attempt ? heal.attempted(0) : (pauses_ms.push_back(step.delay_ms), heal.waited());
  }
  CHECK(pauses_ms == std::vector<std::int64_t>{200, 400, 800, 1'600, 2'000, 2'000});
  CHECK(step.report == heal_report{0, 7, 0, false});
}

TEST_CASE("A heal stops at the first attempt that finds a planner") {
  self_heal heal;
  CHECK(heal.begin({}, 0, true, 0)->kind == kind::attempt);
  CHECK(heal.attempted(0).kind == kind::wait);
  CHECK(heal.waited().kind == kind::attempt);
  const auto end = heal.attempted(3);
  CHECK(end.kind == kind::done);
  CHECK(end.report == heal_report{0, 2, 3, false});
}

TEST_CASE("Only an unforced heal's first attempt trusts the signature") {
  self_heal heal;
  heal_request request;
  request.force = false;
  CHECK_FALSE(heal.begin(request, 0, true, 0)->force);
  heal.attempted(0);
  CHECK(heal.waited().force);
  self_heal forced;
  CHECK(forced.begin({}, 0, true, 0)->force);
}

TEST_CASE("A heal that does not block makes exactly one attempt") {
  self_heal heal;
  CHECK(heal.begin({}, 0, false, 0)->kind == kind::attempt);
  const auto end = heal.attempted(0);
  CHECK(end.kind == kind::done);
  CHECK(end.report.attempts == 1);
}

TEST_CASE("A heal within the cooldown of the last one's start is skipped, whatever it asks") {
  self_heal heal;
  REQUIRE(heal.begin({}, 0, false, 0));  // at clock time 0, which starts a cooldown like any other
  heal.attempted(0);
  const auto early = heal.begin({}, 0, true, 4'999);
  REQUIRE(early);
  CHECK(early->report.cooldown_skip);
  CHECK(early->report.attempts == 0);
  CHECK(heal.begin({}, 0, true, 5'000)->kind == kind::attempt);
}

TEST_CASE("A heal that is asked for while one runs shares it") {
  self_heal heal;
  REQUIRE(heal.begin({}, 0, true, 0));
  CHECK_FALSE(heal.begin({}, 0, true, 10));
  CHECK(heal.is_running());
}

TEST_CASE("Attempts have a bound, and none are possible") {
  self_heal heal;
  heal_request none;
  none.max_attempts = 0;
  CHECK(heal.begin(none, 0, true, 0)->kind == kind::done);
  self_heal eager;
  heal_request many;
  many.max_attempts = 1'000'000;
  auto step = *eager.begin(many, 0, true, 0);
  while (step.kind != kind::done) {
    step = step.kind == kind::attempt ? eager.attempted(0) : eager.waited();
  }
  CHECK(step.report.attempts == static_cast<std::uint64_t>(limits::heal_attempts_max));
}
