// Decaying weights, at times that the test chooses.
#include "actors/registry/reliability.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "messages/text.hpp"

using namespace planguild;

TEST_CASE("Without history the score is a half") {
  const reliability history(900, 1'000);
  CHECK(history.score(1'000) == 0.5);
  CHECK(history.score(1e9) == 0.5);
  CHECK(history.view(1'000).score == 0.5);
  CHECK(history.mean_duration_ms() == 0);
}

TEST_CASE("Weights halve every half-life") {
  reliability history(60, 0);
  history.update(true, 100, "", 0);
  history.update(false, 300, "late", 60);
  CHECK(history.success_weight(60) == 0.5);
  CHECK(history.failure_weight(60) == 1);
  CHECK(history.success_weight(120) == 0.25);
  CHECK(history.score(60) == 1.5 / 3.5);
  CHECK(history.view(60).score == 0.4286);
  CHECK(history.view(60).mean_duration_ms == 200);
  CHECK(history.invocations() == 2);
  CHECK(history.failures() == 1);
}

TEST_CASE("A half-life of 0 or less keeps weights for ever") {
  for (const double half_life : {0.0, -1.0}) {
    reliability history(half_life, 0);
    history.update(false, 1, "x", 0);
    CHECK(history.failure_weight(1e12) == 1);
  }
}

TEST_CASE("A clock that steps back takes nothing away and is not counted twice") {
  reliability history(60, 100);
  history.update(true, 1, "", 100);
  history.update(true, 1, "", 40);  // counts as at 100
  CHECK(history.success_weight(100) == 2);
  CHECK(history.success_weight(40) == 2);
  CHECK(history.success_weight(160) == 1);
}

TEST_CASE("An error is kept only with a failure, only when not empty, and cut by characters") {
  reliability history(900, 0);
  history.update(true, 1, "of a success", 0);
  CHECK(history.last_error().empty());
  history.update(false, 1, "first", 0);
  history.update(false, 1, "", 0);
  CHECK(history.last_error() == "first");
  history.update(true, 1, "", 0);
  CHECK(history.last_error() == "first");
  std::string letters;
  for (int count = 0; count < 300; ++count) {
    letters += "\xC3\xA9";
  }
  history.update(false, 1, letters, 0);
  CHECK(text::count_code_points(history.last_error()) == 240);
  CHECK(history.last_error().size() == 480);
}

TEST_CASE("Recall ages by wall time, never below zero, and adds to what happened meanwhile") {
  const stored_reliability stored{"aaa", 4, 2, 1'000'000, 9, 3, 900, "remembered"};
  reliability history(60, 0);
  history.update(true, 100, "", 0);
  history.recall(stored, 0, 1'060'000);
  CHECK(history.success_weight(0) == 1 + 2);
  CHECK(history.failure_weight(0) == 1);
  CHECK(history.invocations() == 10);
  CHECK(history.failures() == 3);
  CHECK(history.mean_duration_ms() == 100);
  CHECK(history.last_error() == "remembered");

  reliability earlier(60, 0);
  earlier.recall(stored, 0, 1);  // saved in the future: not aged
  CHECK(earlier.success_weight(0) == 4);
}

TEST_CASE("Counters that a store has at their end stay there") {
  constexpr auto greatest = std::numeric_limits<std::int64_t>::max();
  constexpr double huge = std::numeric_limits<double>::max();
  reliability history(60, 0);
  history.update(false, 1, "x", 0);
  history.recall({"aaa", huge, huge, 0, greatest, greatest, huge, ""}, 0, 0);
  history.update(false, huge, "y", 0);
  history.recall({"aaa", huge, huge, 0, greatest, greatest, huge, ""}, 0, 0);
  CHECK(history.invocations() == greatest);
  CHECK(history.failures() == greatest);
  CHECK(std::isfinite(history.score(0)));
  CHECK(std::isfinite(history.mean_duration_ms()));
}

TEST_CASE("Nonsense from a store counts as nothing") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  reliability history(60, 0);
  history.recall({"aaa", nan, -3, std::numeric_limits<std::int64_t>::min(), -5, 7, infinity, ""}, 0,
                 std::numeric_limits<std::int64_t>::max());
  CHECK(history.score(0) == 0.5);
  CHECK(history.invocations() == 0);
  CHECK(history.failures() == 0);
  CHECK(history.mean_duration_ms() == 0);
  history.update(false, -5, "x", 1);
  CHECK(std::isfinite(history.score(1)));
  CHECK(history.mean_duration_ms() == 0);
}
